"""How the built-in translator was trained, on a CPU.

In: sentence pairs (`../pairs/`, the English of `../gold/` and of `../additions/`) and opus-mt with
the update that ships, or without it. Out: a new update for `models/builtin/translator/`. Read
first: `train.py`.
"""
