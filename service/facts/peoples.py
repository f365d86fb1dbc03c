"""Adjectives of peoples that a summary adds ("le chanteur américain Bono"): no check of names sees
a word in lower case."""

import re
from collections.abc import Collection, Iterable
from functools import cache
from typing import Final

from service.text.folding import plain

_WORD: Final = re.compile(r"[^\W\d_]+")
# The adjective without accents, and the beginnings of words of which the source must have one, "|"
# between several. What French news takes for granted ("français", "européen") is left out.
_PEOPLES: Final = {
    "afghan": "afgh", "africain": "afri", "algerien": "alger", "allemand": "allem|berlin",
    "americain": "americ|etats|usa|washington", "anglais": "angl|brit", "argentin": "argentin",
    "asiatique": "asi",
    "australien": "austral", "autrichien": "autrich",
    "belge": "belg", "bresilien": "bresil", "britannique": "brit|royaume|angl", "canadien": "canad",
    "chinois": "chin|pekin",
    "coreen": "core", "danois": "dan", "ecossais": "ecoss", "egyptien": "egypt",
    "espagnol": "espagn", "finlandais": "finl",
    "grec": "grec|athenes", "hongrois": "hongr", "indien": "ind", "indonesien": "indones",
    "irakien": "irak", "iranien": "iran",
    "irlandais": "irland", "israelien": "isra", "italien": "ital|rome",
    "japonais": "japo|nippon|tokyo", "libanais": "liba",
    "marocain": "maro", "mexicain": "mexi", "neerlandais": "neerl|bas|holland", "norvegien": "norv",
    "pakistanais": "pakist",
    "polonais": "polo", "portugais": "portug", "quebecois": "quebec", "roumain": "roum",
    "russe": "russ|moscou|kremlin",
    "saoudien": "saoud", "suedois": "sued", "suisse": "suiss|helvet", "syrien": "syri",
    "taiwanais": "taiw", "tcheque": "tche",
    "thailandais": "thai", "tunisien": "tunis", "turc": "tur", "ukrainien": "ukrain",
    "vietnamien": "viet",
}  # fmt: skip
# Words before such an adjective that are no noun which it belongs to.
_NO_NOUNS: Final = frozenset(
    (
        "est sont était étaient être soit serait deviennent devient a ont un une des le la les de "
        "du ce cet cette ces et ou ni "
        "en par pour très plus aussi origine nationalité langue mi"
    ).split()
)


def foreign_peoples(text: str, source: Collection[str]) -> list[str]:
    """The adjectives of peoples in a French `text` for which the `source`, words without accents,
    has no word."""
    found = []
    for word in _WORD.findall(text):
        if is_people(word) and not any(other.startswith(_forms()[plain(word)]) for other in source):
            found.append(word)
    return found


def is_people(word: str) -> bool:
    """True if `word` is such an adjective."""
    return word.islower() and plain(word) in _forms()


def without_peoples(text: str, adjectives: Iterable[str]) -> str:
    """`text` without those of the `adjectives` that stand behind a noun ("le président américain
    Donald Trump"); elsewhere they are what is said ("il est américain") or who is meant ("un
    Américain")."""
    for adjective in adjectives:
        text = re.sub(
            rf"\b([^\W\d_]+) {adjective}\b",
            lambda found: found[found[1].lower() not in _NO_NOUNS],
            text,
        )
    return text


@cache
def _forms() -> dict[str, tuple[str, ...]]:
    """The beginnings by the adjective in all its forms."""
    found = {}
    for adjective, starts in _PEOPLES.items():
        feminine = {"grec": "grecque", "turc": "turque"}.get(
            adjective, adjective if adjective.endswith("e") else f"{adjective}e"
        )
        feminine = f"{adjective}ne" if adjective.endswith("en") else feminine
        plural = adjective if adjective.endswith("s") else f"{adjective}s"
        found.update(
            dict.fromkeys((adjective, plural, feminine, f"{feminine}s"), tuple(starts.split("|")))
        )
    return found
