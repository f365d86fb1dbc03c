"""Feeds in, digest out: what is new in many feeds, one entry a story.

In: OPML files, addresses of feeds and pages, local files. Out: a digest as Markdown, HTML for mail,
Atom, JSON Feed or JSON. `visiting.py` fetches, `incoming` reads feeds, `store.py` remembers items,
`grouping` finds the items that tell the same event, `writing` writes the digest. Read first:
`digest.py`.
"""
