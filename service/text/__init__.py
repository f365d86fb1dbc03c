"""Words and sentences, of any text.

In: a string. Out: its sentences, words, language and folded forms, and where each character stood
in the input. Read first: `sentences.py`. The small words of French stand in `function_words.toml`.
Imports nothing else of the program.
"""
