"""How the adapters of the built-in models are trained.

In: articles, sentence pairs and the summaries written for them. Out: adapters. Read first:
`train.py`. Needs the extra `train`; nothing else imports it.
"""
