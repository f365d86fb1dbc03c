"""From what a user pastes to an article.

In: text, Markdown, a reader-mode copy or HTML. Out: an `Article` with title, byline, date, language
and paragraphs. Each character knows its place in the input. Read first: `reader.py`.

`bylines.py` finds who wrote the article. `reader_mode/header.py` takes the byline out of its text.
"""
