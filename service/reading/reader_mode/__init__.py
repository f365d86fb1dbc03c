"""From text to the parts of an article: what a browser's reader mode gives when it is copied.

In: text or Markdown. Out: an `Extract` with header and paragraphs. Read first: `reading.py`.
"""
