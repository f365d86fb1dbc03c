"""Models: checkpoints, the engines that run them, the built-in models and their training.

In: requests (`engine.py`). Out: candidates. Read first: `engine.py`, then `batching.py`. Knows
nothing of articles, HTTP or the command line. Importing this package imports no torch.
"""
