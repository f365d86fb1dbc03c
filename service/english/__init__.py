"""From the French summary to the English one, sentence by sentence.

In: French sentences and the article's facts. Out: English sentences, and what differs from the
original French. Read first: `translator.py`; then `source.py` (what the
translator is given) and `target.py` (post-editing, and the choice among candidates).
"""
