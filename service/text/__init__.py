"""Words and sentences, of any text.

In: a string. Out: its sentences, words, language and folded forms, and where each character stood
in the input. Read first: `sentences.py`. `function_words.toml` lists the function words of French.
The modules of this room import no other room.
"""
