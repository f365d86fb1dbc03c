"""The tables of words that are files of the package: `exonyms.toml`, `glossary.toml`,
`idioms.toml`…"""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def table(package: str, name: str) -> dict[str, Any]:
    """The contents of `name`.toml in `package`. All callers share them: nobody changes them."""
    return tomllib.loads(files(package).joinpath(f"{name}.toml").read_text(encoding="utf-8"))
