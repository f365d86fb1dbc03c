"""An office set beside a name to which the article never gives it: "Le président de la
communication, Joseph Valmont"."""

import re
from typing import Final

from service.text.folding import plain

_OFFICE: Final = (
    r"(?:président|ministre|député|sénat(?:eur|rice)|maire|candidat|secrétaire|porte-parole|chef"
    r"|patron|direct(?:eur|rice)|procureur|"
    r"juge|avocat|eurodéputé|préfète?|gouverneur|(?:co)?fondat(?:eur|rice)|dirigeant|leader|délégué"
    r"|responsable|cherch(?:eur|euse)|"
    r"médecin|professeur|entraîneur|opposant|général|colonel|commissaire|réalisat(?:eur|rice)|élu"
    r"|conseiller|vice-président)(?:ne|e)?"
)
_NAME: Final = r"[A-ZÀ-Ý][\w'’-]*[a-zà-ÿ][\w-]*"
# A word of an office: no verb, and the last one is none behind which it goes on.
_INNER: Final = r"(?!(?:a|est|ont|sont|et|que|qui|où)\b)[^\s,.;:]+"
_LAST: Final = r"(?!(?:d[eu]|des|l[ae]s?|à|aux?|en)\b)[^\s,.;:]*[^\s,.;:'’]"
_BESIDE: Final = re.compile(
    rf"L(?:[ea] (?:nouve(?:au|lle) |ancien(?:ne)? )*|['’](?:ex-|ancien(?:ne)? "
    rf")?)(?P<head>{_OFFICE})\b"
    rf"(?: {_INNER}){{0,6}}? (?i:{_LAST})(?P<comma>,?) (?P<name>(?!L[ea]s? ){_NAME}(?: (?:de |du "
    rf"|Le )?{_NAME})+)(?P<end>,)?"
)
_ALONE: Final = r"(?:^|[.,:;!?»«(\"]\s*|(?:^|\W)[a-zà-ÿ'’-]+ )"  # before a name that begins there
_GAP: Final = r"[^\w.;:!?]+"
_STEP: Final = rf"{_GAP}(?!(?:ont|est|sont|et|que|qui|pour|sur)\b)[\w-]+"


def without_strange_office(text: str, article: str) -> str:
    """`text` without an office at its beginning, of more than one word, that the article nowhere
    has beside the name behind it; the article comes with its title."""
    found = _BESIDE.match(text)
    if not found or bool(found["comma"]) != bool(found["end"]):
        return text
    if not re.search(_ALONE + re.escape(found["name"]), article, re.MULTILINE):
        return text
    whole, head, name = (
        plain(article),
        re.escape(plain(found["head"])),
        re.escape(plain(found["name"].split()[-1])),
    )
    before, behind = (
        rf"{head}s?\b(?:{_STEP}){{0,12}}?{_GAP}{name}\b",
        rf"\b{name}(?:{_STEP}){{0,4}}?{_GAP}(?:ex-)?{head}",
    )
    return (
        text
        if re.search(before, whole) or re.search(behind, whole)
        else found["name"] + text[found.end() :]
    )
