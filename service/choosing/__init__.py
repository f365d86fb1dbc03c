"""From the model's candidates to the French summary.

In: an article and candidates. Out: the candidate that tells the news best among those that hold.
Where none does, the article's own sentences are taken. Read first: `choice.py`.
"""
