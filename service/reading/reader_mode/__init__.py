"""From text, such as a copy of a browser's reader mode, to the parts of an article.

In: text or Markdown. Out: an `Extract` with header and paragraphs. Read first: `reading.py`.
"""
