"""How the next tokens are chosen: beam search, draws, and guesses that are checked in one pass.

In: logits. Out: the tokens of each candidate. Read first: `beam_search.py`.
"""
