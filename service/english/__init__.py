"""From the French summary to the English one, sentence by sentence.

In: French sentences and the article's facts. Out: English sentences, and the facts in which they
differ from the original French. Read first: `translator.py`; then `source.py` (the text that the
translator is given) and `target.py` (post-editing, and the choice among candidates).
"""
