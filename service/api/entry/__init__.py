"""What every request passes before it is read: size, host, key, limit of its client.

In: an ASGI scope and the bytes of a body. Out: a bounded body, or a problem.
Read first: `request_guards.py`.
"""
