"""The plural of English terms, for what replaces a French one."""

from typing import Final

_IRREGULAR: Final = {
    "person": "people", "knife": "knives", "child": "children", "schoolchild": "schoolchildren", "thief": "thieves",
    "man": "men", "ex-wife": "ex-wives", "fisherman": "fishermen", "gunman": "gunmen", "monarch": "monarchs",
}  # fmt: skip


def english_plural(singular: str) -> str:
    """The plural of a noun, or of the noun before "of" or "in" ("chiefs of staff", "people in their forties")."""
    head, of, rest = singular.partition(" of ") if " of " in singular else singular.partition(" in ")
    *before, last = head.split(" ")
    if last.endswith("-in-law"):
        plural = f"{last.removesuffix('-in-law')}s-in-law"
    elif last in _IRREGULAR:
        plural = _IRREGULAR[last]
    elif last.endswith("y") and last[-2] not in "aeou":
        plural = f"{last[:-1]}ies"
    else:
        plural = f"{last}es" if last.endswith(("s", "x", "ch", "sh")) else f"{last}s"
    return " ".join([*before, plural]) + of + rest
