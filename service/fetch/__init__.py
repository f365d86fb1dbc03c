"""Fetches pages and feeds; the service does so from public addresses only.

In: the address of a page or feed, and seconds. Out: a page as HTML, or the bytes of a `Download`.
`addresses.py` tells public addresses from private ones. `connections.py` connects to what was
checked, until one deadline. `client.py` knows certificates and proxies. `downloads.py` follows
redirects and bounds the size. Read first: `pages.py`.
"""
