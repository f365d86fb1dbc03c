"""The shapes that clients see: bodies, answers, problems, and their examples.

In: domain objects and errors. Out: JSON as `docs/openapi.json` promises it.
Read first: `requests.py` and `responses.py`.
"""
