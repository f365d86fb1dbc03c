"""From a well-formed body to an answer.

In: a request body. Out: a summary, from the cache, from the same request under way, or from the
queue and its workers. Read first: `answers.py`.
"""
