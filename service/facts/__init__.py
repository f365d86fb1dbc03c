"""What a French or English text claims: numbers, names, days, quotations, units, people.

In: a text or a sentence. Out: its facts, as all other rooms compare them. Read first: `fact.py`,
which finds the facts of a summary that its source lacks. Then `numbers.py` (the only code that
reads the value of a number), `figures.py` (amounts in both languages) and `statements.py` (a
sentence word by word). Units of measure stand in `units.toml`.
"""
