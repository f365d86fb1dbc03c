"""Fetches pages and feeds; the service does so from public addresses only.

In: the address of a page or feed, and a time limit in seconds. Out: a page as HTML, or the bytes
of a `Download`. `addresses.py` tells public addresses from private ones. `connections.py` connects
to checked addresses only, within one deadline. `client.py` sets certificates and proxies.
`downloads.py` follows redirects and limits the size. Read first: `pages.py`.
"""
