"""Runtimes for checkpoints other than Gemma 3: CTranslate2 and transformers.

In: a checkpoint folder and requests. Out: candidates.
Read first: `ctranslate2_engine.py` and `transformers_engine.py`.
"""
