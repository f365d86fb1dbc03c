"""Items that tell the same event become one story.

In: items. Out: stories. Read first: `stories.py`; `likeness.py` compares two items.
"""
