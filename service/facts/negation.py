"""What a "ne", a "sans" or a "pas" alone denies. Words are plain ones, the signs between them among
them."""

from collections.abc import Collection, Sequence
from typing import Final

from service.text.function_words import AUXILIARIES, EMPTY, ENDS_CLAUSE, THAT

_PARTICLES: Final = frozenset(
    "pas plus jamais rien personne aucun aucune guere nullement ni".split()
)
_BEFORE_NE: Final = _PARTICLES - {"plus", "pas"}
_WITHOUT_PARTICLE: Final = (
    "peut",
    "peuv",
    "pouv",
    "pourr",
    "pu",
    "sai",
    "sav",
    "sau",
    "os",
    "cess",
)
_ENDS_SENTENCE: Final = frozenset(".;!?")
NEGATION_REACH: Final = 12  # words and signs between "aucun" and "ne"
PARTICLE_REACH: Final = 8  # the same between "ne" and "pas"


def denied(words: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """For each "ne" the content words that it denies, the verb first. "ne … que" denies none."""
    return tuple(_scope(words, place) for place, word in enumerate(words) if word in {"ne", "n"})


def denied_alone(words: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """The content words behind each "sans", and behind each "pas" with no "ne" before it."""
    return tuple(
        _content(words[place + 1 : place + 5])
        for place, word in enumerate(words)
        if word in {"sans", "pas"}
        and not {"ne", "n"} & {*words[max(0, place - PARTICLE_REACH) : place]}
    )


def _scope(words: Sequence[str], ne: int) -> tuple[str, ...]:
    """The content words that the "ne" at this place denies."""
    after = words[ne + 1 : ne + 1 + PARTICLE_REACH]
    after = after[: _first(after, _ENDS_SENTENCE)]
    particle, only = _first(after, _PARTICLES), _first(after, THAT)
    if only < len(after) and only <= particle + 1:
        return ()
    alone = particle == len(after)
    before = words[max(0, ne - NEGATION_REACH) : ne]
    start = max((place for place, word in enumerate(before) if word in _BEFORE_NE), default=None)
    if start is not None and (alone or before[start] != "ni"):  # "aucun accord n'a été signé"
        return (*_content(words[ne + 1 : ne + 6]), *_content(before[start + 1 :]))
    if alone:  # "il ne peut"
        verb = next(
            (word for word in after if word not in EMPTY or word.startswith(_WITHOUT_PARTICLE)), ""
        )
        return _content(after) if verb.startswith(_WITHOUT_PARTICLE) else ()
    auxiliary = min(_first(after, AUXILIARIES), particle)
    return (*_content(after[:auxiliary]), *_content(words[ne + 2 + particle : ne + 8 + particle]))


def _first(words: Sequence[str], wanted: Collection[str]) -> int:
    """The place of the first of the `wanted` words; behind all words where there is none."""
    return next((place for place, word in enumerate(words) if word in wanted), len(words))


def _content(words: Sequence[str]) -> tuple[str, ...]:
    """The first two content words before the next sign that ends a clause."""
    clause = words[: _first(words, ENDS_CLAUSE)]
    return tuple(word for word in clause if word not in EMPTY and len(word) > 2)[:2]
