"""Corrects an English sentence after it was translated.

In: an English sentence and its French one. Out: the English sentence with the figures and names
of the French. Read first: `figures.py`.

`french_forms.py` finds "3,5 Md€" in the English; `english_figures.py` writes it as "€3.5 billion".
"""
