"""Corrects what the translator still gets wrong in plain French.

`service.english.pre_editing.rewording` has put the French sentence in plainer words before.
`corrections.toml` has the errors.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from service.text.tables import table

_EUROPEAN: Final = re.compile(r"euro(?:p|déput)|strasbourg|bruxelles", re.IGNORECASE)


class _Correction(NamedTuple):
    """English that is wrong behind certain French.

    The French sentence has `french` and `context`, and nothing of `unless`.
    """

    french: re.Pattern[str]
    context: re.Pattern[str] | None
    unless: re.Pattern[str] | None
    wrong: re.Pattern[str]
    right: str

    def applies_to(self, french: str) -> bool:
        """True if the French sentence has what the correction is for."""
        if not self.french.search(french):
            return False
        if self.context and not self.context.search(french):
            return False
        return not (self.unless and self.unless.search(french))


def _read_correction(row: Mapping[str, Any]) -> _Correction:
    return _Correction(
        french=re.compile(row.get("french", "")),
        context=_compile_any(row.get("context", ())),
        unless=_compile_any(row.get("unless", ())),
        wrong=re.compile(row["wrong"]),
        right=row["right"],
    )


def _compile_any(patterns: Sequence[str]) -> re.Pattern[str] | None:
    """Returns an expression for any of the patterns, or None if there are none."""
    return re.compile("|".join(patterns)) if patterns else None


_CORRECTIONS: Final = tuple(map(_read_correction, table(__package__, "corrections")["corrections"]))


def put_right(english: str, french: str, article: str) -> str:
    """Returns `english`, the translation of the reworded `french`, with its usual errors corrected.

    Members of the European Parliament stay "MEPs" only if the `article` or the sentence is about
    Europe.
    """
    for correction in _CORRECTIONS:
        if correction.applies_to(french):
            english = correction.wrong.sub(correction.right, english)
    is_about_europe = _EUROPEAN.search(french) or _EUROPEAN.search(article)
    if "MEP" in english and not is_about_europe:
        english = re.sub(r"\bMEP(?=s?\b)", "MP", english)
    return english
