"""Reads the language, the length and the layout of the wanted summary from instructions.

A conversation may have several instructions: the newest that names an option decides it. An option
that none names has the default of `/summarize`. The words are in `options.toml`.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from service.api.chat.frames import list_sentences
from service.api.chat.instructions import SUMMARY, is_task_request
from service.api.contract.layouts import Layout
from service.choosing.lengths import MAX_MAX_WORDS, MIN_MAX_WORDS, PRESETS, Length
from service.reading.wordings import expression
from service.summarizer import TargetLanguage

MAX_READ: Final = 8_000  # Characters of each instruction; its options stand early.
MAX_BEFORE: Final = 80  # Characters before a word in which another ("not") may change its meaning.
CHARACTERS_PER_WORD: Final = 6  # Of French news, with the space behind each word.
MEDIUM_SENTENCES: Final = 3


class NotOffered(Exception):
    """An instruction asks for a language or a task that is not served. The message names it."""


@dataclass(frozen=True)
class Options:
    """The options of the wanted summary. `sentences` is the most; None leaves it to the length."""

    language: TargetLanguage = "fr"
    length: Length = Length.MEDIUM
    max_words: int | None = None
    sentences: int | None = None
    layout: Layout = "paragraph"
    names_language: bool = False  # Whether the answer's first line has to name its language.


@dataclass(frozen=True)
class _Size:
    """How long the summary should be, as far as an instruction says it."""

    sentences: int | None = None
    words: int | None = None
    paragraphs: int | None = None
    length: Length | None = None


_words: Final = partial(expression, "options", package=__package__)


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_LANGUAGE: Final = _compiled(rf"{_words('language')}(?!\w)")
_OTHER_LANGUAGE: Final = _compiled(_words("other_languages"))
_ENGLISH: Final = _compiled(r"en.*|anglaise?")
_NOT_ASKED: Final = _compiled(rf"{_words('not_asked')}$")
_NUMBERS: Final = {
    word: number
    for number, words in enumerate(
        (
            "one single un une", "two deux", "three trois", "four quatre", "five cinq", "six",
            "seven sept", "eight huit", "nine neuf", "ten dix",
        ),
        start=1,
    )
    for word in words.split()
}  # fmt: skip
# Letters of ASCII only: a match that ignores case would take "ſ" for "s" and "ı" for "i".
_NUMBER: Final = rf"(?a:\d{{1,5}}|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})"
_COUNT: Final = _compiled(
    rf"\b(?:(?:{_NUMBER})\s*(?:[-–—~]|to|à|or|ou|et|and)\s*)?(?P<most>{_NUMBER})"
    rf"[\s-]*+\+?\s*+(?:{_words('qualities')}\s++){{0,2}}"
    r"(?>(?P<words>words?|mots)|(?P<sentences>sentences?|phrases?|lines?|lignes?)"
    r"|(?P<characters>characters?|chars?|caractères|signes)|(?P<paragraphs>paragraphe?s?)"
    r"|(?P<bullets>bullet[\s-]*points?|bullets?|puces|tirets|points?|takeaways?|facts?|idées))\b"
    r"(?!(?:\s+(?:max\w*|at most|au plus|or less|ou moins))?\s*"
    r"(?:per|each|par|for each|pour chaque|chacune?)\b)"
)
_OF_A_SENTENCE: Final = _compiled(rf"{_words('of_a_sentence')}$")
_SHORT: Final = _compiled(rf"\b{_words('short')}(?!\w)")
_LONG: Final = _compiled(rf"\b{_words('long')}(?!\w)")
_BULLETS: Final = _compiled(rf"\b{_words('bullets')}(?!\w)")
_NO_BULLETS: Final = _compiled(rf"{_words('no_bullets')}$")
# The reader app Feeder looks for the language in an answer's first line, and drops that line.
_FIRST_LINE: Final = _compiled(r"first line must be[^.\n]{0,30}\blang:")
_OTHER_TASK: Final = _compiled(rf"\b{_words('other_tasks')}\b")


def read_options(*instructions: str) -> Options:
    """Reads the options that instructions ask for; the oldest instruction comes first.

    Raises NotOffered for another language or another task.
    """
    texts = [instruction[:MAX_READ] for instruction in instructions]
    _refuse_other_task(texts)
    size = _combine_sizes(map(_read_size, texts))
    length = _choose_length(size)
    return Options(
        language=_read_language(texts),
        length=length,
        max_words=limit_words(length, size.words),
        sentences=size.sentences,
        layout=_read_layout(texts),
        names_language=any(map(_FIRST_LINE.search, texts)),
    )


def limit_words(length: Length, words: int | None) -> int | None:
    """A limit of words as a request's `max_words`; None where the length is as strict anyway."""
    if words is None or words >= PRESETS[length].most:
        return None
    return min(max(words, MIN_MAX_WORDS), MAX_MAX_WORDS)


