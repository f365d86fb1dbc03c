"""`breve batch`: many articles, JSON lines in, JSON lines out, in order.

In: a file of lines, and what answers one. Out: a file of answers, with one line for each line in.
A line in holds `id`, the fields of `POST /summarize` and, as `meta`, what else should come back.
A line out holds `id`, a summary or `problem`, `meta`, and a `digest` of its line in. The digest
keeps an answer from being taken for that of another line. Each line fails alone. An interrupted run
goes on where it stopped. Read first: `running.py`. `bulk.py` is `breve bulk`: an archive, with Ray.
"""
