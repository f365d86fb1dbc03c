"""The built-in models: Gemma 3 270M and opus-mt-fr-en, each with our adapter.

They are built once, from files that a package registry carries. Read first: `build.py`.
"""
