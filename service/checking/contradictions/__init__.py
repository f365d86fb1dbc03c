"""Rules that find what a sentence says otherwise than the article.

In: a summary sentence and the article's statements. Out: the words that differ, or nothing.
Read first: `article_statements.py`; `service/checking/agreement.py` runs the rules.
"""
