"""The checks before any work on a request: size, host, key, rate limit of its client.

In: an ASGI scope and the bytes of a body. Out: a bounded body, or a problem.
Read first: `request_guards.py`.
"""
