"""From addresses and files to items.

In: OPML, RSS, Atom, JSON Feed, pages. Out: feeds with their items, or the trouble of each. Read
first: `collecting.py`.
"""
