"""What is put right in the English after it was translated.

In: an English sentence and its French one. Out: the English with the French one's figures, names
and sources. Read first: `figures.py`. Knows nothing of `pre_editing`.
"""
