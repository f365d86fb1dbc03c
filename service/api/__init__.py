"""The HTTP service.

In: requests. Out: summaries, or errors as problem details (RFC 9457). A request passes `entry`,
then `routes.py`, then `work`. Read first: `app.py`, which puts the parts together.
"""
