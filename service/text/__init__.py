"""Words and sentences, of any text.

In: a string. Out: its sentences, words, language and folded forms, and where each character stood
in the input. Read first: `sentences.py`. Imports nothing else of the program.
"""
