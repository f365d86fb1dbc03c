"""Words and names that both sides of the translator know.

In: a French term or name. Out: the English one, its plural, or that it stays as it is.
Read first: `glossary.py`. The tables are the `.toml` files.
"""
