"""The output of the command line: summaries, messages in French or English, progress.

In: summaries, errors, steps. Out: lines on standard output and standard error. Read first:
`messages.py`; the words are in `messages.toml`, those of other packages in `french.toml`.
"""
