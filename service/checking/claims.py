"""What somebody claims, told as a fact: "Le plan va supprimer 300 emplois" for "…, selon le
syndicat".

A claim is what stands behind "X estime que", before "…, plaide X" or "…, selon le syndicat X", or
in quotation marks beside such a verb. That a company announced something, or a paper reports it,
may be left out; a verb of opinion or an interested party may not.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final

from service.checking.copying import kept_order
from service.checking.plans_and_rumours import is_conditional
from service.checking.speakers import says
from service.facts.statements import Statement, Word
from service.text.function_words import HAVE, RELATIVES, THAT
from service.text.quotation_marks import QUOTE_SIGNS

MIN_CLAIM: Final = 5  # words of a quotation that is a claim
# share of a sentence's words that a claim must have in the same order, if the sentence tells it
MIN_TOLD: Final = 0.8
ELSEWHERE: Final = (
    0.6  # the same of another sentence of the article, or of its title, if it says so by itself
)
REACH: Final = 4  # words between a verb of opinion and its "que"
PASSING: Final = 3  # words before a verb in which its clause may begin
PARTY_REACH: Final = 3  # words behind "selon" in which the noun stands

OPINION: Final = tuple(
    (
        "estim juge regrett deplor denonc fustig critiqu plaid assur affirm promet promis previen "
        "averti considere soutien "
        "craign pense esper martel insist pretend predi defend alerte redout repliq retorq iron "
        "exclam"
    ).split()
)
# What nobody but who says it makes a fact of, whatever the verb.
JUDGING: Final = re.compile(
    r"\b(?:il (?:nous )?(?:faut|faudra)|il est (?:grand )?temps|trop|probables?|indispensables?"
    r"|inacceptables?|injustes?|scandal\w+|absurdes?|aberrant\w*|malheureusement)\b",
    re.IGNORECASE,
)
_OUGHT: Final = frozenset("devrait devraient faudrait".split())  # conditionals that leave no doubt
_PARTY: Final = frozenset(
    (
        "syndicat syndicats association associations collectif collectifs ong opposition pirate "
        "pirates hacker hackers avocat "
        "avocats avocate famille plaignant plaignants federation depute deputee senateur senatrice "
        "elu elue elus parti "
        "constructeur fabricant operateur editeur patron patronne pdg dirigeant dirigeants "
        "direction detracteurs opposants "
        "defenseurs adversaires victimes militants salaries cfdt cgt"
    ).split()
)
_ARTICLES: Final = frozenset("le la l les un une des son sa ses leur leurs".split())
_NOUNS: Final = _ARTICLES | frozenset(
    "d de du ce cet cette ces".split()
)  # what stands before a noun
_RELATIVE: Final = RELATIVES
Span = tuple[int, int]  # the places of its first word and of the one behind its last


def lost_speaker(text: Statement, article: Sequence[Statement]) -> str:
    """The first words of `text`, if it tells a claim of the article without saying whose it is;
    else nothing. The article comes with its title, which may say the same by itself."""
    if _is_attributed(text):
        return ""
    judging = bool(JUDGING.search(text.text))
    claims, rest = list[list[str]](), list[list[str]]()
    for statement in article:
        spans = list(_claims(statement.words, judging))
        claims += [_plain(statement.words[start:end]) for start, end in spans]
        rest.append(
            _plain(
                [
                    word
                    for k, word in enumerate(statement.words)
                    if not any(a <= k < b for a, b in spans)
                ]
            )
        )
    lost = kept_order(text, claims) >= MIN_TOLD and kept_order(text, rest) < ELSEWHERE
    return " ".join(text.text.split()[:3]) if lost else ""


def _plain(words: Iterable[Word]) -> list[str]:
    return [word.plain for word in words if not word.sign]


def _is_attributed(text: Statement) -> bool:
    """True if the sentence names who says it, or leaves a doubt."""
    if text.plain.startswith("pour ") or "d apres" in text.plain:
        return True
    doubtful = any(is_conditional(word.text) and word.plain not in _OUGHT for word in text.words)
    return doubtful or any(
        word.plain == "selon" or word.plain in QUOTE_SIGNS or says(word) for word in text.words
    )


def _claims(words: Sequence[Word], judging: bool) -> Iterator[Span]:
    """What is claimed in a sentence. Where `judging`, every verb of saying makes a claim of what it
    says."""
    opining = [k for k in range(len(words)) if _opines(words, k, judging)]
    if opining:
        yield from _quoted(words)
    according = (
        k
        for k, word in enumerate(words)
        if word.plain == "selon" and not word.quoted and _of_party(words, k)
    )
    for k in opining:
        that = next(
            (j for j in range(k + 1, min(len(words), k + 2 + REACH)) if words[j].plain in THAT),
            None,
        )
        if that is not None:
            yield that + 1, len(words)
        elif _has_subject_behind(words, k):
            yield from _beside(words, k)
    for k in according:
        yield from _beside(words, k)


def _opines(words: Sequence[Word], k: int, judging: bool) -> bool:
    """True for a verb of opinion, or of saying; not for a noun ("les juges"), nor for what is said
    in passing ("dont on pense que")."""
    word = words[k]
    opinion = word.plain.startswith(OPINION) and not word.capital and not word.quoted
    if not opinion and not (judging and says(word)):
        return False
    before = [word.plain for word in words[max(0, k - PASSING) : k]]
    return not (_NOUNS.intersection(before[-1:]) or _RELATIVE.intersection(before))


def _quoted(words: Sequence[Word]) -> Iterator[Span]:
    """The quotations of at least MIN_CLAIM words and signs."""
    for quoted, group in groupby(range(len(words)), key=lambda k: words[k].quoted):
        places = list(group)
        if quoted and len(places) >= MIN_CLAIM:
            yield places[0], places[-1] + 1


def _beside(words: Sequence[Word], k: int) -> Iterator[Span]:
    """What stands before the comma of a clause that names who says it, or behind such a clause that
    begins the sentence."""
    comma = next((j for j in range(k, 0, -1) if words[j].plain == ","), None)
    if comma is not None:
        yield max((j + 1 for j in range(comma) if words[j].plain == ";"), default=0), comma
    elif k == 0:
        yield next((j for j, word in enumerate(words) if word.plain == ","), len(words)), len(words)


def _has_subject_behind(words: Sequence[Word], k: int) -> bool:
    """True for ", plaide la chercheuse" and "», a assuré M. Durand"."""
    before = (
        words[k - 2 : k - 1] if k > 1 and words[k - 1].plain in HAVE else words[max(0, k - 1) : k]
    )
    behind = words[k + 1 : k + 2]
    return any(word.plain == "," or word.plain in QUOTE_SIGNS for word in before) and any(
        word.capital or word.plain in _ARTICLES for word in behind
    )


def _of_party(words: Sequence[Word], k: int) -> bool:
    return any(word.plain in _PARTY for word in words[k + 1 : k + 1 + PARTY_REACH])
