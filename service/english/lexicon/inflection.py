"""The plural of English terms, for what replaces a French one, and names without their genitive."""

import re
from typing import Final

_BEHIND: Final = re.compile(
    r"(?: (?:of|in|for|to|on|with|without|against|into|at|by) |-in-).*"
)  # the noun stands before it
_ENDINGS: Final = {
    "person": "people", "child": "children", "woman": "women", "man": "men", "wife": "wives",
    "life": "lives", "knife": "knives",
    "thief": "thieves", "wolf": "wolves", "scarf": "scarves", "half": "halves", "shelf": "shelves",
    "foot": "feet",
    "tooth": "teeth", "mouse": "mice", "basis": "bases", "bacterium": "bacteria", "craft": "craft",
    "series": "series",
    "species": "species", "human": "humans", "German": "Germans", "Roman": "Romans",
    "monarch": "monarchs", "stomach": "stomachs",
    "hero": "heroes", "tornado": "tornadoes", "volcano": "volcanoes", "mosquito": "mosquitoes",
    "embargo": "embargoes",
    "cargo": "cargoes", "veto": "vetoes", "tomato": "tomatoes", "potato": "potatoes",
    "summons": "summonses", "lens": "lenses",
    "gas": "gases", "canvas": "canvases", " so": " so",
}  # fmt: skip
_LONGEST_FIRST: Final = sorted(_ENDINGS, key=len, reverse=True)


def english_plural(singular: str) -> str:
    """The plural of a noun, or of the noun before a preposition ("chiefs of staff", "calls for
    help", "editors-in-chief")."""
    behind = _BEHIND.search(singular)
    head, rest = (
        (singular[: behind.start()], behind.group())
        if behind and behind.start()
        else (singular, "")
    )
    return _plural(head) + rest


def _plural(noun: str) -> str:
    for ending in _LONGEST_FIRST:
        if noun.endswith(ending):
            return noun.removesuffix(ending) + _ENDINGS[ending]
    if (
        noun.endswith("y") and noun[-2:-1] not in "aeou"
    ):  # nothing before it, as in the letter: "ys"
        return f"{noun[:-1]}ies"
    if noun.endswith(("ss", "us", "is", "x", "z", "ch", "sh")):
        return f"{noun}es"
    return noun if not noun or noun.endswith("s") else f"{noun}s"  # headquarters


def without_genitive(name: str) -> str:
    """An English name without the ending of its genitive ("SpaceX's")."""
    return re.sub(r"['’]s$", "", name)
