"""Completes a generated sentence by the sentence of the article that it copies: the end of its noun
phrase, and who says it.

"plus d'une heure" was cut of "plus d'une heure et demie", "une perquisition du média" of "… du
média en ligne Nuagis". A quotation, a conditional of hearsay or a scoop stands in no summary
without its source: ", a précisé le parquet", "Selon Nuagis,". What was measured of it is in
docs/measurements.md.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from service.checking.claims import JUDGING, OPINION
from service.checking.plans_and_rumours import is_conditional
from service.checking.speakers import says
from service.choosing.repair_wording import Copy, Originals, Token, capitalised
from service.facts.days import DAYS
from service.facts.quotations import QUOTATION
from service.facts.statements import Statement, Word
from service.text.calendar import MONTHS, WEEK_DAYS
from service.text.folding import plain
from service.text.function_words import HAVE, OF_ELIDED

MAX_REST: Final = 6  # words that a noun phrase may lack
SAME_END: Final = 3  # equal words at the end of a sentence, of which the article goes on
MAX_SOURCE: Final = 12  # words that name a source
MIN_SOURCE: Final = 2
MIN_SPEECH: Final = 5  # quoted words that are no title though the first one has a capital

_TIMES: Final = frozenset(map(plain, DAYS))
_MARKS: Final = frozenset('"»”')
_SIGNS: Final = frozenset(',:;.!?()«»"“”–—-')
_LINKS: Final = OF_ELIDED
_INNER: Final = _LINKS | frozenset("le la les l' un une".split())
# What is no part of a noun phrase.
_STOPS: Final = frozenset(
    (
        "a au aux auquel auxquels auxquelles lequel laquelle aupres en dans par pour sur sous avec "
        "sans chez vers entre contre "
        "depuis pendant lors apres avant qui que qu' dont ou et mais car si comme quand selon est "
        "sont ont avait etait sera ne "
        "n' se s' y il elle ils elles on ce cette ces cet afin ainsi notamment jusqu' jusque ni "
        "puis alors tandis lorsque "
        "lorsqu' parmi hier demain malgre grace pres loin hors autour face"
    ).split()
)
_BEHIND: Final = frozenset(
    "a au aux qui dont avec apres avant depuis lors pour dans".split()
)  # where a noun phrase has ended
_NO_NOUN: Final = frozenset(
    "un une plus maniere facon abord ailleurs ici autres nouveau leur son sa ses leurs ce cette".split()
)
_OTHER_FORMS: Final = (
    "é",
    "ée",
    "és",
    "ées",
    "ant",
    "ment",
    "is",
    "'",
    "’",
)  # participles and adverbs: a clause goes on
_INFINITIVE: Final = ("er", "ir", "re")
_POINTING: Final = frozenset(
    "lui elle eux elles ce cet cette ces celui celle dernier derniere".split()
)
_PRONOUN: Final = re.compile(r"-(?:il|elle|ils|elles|on)\Z")
_SCOOP: Final = re.compile(r"\b(?:selon|d'après) les (?:informations|révélations)\b", re.IGNORECASE)
_DATE: Final = re.compile(
    rf" (?:ce )?(?:{'|'.join(WEEK_DAYS)})(?: (?:matin|soir))?(?: \d+(?:er)?(?: "
    rf"(?:{'|'.join(MONTHS)})(?: \d{{4}})?)?)?"
)


def completed(text: str, originals: Originals) -> Iterator[str]:
    """`text` with what it lacks: first the end of its noun phrase, then its source; nothing for
    what it does not lack."""
    rules: tuple[Callable[[Copy], str], ...] = (_with_tail, _with_source)
    for rule in rules:
        copy = originals.copied(text)
        if copy and (whole := rule(copy)):
            text = whole
            yield text


def _last(words: Sequence[Token]) -> int:
    """The place of the last word before the signs at the end."""
    return next((k for k in range(len(words) - 1, -1, -1) if words[k].text[0].isalnum()), -1)


def _with_tail(copy: Copy) -> str:
    """The sentence with the rest of the noun phrase at its end."""
    mine, its, last = copy.mine, copy.its, _last(copy.mine)
    place = copy.place(last)
    first = last - SAME_END + 1
    if (
        first < 0
        or place is None
        or copy.place(first) != place - SAME_END + 1
        or copy.text[mine[last].end :] not in {".", "…"}
    ):
        return ""
    end = _rest(its, place + 1)
    return (
        f"{copy.text[: mine[last].end]}{copy.source[its[place].end : its[end - 1].end]}."
        if end
        else ""
    )


def _rest(its: Sequence[Token], first: int) -> int:
    """Where the noun phrase ends of which the words from `first` on are the rest; 0 if they are
    none."""
    words = [one.plain for one in its]
    if words[first : first + 2] in (["et", "demie"], ["et", "demi"]):
        return first + 2
    end = first
    while end < len(its) and end - first <= MAX_REST and _goes_on(words, end):
        end += 1
    rest = its[first:end]
    if (
        not rest
        or len(rest) > MAX_REST
        or rest[-1].plain in _INNER
        or any(one.text[0].isdigit() for one in rest)
    ):
        return 0
    ends = end == len(its) or words[end] in _SIGNS | _BEHIND
    return end if ends and _may_follow(rest, its[first - 1]) else 0


def _goes_on(words: Sequence[str], k: int) -> bool:
    if words[k] == "en":
        return words[k + 1 : k + 2] == ["ligne"]
    return words[k] not in _SIGNS | _STOPS and words[k] not in _TIMES


def _may_follow(rest: Sequence[Token], before: Token) -> bool:
    """True for the rest of a noun phrase: a complement, a name, an adjective, the noun behind a
    number."""
    one = rest[0]
    if one.plain in {"soir", "matin"}:
        return before.plain in _TIMES
    if one.plain in _LINKS:
        return not (
            rest[1].plain in _NO_NOUN
            or (rest[1].text.islower() and rest[1].text.endswith(_INFINITIVE))
        )
    if before.text[0].isdigit():
        return len(rest) == 1 and one.text.islower()
    if one.text[0].isupper():
        return before.text.islower() and all(
            other.text[0].isupper() or other.plain in _LINKS for other in rest
        )
    adjective = (
        one.text.islower()
        and not one.text.endswith(_OTHER_FORMS)
        and one.plain not in _INNER
        and not _says(one)
    )
    return one.plain == "en" or (adjective and (len(rest) == 1 or rest[1].plain in _LINKS))


def _with_source(copy: Copy) -> str:
    """The sentence with the words that say whose it is, if it cannot stand without them."""
    if _is_attributed(copy.text) or not _needs_source(copy):
        return ""
    return _with_opening(copy) or _with_closing(copy)


def _is_attributed(text: str) -> bool:
    said = [word for word in Statement(text).words if not word.quoted]
    named = any(
        word.plain == "selon" or says(word) or word.plain.startswith(OPINION) for word in said
    )
    return named or "d'apr" in text.replace("’", "'") or text.startswith("Pour ")


def _needs_source(copy: Copy) -> bool:
    """True for a quotation, a conditional, an opinion and a scoop."""
    hearsay = any(is_conditional(one.text) for one in copy.mine)
    judges = JUDGING.search(copy.text) or _SCOOP.search(copy.source.replace("’", "'"))
    return hearsay or bool(judges) or any(map(_is_speech, QUOTATION.findall(copy.text)))


def _is_speech(groups: Sequence[str]) -> bool:
    """True for what is quoted, if it is no title ("Soul Kitchen")."""
    words = "".join(groups).split()
    return bool(words) and (words[0][0].islower() or len(words) >= MIN_SPEECH)


def _with_opening(copy: Copy) -> str:
    """ "Selon X, " before the words with which the sentence begins."""
    its, place = copy.its, copy.place(0)
    if place is None or place < MIN_SOURCE + 1 or its[place - 1].plain != ",":
        return ""
    first = next((k for k in range(place - 1, 0, -1) if its[k - 1].plain in _SIGNS), 0)
    words = [one.plain for one in its[first : place - 1]]
    if (
        not (words[:1] == ["selon"] or words[:2] == ["d'", "apres"])
        or len(words) > MAX_SOURCE
        or _points(words)
    ):
        return ""
    begins = its[place].text[0] + copy.text[1:]
    return capitalised(copy.source[its[first].start : its[place].start]) + begins


def _points(words: Sequence[str]) -> bool:
    """True for a source that was named before ("selon le quotidien")."""
    named_before = words[-2:] in (
        ["le", "quotidien"],
        ["le", "journal"],
        ["le", "magazine"],
        ["la", "chaine"],
    )
    return named_before or not _POINTING.isdisjoint(words)


def _with_closing(copy: Copy) -> str:
    """ ", a précisé X" behind the words with which the sentence ends."""
    its, last = copy.its, _last(copy.mine)
    place = copy.place(last)
    if place is None or copy.place(last - 1) != place - 1:
        return ""
    comma = next((k for k in range(place + 1, len(its)) if its[k].plain not in _MARKS), len(its))
    if comma == len(its) or its[comma].plain != ",":
        return ""
    end = next((k for k in range(comma + 1, len(its)) if _ends_source(its, k, comma)), len(its))
    words = its[comma + 1 : end]
    if (
        not MIN_SOURCE <= len(words) <= MAX_SOURCE
        or words[-1].plain in _INNER
        or not _names_source(words)
    ):
        return ""
    if _points([one.plain for one in words]):
        return ""
    said = _DATE.sub("", copy.source[its[comma].start : words[-1].end])
    told = copy.text.rstrip(".!?… ")
    return f"{told}{said}." if len(said.split()) > MIN_SOURCE else ""


def _ends_source(its: Sequence[Token], k: int, comma: int) -> bool:
    """True if the words behind the comma that name the source end before the place `k`."""
    if its[k].plain == "." and its[k - 1].plain in {"m", "mm", "dr"}:
        return False
    return its[k].plain in _SIGNS or (k > comma + 3 and its[k].plain in _STOPS - {"a", "au"})


def _names_source(words: Sequence[Token]) -> bool:
    """True for "a précisé le parquet", "raconte Nuagis", "comme l'explique X" and "selon X"; not
    for "a-t-il dit"."""
    if words[0].plain == "selon":
        return True
    if any(_PRONOUN.search(one.plain) for one in words):
        return False
    if words[0].plain == "comme":
        return len(words) > MIN_SOURCE and words[1].plain in {"l'", "le"} and _says(words[2])
    verb = words[1] if words[0].plain in HAVE else words[0]
    return _says(verb) and not verb.plain.endswith("ant")


def _says(one: Token) -> bool:
    return says(Word(one.text, one.plain, 0, False, False)) or one.plain.startswith(OPINION)
