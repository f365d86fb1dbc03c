"""The catalogue and the families of checkpoints; stores and checks checkpoint files.

In: a folder, or a name of the catalogue. Out: a family, a tokenizer, and complete weights that run
no code. Read first: `catalog.py` and `families.py`. `models/checkpoint_finder.py` finds the folder
for a name.
"""
