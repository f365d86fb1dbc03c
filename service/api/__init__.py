"""The HTTP service.

In: requests. Out: summaries, or problems as RFC 9457 has them. A request passes `entry`, then
`routes.py`, then `work`. Read first: `app.py`, which puts the parts together.
"""
