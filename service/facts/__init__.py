"""What a French or English text claims: numbers, names, days, quotations, units, people.

In: a text or a sentence. Out: its facts, read one way for all who compare them. Read first:
`fact.py` (what a summary states that its source does not); then `numbers.py` (the one place that
knows what a number is worth), `figures.py` (amounts in both languages) and `statements.py` (a
sentence word by word). Units of measure stand in `units.toml`.
"""
