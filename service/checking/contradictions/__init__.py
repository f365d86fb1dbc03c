"""Rules that find where a summary sentence contradicts the article.

In: a summary sentence and the article's statements. Out: the wrong words, or an empty string.
Read first: `article_statements.py`; `service/checking/agreement.py` runs the rules.
"""
