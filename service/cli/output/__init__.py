"""What the command line prints: summaries, messages in French or English, progress.

In: summaries, errors, steps. Out: lines on standard output and standard error.
Read first: `messages.py`; the words are in `messages.toml`, those of other rooms in `french.toml`.
"""
