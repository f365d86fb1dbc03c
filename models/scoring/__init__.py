"""Independent tests of a summary, for scores and training.

In: a text and its source. Out: ROUGE, and the numbers and names that the source lacks. Read first:
`support.py`. It shares no code with the product's own checks, so that it can measure them.
"""
