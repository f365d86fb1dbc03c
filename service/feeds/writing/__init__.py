"""Writes a digest: Markdown, HTML for mail, Atom, JSON Feed.

In: a digest. Out: a text. Read first: `formats.py`; the words are in `words.toml`.
"""
