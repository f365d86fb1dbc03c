"""What a French or English text claims: numbers, names, days, quotations, units, people.

In: a text or a sentence. Out: its facts, read one way for all who compare them. Read first:
`facts.py`; then `figures.py` (amounts in both languages) and `statements.py` (a sentence word by
word).
"""
