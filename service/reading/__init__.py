"""From what a user pastes to an article.

In: text, Markdown, a reader-mode copy or HTML. Out: an `Article` with title, byline, date, language
and paragraphs. Each character keeps its place in the input. Read first: `reader.py`.

`bylines.py` recognises bylines and the names in them. `reader_mode/header.py` uses it to read the
header of a text.
"""
