"""How the built-in translator was trained, on a CPU.

In: sentence pairs (`../pairs/`, the English of `../gold/` and of `../additions/`) and the plain
opus-mt. Out: the update that ships in `models/builtin/translator/`. Read first: `train.py`.
"""
