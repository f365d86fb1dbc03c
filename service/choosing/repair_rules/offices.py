"""Removes an office set beside a name to which the article never gives it: "Le président de la
communication, Joseph Valmont"."""

import re
from typing import Final

from service.text.folding import plain
from service.text.tables import table

_OFFICES: Final = "|".join(table(__package__, "offices")["offices"])
_OFFICE: Final = rf"(?:{_OFFICES})(?:ne|e)?"
_NAME: Final = r"[A-ZÀ-Ý][\w'’-]*[a-zà-ÿ][\w-]*"
# Words of an office: no verb, and the last one is none behind which the office goes on.
_INNER: Final = r"(?!(?:a|est|ont|sont|et|que|qui|où)\b)[^\s,.;:]+"
_LAST: Final = r"(?!(?:d[eu]|des|l[ae]s?|à|aux?|en)\b)[^\s,.;:]*[^\s,.;:'’]"
_BESIDE_NAME: Final = re.compile(
    r"L(?:[ea] (?:nouve(?:au|lle) |ancien(?:ne)? )*|['’](?:ex-|ancien(?:ne)? )?)"
    rf"(?P<head>{_OFFICE})\b(?: {_INNER}){{0,6}}? (?i:{_LAST})(?P<comma>,?) "
    rf"(?P<name>(?!L[ea]s? ){_NAME}(?: (?:de |du |Le )?{_NAME})+)(?P<end>,)?"
)
_BEFORE_NAME: Final = r"(?:^|[.,:;!?»«(\"]\s*|(?:^|\W)[a-zà-ÿ'’-]+ )"  # where a whole name begins
_GAP: Final = r"[^\w.;:!?]+"
_STEP: Final = rf"{_GAP}(?!(?:ont|est|sont|et|que|qui|pour|sur)\b)[\w-]+"


def remove_strange_office(text: str, article: str) -> str:
    """`text` without an office of more than one word at its beginning that the article nowhere has
    beside the name behind it; the article comes with its title."""
    office = _BESIDE_NAME.match(text)
    if not office or bool(office["comma"]) != bool(office["end"]):
        return text
    name = office["name"]
    if not re.search(_BEFORE_NAME + re.escape(name), article, re.MULTILINE):
        return text
    if _gives_office(article, office["head"], name.split()[-1]):
        return text
    return name + text[office.end() :]


def _gives_office(article: str, office: str, surname: str) -> bool:
    """True if the article has the office before or behind the surname."""
    article, office, surname = plain(article), re.escape(plain(office)), re.escape(plain(surname))
    before_name = rf"{office}s?\b(?:{_STEP}){{0,12}}?{_GAP}{surname}\b"
    behind_name = rf"\b{surname}(?:{_STEP}){{0,4}}?{_GAP}(?:ex-)?{office}"
    return bool(re.search(before_name, article) or re.search(behind_name, article))
