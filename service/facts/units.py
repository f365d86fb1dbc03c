"""Units of measure in French and in English; the table is `units.toml`."""

import re
from dataclasses import dataclass
from typing import Any, Final

from service.text.tables import table


@dataclass(frozen=True)
class Unit:
    """A unit of figures. `kind` says what it measures.

    A translation may leave out or add a unit, but takes it for no unit of another kind. `french`
    and `english` are regular expressions. `before` is the sign that English puts before a number.
    `after` is what English puts behind a number, in the plural.
    """

    name: str
    kind: str
    french: str
    english: str
    after: str
    before: str = ""

    @classmethod
    def from_row(cls, row: dict[str, Any]) -> "Unit":
        """Returns the unit of one row of the table."""
        french, english = "|".join(row["french"]), "|".join(row["english"])
        return cls(row["name"], row["kind"], french, english, row["after"], row.get("before", ""))


_ROWS: Final = table(__package__, "units")["units"]
_UNITS: Final = tuple(Unit.from_row(row) for row in _ROWS if "name" in row)
BY_NAME: Final = {unit.name: unit for unit in _UNITS}
# A changed unit of one of these kinds changes a fact, even where English need not repeat the unit.
STRICT: Final = frozenset({"share", "money", "bytes"})
# The noun of each unit of quantities, by each of the unit's written forms.
NOUNS: Final = {word: row["noun"] for row in _ROWS for word in row.get("words", ())}

FRENCH_UNITS: Final = "|".join(unit.french for unit in _UNITS)
# Units that a translation leaves in French. "to" and "go" are English words, so French units of
# bytes are recognised only in capitals ("Go"), as French texts write them.
_LEFT_IN_FRENCH: Final = r"€|\$|£|¥|(?-i:[KkMGTP]o|[KMGTP]O)(?!-)|d['’]?\s?€"
ENGLISH_UNITS: Final = "|".join([_LEFT_IN_FRENCH, *(unit.english for unit in _UNITS)])
_PATTERNS: Final = {
    unit.name: re.compile(rf"(?:{unit.english}|{unit.french})\Z", re.IGNORECASE) for unit in _UNITS
}
_OF_EUROS: Final = re.compile(r"^d['’]?\s?(?=€)")


def unit_of(written: str) -> str:
    """Returns the name of the unit that `written` means in either language; empty if none."""
    bare = _OF_EUROS.sub("", written.strip())
    return next((name for name, pattern in _PATTERNS.items() if pattern.match(bare)), "")


def kind_of(name: str) -> str:
    """Returns what a unit measures; empty for no unit."""
    return BY_NAME[name].kind if name else ""
