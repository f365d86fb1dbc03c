"""Words and names that both sides of the translator know.

In: a French term or name. Out: the English one, its plural, or that English keeps it.
Read first: `glossary.py`. The tables are the `.toml` files.
"""
