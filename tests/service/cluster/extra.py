"""What tests need that only the extra `ray` brings."""

import importlib.util

import pytest


def needs(module: str) -> pytest.MarkDecorator:
    """The mark of a test that needs `ray`, or `pyarrow`, which comes with it."""
    missing = importlib.util.find_spec(module) is None
    return pytest.mark.skipif(missing, reason=f"{module} is not installed: pip install -e '.[ray]'")
