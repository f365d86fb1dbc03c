"""Routes for programs that use OpenAI's API: chat completions and the list of models.

In: messages, which hold an instruction and an article. Out: the summary in OpenAI's form, made by
the same pipeline as for `/summarize`. Read first: `frames.py`, which separates the instruction from
the article, and `routes.py`.
"""
