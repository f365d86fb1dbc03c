"""Corrects an English sentence after it was translated.

In: an English sentence and its French one. Out: the English sentence with the figures and names
of the French. Read first: `figures.py`.

`french_forms.py` turns "3,5 Md€" into "€3.5 billion"; `english_figures.py` says how.
"""
