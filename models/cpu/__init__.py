"""Arithmetic and memory on an ordinary processor.

In: weights and activations. Out: their products in int8 or few rows of float32; how many threads to
use. Read first: `int8_linear.py`.
"""
