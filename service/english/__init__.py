"""From the French summary to the English one, sentence by sentence.

In: French sentences and the article's facts. Out: English sentences, and what differs from the
original French. Read first: `translator.py`; then `source.py` (the source side: pre-editing) and
`target.py` (the target side: post-editing, and the choice among candidates).
"""
