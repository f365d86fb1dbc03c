"""Words and names that are used on both sides of the translator: before it and after it.

In: a French term or name. Out: its English and the plural of that, or that English keeps it.
Read first: `glossary.py`. The tables are the `.toml` files.
"""
