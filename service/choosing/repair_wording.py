"""Puts back what a generated sentence has otherwise than the article's sentence that it copies: a
word, or the subject.

Most generated sentences are sentences of the article with words left out. One that has another word
among equal ones was mostly changed by mistake ("un acteur majeur" for "un acteur mineur"), and so
was one that has somebody else before the same verb ("La police a ouvert une enquête" for "Le
parquet"), or has lost the noun before a complement ("Le lanceur" for "Le décollage du lanceur").
What was measured of it is in docs/measurements.md.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from itertools import pairwise
from typing import Final

import simplemma

from service.checking.copying import most_in_order
from service.facts.names import FIRST_WORDS
from service.facts.statements import stem
from service.text.folding import plain
from service.text.function_words import OF_ELIDED
from service.text.vocabulary import is_known

MIN_COPIED: Final = 0.7  # share of a sentence's words that the copied one has in the same order
CONTEXT: Final = 2  # equal words on either side of a word in the place of another one
SAME_VERB: Final = 4  # equal words from the verb on, for the same verb
MAX_SUBJECT: Final = 9  # words
FIRST_VERB: Final = 14  # words in which the first verb is looked for
MIN_VERB: Final = 4  # letters of a verb that is no auxiliary
MIN_CHECKED: Final = 4  # letters from which on a word that no dictionary has is a misprint

_TOKEN: Final = re.compile(r"\d+(?:[.,\s]\d{3})*(?:,\d+)?|\w+(?:-\w+)*['’]?|[^\w\s]")
_SMALL: Final = frozenset(
    (
        "le la les l' un une des du de d' ce cet cette ces c' son sa ses leur leurs il elle ils "
        "elles on y en et ou ni mais a "
        "ont est sont au aux dans par pour sur sous chez vers qui que qu' dont se s' ne n' je j' "
        "nous vous mon ma mes notre nos "
        "celui celle ceux celles lui eux lequel laquelle lesquels lesquelles auquel pendant durant "
        "avait avaient etait etaient "
        "sera seront aura auront"
    ).split()
)
# With one of these a subject points to something else, or is none.
_REFERRING: Final = frozenset(
    (
        "il elle ils elles on je j' nous vous mon ma mes notre nos ce cet cette ces c' son sa ses "
        "leur leurs celui celle ceux "
        "celles lui eux dont qui que qu' ou lequel laquelle lesquels lesquelles alors afin pour si "
        "quand"
    ).split()
)
_DEFINITE: Final = frozenset(("le", "la", "les", "l'"))
_DETERMINERS: Final = _DEFINITE | frozenset(
    "un une des plusieurs quelques certains certaines tous toutes aucun deux trois quatre cinq six "
    "sept huit neuf dix".split()
)
_OF: Final = OF_ELIDED
_AUXILIARIES: Final = frozenset(
    (
        "a ont est sont va vont doit doivent peut peuvent avait avaient etait etaient sera seront "
        "s' n' ne se aura auront aurait "
        "auraient serait seraient devrait devraient pourrait pourraient fait font veut veulent"
    ).split()
)
_BOUNDARIES: Final = frozenset((*',:;.()«»"“”!?–—', "que", "qu'"))
# Of two forms of one word the article's is as often the misprint: without what agrees they are one.
_AGREEMENT: Final = re.compile(r"(?:ees?|es?|s|x|er|r?ai(?:s|t|ent)?|ent|ante?s?)?\Z")
_INVERTED: Final = re.compile(r"-(?:il|elle|ils|elles|on|ce)\Z")  # "serait-il": the article asks
_GLUED: Final = re.compile(r"[a-zà-ÿ][A-ZÀ-Ý]")  # "FrémissementLa": a line end was lost
_GRANTED: Final = frozenset(
    "francais francaise francaises europeens".split()
)  # peoples, no names of somebody

Edit = tuple[int, int, str]  # from, to, and what stands there instead


@dataclass(frozen=True)
class Token:
    """A word, a number or a sign, and where it stands."""

    text: str
    plain: str
    start: int
    end: int


def tokens(text: str) -> list[Token]:
    """The words, numbers and signs of `text`; an apostrophe belongs to the word before it."""
    return [
        Token(found.group(), plain(found.group()), found.start(), found.end())
        for found in _TOKEN.finditer(text)
    ]


@dataclass(frozen=True)
class Copy:
    """A sentence beside the sentence of the article that it copies."""

    text: str
    source: str

    @cached_property
    def mine(self) -> list[Token]:
        """The words of the sentence."""
        return tokens(self.text)

    @cached_property
    def its(self) -> list[Token]:
        """The words of the article's sentence."""
        return tokens(self.source)

    @cached_property
    def steps(self) -> Sequence[tuple[str, int, int, int, int]]:
        """What leads from the article's words to those of the sentence, as difflib has it."""
        its, mine = [one.plain for one in self.its], [one.plain for one in self.mine]
        return SequenceMatcher(None, its, mine, autojunk=False).get_opcodes()

    def place(self, k: int) -> int | None:
        """Where the sentence's word `k` stands in the article's sentence."""
        return next(
            (i1 + k - j1 for tag, i1, _, j1, j2 in self.steps if tag == "equal" and j1 <= k < j2),
            None,
        )

    def equal(self, k: int, reach: int) -> int:
        """How many of `reach` words from `k` on the article's sentence has."""
        return sum(self.place(one) is not None for one in range(k, k + reach))


