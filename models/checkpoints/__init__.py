"""What is known of checkpoints, and how their files are kept and checked.

In: a folder or a name of the catalogue. Out: its family, its tokenizer, weights that are whole and
run no code. Read first: `catalog.py` and `families.py`. `models/finding.py` makes a folder of a
name.
"""
