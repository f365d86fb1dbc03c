"""Who does something to whom: "Apple a infligé une amende" where a regulator fined Apple.

All words of such a sentence stand in the article, mostly in the same order. Only verbs are known
that companies, courts and people do to each other, in the forms of the press. Names are compared,
but no pronouns and no common nouns.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from service.checking.word_lists import read_words
from service.facts.statements import Name, Statement, Word
from service.text.calendar import WEEK_DAYS
from service.text.function_words import HAVE, THAT
from service.text.tables import table

REACH: Final = 4  # words between a verb and what belongs to it
_DEEDS: Final = [tuple(beginnings) for beginnings in table(__package__, "verbs")["deeds"]]
_IS_GIVEN: Final = "inflig"  # a fine is, to somebody
_IS_DONE_TO: Final = "ecop"  # "Apple écope d'une amende"
_FORM: Final = re.compile(r"\w+(?:e|ee|es|ees|(?<!em)ent|ait|aient|a|er|era|eront|erait|eraient)")
_PARTICIPLE_ENDINGS: Final = ("é", "ée", "és", "ées")
_HAVE: Final = HAVE | read_words("verbs", "have_in_other_tenses")
_BE: Final = read_words("verbs", "be")
_SEE: Final = read_words("verbs", "see")
_PASSED_OVER: Final = frozenset(WEEK_DAYS) | read_words(
    "small_words", "passed_over", "passed_over_before_participle"
)
_BEFORE_VERB: Final = _PASSED_OVER | _HAVE | _BE | _SEE | read_words("verbs", "leads_to_infinitive")
_ARTICLES: Final = read_words("small_words", "definite_articles")
_DETERMINERS: Final = _ARTICLES | read_words(
    "small_words", "indefinite_articles", "other_determiners", "demonstratives", "contractions"
)
_TO: Final = read_words("small_words", "to")
_PREPOSITIONS: Final = _TO | read_words("small_words", "prepositions", "prepositions_of_deeds")

# Whether somebody does it (True) or has it done to them (False), and the name.
Role = tuple[bool, Name]


def turned_round(text: Statement, article: Sequence[Statement], known: frozenset[str]) -> str:
    """Returns a name that `text` has do what the article only has done to it, or the reverse."""
    for verbs in _DEEDS:
        roles = list(_find_roles(text, verbs, known))
        if not roles:
            continue
        article_roles: list[Role] = []
        for statement in article:
            article_roles += _find_roles(statement, verbs, known, loose=True)
        for does, name in roles:
            in_article = {role for role, other in article_roles if name.parts & other.parts}
            if in_article == {not does}:
                return name.text
    return ""


def _find_roles(
    statement: Statement, verbs: tuple[str, ...], known: frozenset[str], loose: bool = False
) -> Iterator[Role]:
    """Yields who does it and to whom it is done.

    With `loose`, everybody named before the verb may be who does it.
    """
    words = statement.words
    positions = [
        position
        for position, word in enumerate(words)
        if word.plain.startswith(verbs) and not word.capital
    ]
    if not positions:
        return
    names = [name for name in statement.names(known) if not words[name.position].quoted]
    for position in positions:
        yield from _find_roles_of_verb(words, position, names, loose)


def _find_roles_of_verb(
    words: Sequence[Word], verb: int, names: Sequence[Name], loose: bool
) -> Iterator[Role]:
    active = _is_active(words, verb)
    if active is None:
        return
    # "que va racheter Nuagis": the subject stands behind the verb.
    before_verb = words[max(0, verb - REACH) : verb]
    subject_first = active and not any(word.plain in THAT for word in before_verb)
    gives = words[verb].plain.startswith(_IS_GIVEN)
    names_before = [name for name in names if name.end <= verb]
    if loose and subject_first:
        yield from ((True, name) for name in names_before)
    if names_before and (active or not gives) and _is_subject(words, names_before[-1], verb):
        yield active, names_before[-1]
    for name in names:
        same_clause = words[name.position].clause == words[verb].clause
        if name.position > verb and same_clause:
            role = _find_role_behind(_find_preposition(words, name), subject_first, gives)
            if role is not None:
                yield role, name


def _find_role_behind(preposition: str, active: bool, gives: bool) -> bool | None:
    """Returns whether a name behind the verb and a preposition does it; None if neither.

    Where the verb `gives`, it is done only to somebody behind an "à".
    """
    if preposition == "par":
        return True
    is_receiver = preposition in _TO and (active or gives)
    is_object = not preposition and active and not gives
    return False if is_receiver or is_object else None


def _is_active(words: Sequence[Word], verb: int) -> bool | None:
    """True for "condamne" and "a condamné"; None if it is no verb.

    False for "est condamné" and "se voit condamner".
    """
    word = words[verb]
    near = (other.plain for other in words[max(0, verb - REACH) : verb])
    before = [plain for plain in near if plain not in _PASSED_OVER]
    is_noun = bool(before) and before[-1] in _DETERMINERS
    if is_noun or not _FORM.fullmatch(word.plain):
        return None
    if word.plain.startswith(_IS_DONE_TO):
        return False
    if word.text.endswith(_PARTICIPLE_ENDINGS):
        return bool(before) and before[-1] in _HAVE
    return _SEE.isdisjoint(before)


def _is_subject(words: Sequence[Word], name: Name, verb: int) -> bool:
    """True if only small words stand between the name and its verb, and no preposition before."""
    between = {word.plain for word in words[name.end : verb]}
    return between <= _BEFORE_VERB and not _find_preposition(words, name)


def _find_preposition(words: Sequence[Word], name: Name) -> str:
    """Returns the preposition before a name, perhaps with an article between; empty if none."""
    before = [word.plain for word in words[max(0, name.position - 2) : name.position]]
    if before and before[-1] in _ARTICLES:
        before.pop()
    return before[-1] if before and before[-1] in _PREPOSITIONS else ""
