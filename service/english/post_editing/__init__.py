"""Corrects an English sentence after it was translated.

In: an English sentence and its French one. Out: the English sentence with the figures, names and
sources of the French. Read first: `figures.py`. Knows nothing of `pre_editing`.
"""
