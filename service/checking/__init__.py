"""Whether a sentence of a summary rests on the article.

In: a French sentence and the article's sentences. Out: the evidence behind it, and the facts that
it lacks. Read first: `evidence.py`, which runs the other checks.
"""
