"""The built-in model: Gemma 3 270M with our adapter, built once from parts that a package registry carries."""

from models.builtin.store import built_model

__all__ = ["built_model"]
