"""Corrects a generated sentence that copies a sentence of the article.

In: the text of a sentence and the article's sentences. Out: the text as the article has it, or
unchanged. Read first: `copies.py`, which finds the article's sentence that a sentence copies.
"""
