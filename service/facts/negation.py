"""Finds what "ne", "sans", or "pas" without a "ne" denies.

A sentence is given as its plain words, with the signs between them.
"""

from collections.abc import Collection, Sequence
from typing import Final

from service.text.function_words import (
    AUXILIARIES,
    CLAUSE_ENDS,
    NE,
    NEGATIVE_PARTICLES,
    THAT,
    WITHOUT_CONTENT,
)

_BEFORE_NE: Final = NEGATIVE_PARTICLES - {"plus", "pas"}
# Beginnings of verbs that "ne" denies without a particle: "il ne peut", "elle n'ose".
_WITHOUT_PARTICLE: Final = (
    "peut", "peuv", "pouv", "pourr", "pu", "sai", "sav", "sau", "os", "cess",
)  # fmt: skip
_SENTENCE_ENDS: Final = frozenset(".;!?")
NEGATION_REACH: Final = 12  # words and signs between "aucun" and "ne"
PARTICLE_REACH: Final = 8  # the same between "ne" and "pas"


def denied(words: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Returns for each "ne" the content words that it denies, the verb first.

    "Ne … que" denies none.
    """
    return tuple(_scope_of(words, place) for place, word in enumerate(words) if word in NE)


def denied_alone(words: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Returns the content words behind each "sans", and each "pas" with no "ne" before it."""
    return tuple(
        _content_of(words[place + 1 : place + 5])
        for place, word in enumerate(words)
        if word in {"sans", "pas"} and NE.isdisjoint(words[max(0, place - PARTICLE_REACH) : place])
    )


def _scope_of(words: Sequence[str], ne: int) -> tuple[str, ...]:
    """Returns the content words that the "ne" at this place denies."""
    after = words[ne + 1 : ne + 1 + PARTICLE_REACH]
    after = after[: _find_first(after, _SENTENCE_ENDS)]
    particle, that = _find_first(after, NEGATIVE_PARTICLES), _find_first(after, THAT)
    if that < len(after) and that <= particle + 1:
        return ()
    has_particle = particle < len(after)
    before = words[max(0, ne - NEGATION_REACH) : ne]
    places = [place for place, word in enumerate(before) if word in _BEFORE_NE]
    if places and (not has_particle or before[places[-1]] != "ni"):  # "aucun accord n'a été signé"
        return (*_content_of(words[ne + 1 : ne + 6]), *_content_of(before[places[-1] + 1 :]))
    if not has_particle:
        return _content_of(after) if _needs_no_particle(after) else ()
    auxiliary = min(_find_first(after, AUXILIARIES), particle)
    behind_particle = words[ne + 2 + particle : ne + 8 + particle]
    return (*_content_of(after[:auxiliary]), *_content_of(behind_particle))


def _needs_no_particle(words: Sequence[str]) -> bool:
    """True if the first verb behind "ne" is one that denies without a particle ("il ne peut")."""
    verbs = (
        word for word in words if word not in WITHOUT_CONTENT or word.startswith(_WITHOUT_PARTICLE)
    )
    return next(verbs, "").startswith(_WITHOUT_PARTICLE)


def _find_first(words: Sequence[str], wanted: Collection[str]) -> int:
    """Returns the place of the first of the `wanted` words; behind all words if there is none."""
    return next((place for place, word in enumerate(words) if word in wanted), len(words))


def _content_of(words: Sequence[str]) -> tuple[str, ...]:
    """Returns the first two content words before the next sign that ends a clause."""
    clause = words[: _find_first(words, CLAUSE_ENDS)]
    content = [word for word in clause if word not in WITHOUT_CONTENT and len(word) > 2]
    return tuple(content[:2])
