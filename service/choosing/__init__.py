"""From the model's candidates to the French summary.

In: an article, and a candidate for each section that was read. Out: a summary made of their trusted
sentences. Where there are none, the article's own sentences are taken.

Read first: `choice.py`, which runs the steps. `candidates.py` checks the model's sentences,
`opening.py` finds a beginning, and `filling.py` adds sentences up to the budget. `repair.py`
restores them, and `title.py` puts the title before them where they need it. `plan.py` says what the
model reads.

`service/checking/__init__.py` defines *supported*, *trusted*, *complete* and *standalone*.
"""
