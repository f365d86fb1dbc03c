"""Arithmetic and memory on an ordinary processor.

In: weights and activations. Out: their products, in int8 or for few rows of float32, and how many
threads to use. Read first: `int8_linear.py`.
"""
