"""`breve batch`: many articles, JSON lines in, JSON lines out, in order.

In: a file of lines, and a function that answers one line. Out: a file of answers, with one line for
each line in. An input line holds `id`, the fields of `POST /summarize` and, as `meta`, values to be
returned. An output line holds `id`, a summary or `problem`, `meta`, and a `digest` of its input
line. The digest keeps an answer from being taken for that of another line. Each line fails alone.
An interrupted run goes on where it stopped. Read first: `running.py`. `bulk.py` is `breve bulk`: an
archive, with Ray.
"""
