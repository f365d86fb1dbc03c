"""Tables of words, read from the .toml files beside the modules that use them."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def table(package: str, name: str) -> dict[str, Any]:
    """Returns the contents of `name`.toml in `package`, read once.

    All callers share the dictionary: none may change it.
    """
    file = files(package).joinpath(f"{name}.toml")
    return tomllib.loads(file.read_text(encoding="utf-8"))
