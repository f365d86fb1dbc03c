"""What is known of checkpoints, and how their files are kept and checked.

In: a folder, or a name of the catalogue. Out: a family, a tokenizer, and weights that are whole and
run no code. Read first: `catalog.py` and `families.py`. `models/checkpoint_finder.py` finds the
folder for a name.
"""
