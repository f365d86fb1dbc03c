"""`breve eval`: scores summaries and translations against references.

In: a data file and a system. Out: ROUGE, BLEU, unsupported facts, with standard errors.
Read first: `evaluation.py`. The product does not import it.
"""
