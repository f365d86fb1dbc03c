"""The `breve` command.

In: arguments, files, standard input. Out: summaries on standard output, messages on standard error,
an exit status. Read first: `main.py`.
"""
