"""Who does something to whom, turned round: "Apple a infligé une amende" where a regulator fined
Apple.

All words of such a sentence stand in the article, mostly in the same order. Only verbs are known
that companies, courts and people do to each other, in the forms of the press; names are compared,
no pronouns and no common nouns.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from service.facts.statements import Name, Statement, Word
from service.text.calendar import WEEK_DAYS
from service.text.function_words import DEFINITE_ARTICLES, HAVE, THAT, TO

# How these verbs begin, in plain form; those of a group say the same of who does it and of whom it
# is done to.
_GROUPS: Final = (
    ("inflig", "condamn", "sanctionn", "ecop"),
    ("rachet",),
    ("attaqu",),
    ("accus",),
    ("assign",),
    ("licenci",),
)
_IS_GIVEN: Final = "inflig"  # a fine is, to somebody
_IS_DONE_TO: Final = "ecop"  # "Apple écope d'une amende"
_FORM: Final = re.compile(r"\w+(?:e|ee|es|ees|(?<!em)ent|ait|aient|a|er|era|eront|erait|eraient)")
_HAS: Final = HAVE | frozenset("aura auront aurait auraient ayant avoir".split())
_BETWEEN: Final = frozenset(
    (
        "ne",
        "n",
        "aussi",
        "egalement",
        "ainsi",
        "deja",
        "bien",
        "donc",
        "ce",
        "encore",
        "enfin",
        *WEEK_DAYS,
    )
)
_LEADS_TO: Final = frozenset(
    "de d vient viennent va vont veut veulent doit doivent peut pourrait souhaite compte".split()
)
_DETERMINERS: Final = frozenset(
    "le la l les un une des cette ces cet son sa ses du leur leurs aux au".split()
)
_SEES: Final = frozenset("voit voient vu vus vue vues voir verra".split())
# Behind one of these a name is neither who does it nor whom it is done to.
_ASIDE: Final = frozenset(
    "en dans de d du des par selon sur sous pour avec depuis chez contre apres avant sans face".split()
)
_TO: Final = TO
_IS: Final = frozenset("est sont ete etait etaient sera seront etre s se".split())
_ARTICLES: Final = DEFINITE_ARTICLES
REACH: Final = 4  # words between a verb and what belongs to it


def turned_round(text: Statement, article: Sequence[Statement], known: frozenset[str]) -> str:
    """A name that `text` has do what the article only has done to it, or the other way round; or
    nothing."""
    for verbs in _GROUPS:
        for does, name in _roles(text, verbs, known):
            there = (
                role
                for statement in article
                for role in _roles(statement, verbs, known, loose=True)
            )
            if {other_does for other_does, other in there if name.parts & other.parts} == {
                not does
            }:
                return name.text
    return ""


def _roles(
    statement: Statement, verbs: tuple[str, ...], known: frozenset[str], loose: bool = False
) -> Iterator[tuple[bool, Name]]:
    """The names of who does it (True) and of whom it is done to; `loose`: everybody named before
    the verb may be who does it."""
    places = [
        k
        for k, word in enumerate(statement.words)
        if word.plain.startswith(verbs) and not word.capital
    ]
    names = (
        [name for name in statement.names(known) if not statement.words[name.position].quoted]
        if places
        else []
    )
    for k in places:
        active = _active(statement.words, k)
        if active is None:
            continue
        before = [name for name in names if name.end <= k]
        relative = not THAT.isdisjoint(
            word.plain for word in statement.words[max(0, k - REACH) : k]
        )  # "que va racheter Nuagis"
        if loose and active and not relative:
            yield from ((True, name) for name in before)
        gives = statement.words[k].plain.startswith(_IS_GIVEN)
        if before and _is_subject(statement.words, before[-1], k) and (active or not gives):
            yield active, before[-1]
        for name in names:
            if (
                name.position > k
                and statement.words[name.position].clause == statement.words[k].clause
            ):
                yield from _behind(
                    _preposition(statement.words, name), active and not relative, gives, name
                )


def _behind(link: str, active: bool, gives: bool, name: Name) -> Iterator[tuple[bool, Name]]:
    """The role of a name behind the verb, and a preposition. `gives`: it is done to somebody behind
    an "à" only."""
    if link == "par":
        yield True, name
    elif (link in _TO and (active or gives)) or (not link and active and not gives):
        yield False, name


def _active(words: Sequence[Word], k: int) -> bool | None:
    """True for "condamne" and "a condamné", False for "est condamné" and "se voit condamner", None
    if it is no verb."""
    form = _FORM.fullmatch(words[k].plain)
    before = [word.plain for word in words[max(0, k - REACH) : k] if word.plain not in _BETWEEN]
    if form is None or (before and before[-1] in _DETERMINERS):
        return None
    if words[k].plain.startswith(_IS_DONE_TO):
        return False
    if words[k].text.endswith(("é", "ée", "és", "ées")):
        return bool(before) and before[-1] in _HAS
    return not _SEES & set(before)


def _is_subject(words: Sequence[Word], name: Name, verb: int) -> bool:
    """True if nothing but small words stands between the name and its verb, and no preposition
    before the name."""
    between = {word.plain for word in words[name.end : verb]}
    return between <= _BETWEEN | _HAS | _IS | _LEADS_TO | _SEES and _preposition(words, name) == ""


def _preposition(words: Sequence[Word], name: Name) -> str:
    """The preposition before a name, perhaps with an article between; empty if there is none."""
    before = [word.plain for word in words[max(0, name.position - 2) : name.position]][::-1]
    if before and before[0] in _ARTICLES:
        before = before[1:]
    return before[0] if before and before[0] in _ASIDE | _TO else ""
