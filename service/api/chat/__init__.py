"""The routes that other programs already speak: OpenAI's chat completions and list of models.

In: messages, which hold an instruction and an article. Out: the summary in OpenAI's form, made in
the same way as that of `/summarize`. Read first: `frames.py`, which parts the two, and `routes.py`.
"""