class Originals:
    """The sentences of an article, for finding the one that a sentence copies."""

    def __init__(self, sentences: Sequence[str]) -> None:
        self._sentences = sentences
        self._copies: dict[str, Copy | None] = {}

    @cached_property
    def _words(self) -> list[list[str]]:
        return [_spoken(sentence) for sentence in self._sentences]

    def copied(self, text: str) -> Copy | None:
        """`text` beside the sentence with most of its words in the same order, if it is a copy of
        it with changes."""
        if text not in self._copies:
            self._copies[text] = self._copied(text)
        return self._copies[text]

    def _copied(self, text: str) -> Copy | None:
        mine = _spoken(text)
        most, place = most_in_order(mine, self._words)
        source = self._sentences[place] if most else text
        return Copy(text, source) if source != text and most >= MIN_COPIED * len(mine) else None


def _spoken(text: str) -> list[str]:
    return [one.plain for one in tokens(text) if one.text[0].isalnum()]


def put_back(text: str, originals: Originals) -> str:
    """`text` with the subject and the words of the sentence that it copies, where it has others in
    their places."""
    for find in (_subject, _swapped):
        copy = originals.copied(text)
        text = _edited(text, list(find(copy))) if copy else text
    return text


def _edited(text: str, edits: Sequence[Edit]) -> str:
    for start, end, new in reversed(edits):
        text = text[:start] + new + text[end:]
    return text


def capitalised(text: str) -> str:
    """`text` with a capital."""
    return text[:1].upper() + text[1:]


def _swapped(copy: Copy) -> Iterator[Edit]:
    """The article's word for each one that stands in its place among equal words."""
    steps = copy.steps
    for before, step, behind in zip([None, *steps], steps, steps[1:], strict=False):
        tag, i1, i2, j1, j2 = step
        if tag != "replace" or i2 - i1 != 1 or j2 - j1 != 1 or behind[4] - behind[3] < CONTEXT:
            continue
        true, given = copy.its[i1], copy.mine[j1]
        if (before is None or before[3] == 0 or before[4] - before[3] >= CONTEXT) and _is_swapped(
            true, given
        ):
            yield given.start, given.end, true.text if j1 else capitalised(true.text)


def _is_swapped(true: Token, given: Token) -> bool:
    """True for two words of some content, of which the article's is no misprint nor another form of
    the other one."""
    both = (true, given)
    if any(
        one.plain in _SMALL or not one.text[0].isalnum() or one.plain.endswith("'") for one in both
    ):
        return False
    if _INVERTED.search(true.plain):
        return False
    if true.text[0].isdigit() != given.text[0].isdigit():
        return False  # "3" for "trois"
    written_alike = re.sub(r"\W", "", true.plain) == re.sub(
        r"\W", "", given.plain
    )  # "100.000" and "100000"
    misprint = true.text.isalpha() and true.text.islower() and not is_known(true.text)
    return not (written_alike or misprint) and _root(true.plain) != _root(given.plain)


def _root(word: str) -> str:
    return _AGREEMENT.sub("", word.replace("s-", "-"))


