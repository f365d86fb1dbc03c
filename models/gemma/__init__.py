"""Our decoder for Gemma 3, with int8 weights.

In: token prompts. Out: candidates of several requests that share passes.
Read first: `engine.py`, then `decoder.py`; how tokens are chosen is in `search/`.
"""
