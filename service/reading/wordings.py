"""Builds the regular expressions of a package from its tables of words.

In a table (`boilerplate.toml`, `bylines.toml`…) a string is an expression, and an array holds
alternatives. In both, `<name>` stands for the entry of that name, and `<months>` for the names of
the months. Line ends within a string do not count, nor do the blanks at the beginning of its lines.
"""

import re
from typing import Final

from service.text.calendar import MONTHS
from service.text.tables import table

Wording = str | list[str]

_NAME: Final = re.compile(r"<([a-z_]+)>")


def expression(table_name: str, entry: str, package: str = __package__) -> str:
    """The regular expression of one entry of a table of a package ("reader_mode/words")."""
    if entry == "months":
        return f"(?:{'|'.join(MONTHS)})"
    wording: Wording = table(package, table_name)[entry]
    return build_expression(table_name, wording, package)


def build_expression(table_name: str, wording: Wording, package: str = __package__) -> str:
    """The regular expression of a wording that uses the entries of a table."""
    if not isinstance(wording, str):
        alternatives = [build_expression(table_name, each, package) for each in wording]
        return f"(?:{'|'.join(alternatives)})"
    on_one_line = "".join(map(str.lstrip, wording.splitlines()))
    return _NAME.sub(lambda name: expression(table_name, name[1], package), on_one_line)