def _subject(copy: Copy) -> Iterator[Edit]:
    """The article's subject for another one before the same verb."""
    mine, its = copy.mine, copy.its
    for k in _verbs(mine):
        place = copy.place(k)
        if place is None and mine[k].plain in _AUXILIARIES:
            return
        if not place or copy.equal(k, SAME_VERB) < SAME_VERB:
            continue
        first, there = _beginning(mine, k), _beginning(its, place)
        given, true = mine[first:k], its[there:place]
        if given and true and len(true) <= MAX_SUBJECT and _is_other(given, true):
            new = copy.source[true[0].start : true[-1].end]
            if first and true[0].plain in _DETERMINERS:
                new = new[0].lower() + new[1:]
            yield given[0].start, given[-1].end, new if first else capitalised(new)
        return


def _verbs(words: Sequence[Token]) -> Iterator[int]:
    """The places of what looks like a verb near the beginning."""
    pairs = pairwise(words[:FIRST_VERB])
    return (k for k, (before, one) in enumerate(pairs, 1) if _is_verb(one, before))


def _is_verb(one: Token, before: Token) -> bool:
    if one.plain in _AUXILIARIES and one.text != "à":
        return True
    if before.plain in _DETERMINERS | _SMALL or not (
        one.text.isalpha() and one.text.islower() and len(one.text) >= MIN_VERB
    ):
        return False
    lemma = simplemma.lemmatize(one.text, "fr")
    return (
        lemma != one.text
        and lemma.endswith(("er", "ir", "re"))
        and not one.text.endswith(("é", "ée", "és", "ées", "ant"))
    )


def _beginning(words: Sequence[Token], verb: int) -> int:
    """Where what stands before the verb begins: behind a sign or a "que"."""
    return next((k for k in range(verb, 0, -1) if words[k - 1].plain in _BOUNDARIES), 0)


def _is_other(given: Sequence[Token], true: Sequence[Token]) -> bool:
    """True if `given` is another subject than `true`, which can stand in its place: it lacks a word
    of it, and says no name that the article may have meant by a noun."""
    if _REFERRING.intersection(one.plain for one in (*given, *true)) or not _is_noun_phrase(true):
        return False
    counted = given[0].plain in _DETERMINERS - _DEFINITE or given[0].text[0].isdigit()
    if counted and true[0].plain in _DEFINITE:
        return False  # "Un ballon" for "Le ballon bleu", of which the article spoke before
    mine, its = _content(given), _content(true)
    if not (mine and its - mine) or _names(given) - _names(true):
        return False
    if mine < its and _ends_in_name(given, true):
        return False  # "l'hébergeur breton Nuagis", said to be "l'hébergeur Nuagis"
    plain_given, plain_true = [one.plain for one in given], [one.plain for one in true]
    before, end = plain_true[: -len(given)], plain_true[-len(given) :]
    if before and before[-1] not in _OF and end == plain_given:
        return False  # "l'entreprise Nuagis", said to be Nuagis
    return (
        bool(mine - its) or plain_true[: len(given)] != plain_given
    )  # else only a complement was left out


def _ends_in_name(given: Sequence[Token], true: Sequence[Token]) -> bool:
    """True if both end in the same name, which is no complement."""
    name = given[-1]
    named = name.text[0].isupper() and name.plain not in _GRANTED
    return named and name.text == true[-1].text and _OF.isdisjoint(one.plain for one in true)


def _is_noun_phrase(words: Sequence[Token]) -> bool:
    """True if it begins as a subject does, and no word of it is a misprint."""
    first = words[0]
    begins = (
        first.plain in _DETERMINERS
        or first.text[0].isdigit()
        or (first.text[0].isupper() and first.plain not in FIRST_WORDS)
    )
    return begins and not any(_GLUED.search(one.text) or _is_misprint(one.text) for one in words)


def _is_misprint(word: str) -> bool:
    return word.islower() and word.isalpha() and len(word) >= MIN_CHECKED and not is_known(word)


def _content(words: Sequence[Token]) -> set[str]:
    return {
        stem(one.text) or one.plain
        for one in words
        if one.text[0].isalnum() and one.plain not in _SMALL
    }


def _names(words: Sequence[Token]) -> set[str]:
    """The plain words with a capital; the first one if it is no French word."""
    inside = {one.plain for one in words[1:] if one.text[0].isupper() and one.plain not in _GRANTED}
    return inside | {
        one.plain
        for one in words[:1]
        if one.text[0].isupper() and not is_known(one.text.lower().rstrip("'’"))
    }
