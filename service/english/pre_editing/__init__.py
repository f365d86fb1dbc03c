"""Pre-editing: changes the French before it is translated.

In: a French sentence. Out: one that means the same and that the translator gets right.
Read first: `service/english/source.py`, which runs the parts, then
`rewording.py`. Knows nothing of `post_editing`.
"""
