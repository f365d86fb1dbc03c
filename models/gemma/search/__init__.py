"""How the next tokens are chosen: beam search, draws, guesses that are checked in one pass.

In: logits. Out: tokens of each candidate.
Read first: `beam_search.py`.
"""
