"""`breve bench`: the service beside one that a user would write, and beside the machine's limit.

In: an article, and others of a data file. Out: a report. Each contender runs in a process of its
own on loopback, one after the other. This process only sends requests and measures. Read first:
`comparison.py`.
"""
