"""Adds what a generated sentence has lost of the sentence that it copies: the end of its noun
phrase, and its source.

"plus d'une heure" was cut from "plus d'une heure et demie", "une perquisition du média" from "… du
média en ligne Nuagis". A quotation, a conditional of hearsay or a scoop stands in no summary
without its source: ", a précisé le parquet", "Selon Nuagis,". See docs/measurements.md.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from service.checking.claims import JUDGING, OPINION
from service.checking.plans_and_rumours import is_conditional
from service.checking.speakers import says
from service.choosing.repair_rules.copies import Copy, Originals, Token, capitalise
from service.facts.days import DAYS
from service.facts.statements import Statement, Word
from service.text.calendar import MONTHS, WEEK_DAYS
from service.text.folding import plain
from service.text.function_words import HAVE
from service.text.quotation_marks import QUOTATION
from service.text.tables import table

MAX_REST: Final = 6  # words that a noun phrase may lack
SAME_END: Final = 3  # equal words at the end of a sentence, behind which the article goes on
MAX_SOURCE: Final = 12  # words that name a source
MIN_SOURCE: Final = 2
MIN_SPEECH: Final = 5  # quoted words that are no title though the first one has a capital

_TABLE: Final = table(__package__, "endings")
_OUTSIDE: Final = frozenset(_TABLE["outside_noun_phrase"])
_BEHIND: Final = frozenset(_TABLE["behind_noun_phrase"])
_NO_NOUN: Final = frozenset(_TABLE["no_noun"])
_POINTING: Final = frozenset(_TABLE["pointing"])
_NAMED_BEFORE: Final = [words.split() for words in _TABLE["named_before"]]
_TIMES: Final = frozenset(map(plain, DAYS))
_MARKS: Final = frozenset('"»”')
_SIGNS: Final = frozenset(',:;.!?()«»"“”–—-')
_LINKS: Final = frozenset(("de", "du", "des", "d'"))
_NOT_LAST: Final = _LINKS | frozenset(("le", "la", "les", "l'", "un", "une"))
# Endings of participles and adverbs: behind one a clause goes on.
_OTHER_FORMS: Final = ("é", "ée", "és", "ées", "ant", "ment", "is", "'", "’")
_INFINITIVE: Final = ("er", "ir", "re")
_PRONOUN: Final = re.compile(r"-(?:il|elle|ils|elles|on)\Z")
_SCOOP: Final = re.compile(r"\b(?:selon|d'après) les (?:informations|révélations)\b", re.IGNORECASE)
_DATE: Final = re.compile(
    rf" (?:ce )?(?:{'|'.join(WEEK_DAYS)})(?: (?:matin|soir))?"
    rf"(?: \d+(?:er)?(?: (?:{'|'.join(MONTHS)})(?: \d{{4}})?)?)?"
)


def complete(text: str, originals: Originals) -> Iterator[str]:
    """`text` with what it lacks: first with the end of its noun phrase, then with its source.
    Nothing for what it does not lack."""
    rules: tuple[Callable[[Copy], str], ...] = (_add_rest_of_noun_phrase, _add_source)
    for rule in rules:
        copy = originals.find_copied(text)
        if copy and (longer := rule(copy)):
            text = longer
            yield text


def _find_last_word(tokens: Sequence[Token]) -> int:
    """The place of the last word before the signs at the end."""
    return next((k for k in range(len(tokens) - 1, -1, -1) if not tokens[k].is_sign), -1)


def _add_rest_of_noun_phrase(copy: Copy) -> str:
    """The sentence with the rest of the noun phrase at its end; empty if it lacks none."""
    last = _find_last_word(copy.tokens)
    first = last - SAME_END + 1
    source_last = copy.find_place(last)
    if first < 0 or source_last is None:
        return ""
    if copy.find_place(first) != source_last - SAME_END + 1:
        return ""
    text_end = copy.tokens[last].end
    if copy.text[text_end:] not in {".", "…"}:
        return ""
    rest_end = _find_rest_end(copy.source_tokens, source_last + 1)
    if not rest_end:
        return ""
    rest = copy.source[copy.source_tokens[source_last].end : copy.source_tokens[rest_end - 1].end]
    return f"{copy.text[:text_end]}{rest}."


def _find_rest_end(tokens: Sequence[Token], first: int) -> int:
    """Where the noun phrase ends of which the tokens from `first` on are the rest; 0 if they are
    none."""
    words = [token.plain for token in tokens]
    if words[first : first + 2] in (["et", "demie"], ["et", "demi"]):
        return first + 2
    end = first
    while end < len(tokens) and end - first <= MAX_REST and _goes_on(words, end):
        end += 1
    rest = tokens[first:end]
    if not 0 < len(rest) <= MAX_REST or rest[-1].plain in _NOT_LAST:
        return 0
    if any(token.is_number for token in rest):
        return 0
    ends = end == len(tokens) or words[end] in _SIGNS | _BEHIND
    return end if ends and _may_follow(rest, tokens[first - 1]) else 0


def _goes_on(words: Sequence[str], k: int) -> bool:
    """True if the word at `k` may be part of the noun phrase."""
    if words[k] == "en":
        return words[k + 1 : k + 2] == ["ligne"]
    return words[k] not in _SIGNS | _OUTSIDE and words[k] not in _TIMES


def _may_follow(rest: Sequence[Token], before: Token) -> bool:
    """True for the rest of a noun phrase: a complement, a name, an adjective, the noun behind a
    number."""
    first = rest[0]
    if first.plain in {"soir", "matin"}:
        return before.plain in _TIMES
    if first.plain in _LINKS:
        noun = rest[1]
        is_infinitive = noun.text.islower() and noun.text.endswith(_INFINITIVE)
        return noun.plain not in _NO_NOUN and not is_infinitive
    if before.is_number:
        return len(rest) == 1 and first.text.islower()
    if first.is_capitalised:
        is_name = all(token.is_capitalised or token.plain in _LINKS for token in rest)
        return before.text.islower() and is_name
    if first.plain == "en":
        return True
    return _is_adjective(first) and (len(rest) == 1 or rest[1].plain in _LINKS)


def _is_adjective(token: Token) -> bool:
    small = token.text.islower() and token.plain not in _NOT_LAST
    return small and not token.text.endswith(_OTHER_FORMS) and not _says(token)


def _add_source(copy: Copy) -> str:
    """The sentence with the words that name its source, if it cannot stand without them; else
    empty."""
    if _is_attributed(copy.text) or not _needs_source(copy):
        return ""
    return _add_source_before(copy) or _add_source_behind(copy)


def _is_attributed(text: str) -> bool:
    if "d'apr" in text.replace("’", "'") or text.startswith("Pour "):
        return True
    unquoted = [word for word in Statement(text).words if not word.quoted]
    return any(
        word.plain == "selon" or says(word) or word.plain.startswith(OPINION) for word in unquoted
    )


def _needs_source(copy: Copy) -> bool:
    """True for a quotation, a conditional, an opinion and a scoop."""
    if any(is_conditional(token.text) for token in copy.tokens):
        return True
    if JUDGING.search(copy.text) or _SCOOP.search(copy.source.replace("’", "'")):
        return True
    return any(map(_is_speech, QUOTATION.findall(copy.text)))


def _is_speech(groups: Sequence[str]) -> bool:
    """True for what is quoted, if it is no title ("Soul Kitchen")."""
    words = "".join(groups).split()
    return bool(words) and (words[0][0].islower() or len(words) >= MIN_SPEECH)


def _add_source_before(copy: Copy) -> str:
    """ "Selon X, " before the words with which the sentence begins."""
    tokens, place = copy.source_tokens, copy.find_place(0)
    if place is None or place < MIN_SOURCE + 1 or tokens[place - 1].plain != ",":
        return ""
    first = next((k for k in range(place - 1, 0, -1) if tokens[k - 1].plain in _SIGNS), 0)
    words = [token.plain for token in tokens[first : place - 1]]
    introduces_source = words[:1] == ["selon"] or words[:2] == ["d'", "apres"]
    if not introduces_source or len(words) > MAX_SOURCE or _points_back(words):
        return ""
    source = copy.source[tokens[first].start : tokens[place].start]
    first_letter = tokens[place].text[0]
    return capitalise(source) + first_letter + copy.text[1:]


def _points_back(words: Sequence[str]) -> bool:
    """True for a source that was named before ("selon le quotidien")."""
    return words[-2:] in _NAMED_BEFORE or not _POINTING.isdisjoint(words)


def _add_source_behind(copy: Copy) -> str:
    """ ", a précisé X" behind the words with which the sentence ends."""
    tokens, last = copy.source_tokens, _find_last_word(copy.tokens)
    place = copy.find_place(last)
    if place is None or copy.find_place(last - 1) != place - 1:
        return ""
    unmarked = (k for k in range(place + 1, len(tokens)) if tokens[k].plain not in _MARKS)
    comma = next(unmarked, len(tokens))
    if comma == len(tokens) or tokens[comma].plain != ",":
        return ""
    ends = (k for k in range(comma + 1, len(tokens)) if _ends_source(tokens, k, comma))
    source_tokens = tokens[comma + 1 : next(ends, len(tokens))]
    if not MIN_SOURCE <= len(source_tokens) <= MAX_SOURCE or not _names_source(source_tokens):
        return ""
    if source_tokens[-1].plain in _NOT_LAST:
        return ""
    if _points_back([token.plain for token in source_tokens]):
        return ""
    source = _DATE.sub("", copy.source[tokens[comma].start : source_tokens[-1].end])
    statement = copy.text.rstrip(".!?… ")
    return f"{statement}{source}." if len(source.split()) > MIN_SOURCE else ""


def _ends_source(tokens: Sequence[Token], k: int, comma: int) -> bool:
    """True if the words behind the comma that name the source end before the place `k`."""
    if tokens[k].plain == "." and tokens[k - 1].plain in {"m", "mm", "dr"}:
        return False
    outside = k > comma + 3 and tokens[k].plain in _OUTSIDE - {"a", "au"}
    return tokens[k].plain in _SIGNS or outside


def _names_source(tokens: Sequence[Token]) -> bool:
    """True for "a précisé le parquet", "raconte Nuagis", "comme l'explique X" and "selon X"; not
    for "a-t-il dit"."""
    first = tokens[0].plain
    if first == "selon":
        return True
    if any(_PRONOUN.search(token.plain) for token in tokens):
        return False
    if first == "comme":
        return len(tokens) > MIN_SOURCE and tokens[1].plain in {"l'", "le"} and _says(tokens[2])
    verb = tokens[1] if first in HAVE else tokens[0]
    return _says(verb) and not verb.plain.endswith("ant")


def _says(token: Token) -> bool:
    word = Word(token.text, token.plain, 0, False, False)
    return says(word) or token.plain.startswith(OPINION)
