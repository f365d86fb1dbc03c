"""Brève on many machines, with Ray. Needs the extra `ray`.

`serve.py` puts the HTTP service in front of replicas that each hold a model. `bulk.py` answers the
rows of an archive. In: requests, or files of rows. Out: the same answers as from one machine. Read
first: `remote_worker.py`, which sends jobs to replicas, and `units.py`, which divides files.
"""

from typing import Final

# Processor threads of one model if the settings name no number. Most measurements use as many.
THREADS: Final = 2