def _refuse_other_task(texts: Sequence[str]) -> None:
    """Raises NotOffered where a request names another task, and nothing names a summary."""
    if any(map(SUMMARY.search, texts)):
        return
    for text in texts:
        for _, sentence in list_sentences(text):
            task = _OTHER_TASK.search(sentence)
            if task and (task.start() == 0 or is_task_request(sentence)):
                word = task[0].lower()[:20]
                raise NotOffered(f"the instruction asks for {word!r}; only summaries are made here")


def _read_language(texts: Sequence[str]) -> TargetLanguage:
    """The language that is named last. Raises NotOffered where it is neither French nor English."""
    language = ""
    for text in texts:
        for name in _LANGUAGE.finditer(text):
            if not _stands_behind(_NOT_ASKED, text, name):
                language = next(group for group in name.groups() if group).lower()
    if _OTHER_LANGUAGE.fullmatch(language):
        raise NotOffered(
            f"summaries are in French or in English, not in {language!r}; ask for one of the two"
        )
    return "en" if _ENGLISH.fullmatch(language) else "fr"


def _read_size(text: str) -> _Size:
    counts = _read_counts(text)
    # A list is counted as its bullets or as sentences, whichever is named first.
    sentences = next((counts[kind] for kind in counts if kind in ("sentences", "bullets")), None)
    words = counts.get("words")
    if words is None and "characters" in counts:
        words = counts["characters"] // CHARACTERS_PER_WORD
    length = Length.SHORT if _SHORT.search(text) else None
    length = Length.LONG if _LONG.search(text) else length
    return _Size(sentences, words, counts.get("paragraphs"), length)


def _read_counts(text: str) -> dict[str, int]:
    """The numbers that a text names, by what they count: words, sentences and the like.

    Of several numbers for the same, the first counts.
    """
    counts: dict[str, int] = {}
    for count in _COUNT.finditer(text):
        number = count["most"].lower()
        amount = int(number) if number.isdigit() else _NUMBERS[number]
        kinds = ("words", "sentences", "characters", "bullets", "paragraphs")
        kind = next(kind for kind in kinds if count[kind])
        if amount and not _stands_behind(_OF_A_SENTENCE, text, count):
            counts.setdefault(kind, amount)
    return counts


def _combine_sizes(sizes: Iterable[_Size]) -> _Size:
    """Combines the sizes that instructions name, the oldest first, into the wanted one.

    A newer word such as "shorter" replaces older numbers.
    """
    size = _Size()
    for newer in sizes:
        if newer.length and not (newer.sentences or newer.words):
            size = newer
        elif newer != _Size():
            size = _Size(
                newer.sentences or size.sentences,
                newer.words or size.words,
                newer.paragraphs,
                newer.length or size.length,
            )
    return size


def _choose_length(size: _Size) -> Length:
    """The preset for what is named: numbers count more than words such as "short"."""
    sentences, words, paragraphs = size.sentences or 0, size.words or 0, size.paragraphs or 0
    if sentences == 1:
        return Length.SHORT
    medium = PRESETS[Length.MEDIUM]
    if sentences > MEDIUM_SENTENCES or words > medium.most or paragraphs > 1:
        return Length.LONG
    if sentences or words:
        return Length.MEDIUM
    return size.length or Length.MEDIUM


def _read_layout(texts: Sequence[str]) -> Layout:
    """Bullets if the newest instruction that mentions them does not negate every mention."""
    for text in reversed(texts):
        if "bullets" in _read_counts(text):
            return "bullets"
        if named := list(_BULLETS.finditer(text)):
            is_refused = all(_stands_behind(_NO_BULLETS, text, bullets) for bullets in named)
            return "paragraph" if is_refused else "bullets"
    return "paragraph"


def _stands_behind(pattern: re.Pattern[str], text: str, match: re.Match[str]) -> bool:
    """True if `pattern`, which ends with $, stands right before a match."""
    start = match.start()
    return pattern.search(text[max(0, start - MAX_BEFORE) : start]) is not None
