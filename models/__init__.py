"""Everything that knows checkpoints: the catalogue, the engines, the built-in model and its
training.

Knows nothing of articles, HTTP or the command line. Importing this package imports no torch.
"""
