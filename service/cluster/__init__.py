"""Brève on many machines, with Ray. Needs the extra `ray`.

`serve.py` puts the HTTP service in front of replicas that each hold a model. `bulk.py` answers the
rows of an archive. In: requests, or files of rows. Out: the answers that one machine gives. Read
first: `remote_worker.py`, which passes jobs on, and `units.py`, which divides files.
"""

from typing import Final

# Processor threads of one model where the settings name none: as in most measurements.
THREADS: Final = 2
