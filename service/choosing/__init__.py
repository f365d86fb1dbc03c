"""From the model's candidates to the French summary.

In: an article, and a candidate: the text that the model wrote for its opening. Out: a summary made
of the candidate's trusted sentences. Where it has none, the article's own sentences are taken.

Read first: `choice.py`, which runs the steps. `candidates.py` checks the model's sentences,
`opening.py` finds a beginning, and `filling.py` adds sentences up to the budget. `repair.py` puts
the article's words back into sentences. `title.py` puts the title before a summary that needs it.
`plan.py` says what the model reads.

`service/checking/__init__.py` defines *supported*, *trusted*, *complete* and *standalone*.
"""
