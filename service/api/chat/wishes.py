"""Reads from an instruction what summary is wanted: its language, its length, its layout.

What an instruction does not name is as `/summarize` has it by default.
"""

import re
from dataclasses import dataclass
from typing import Final

from service.api.chat.orders import SUMMARY, one_of
from service.api.contract.layouts import Layout
from service.choosing.lengths import MAX_MAX_WORDS, MIN_MAX_WORDS, PRESETS, Length
from service.summarizer import TargetLanguage

MAX_READ: Final = 8_000  # Characters of an instruction; what is wanted stands early.
CHARACTERS_PER_WORD: Final = 6  # Of French news, with the space behind each word.
MEDIUM_SENTENCES: Final = 3


class NotOffered(Exception):
    """An instruction asks for what this service does not do. The words say what."""


@dataclass(frozen=True)
class Wish:
    """The summary that is wanted. `sentences`: at most so many; None: as many as the length has."""

    language: TargetLanguage = "fr"
    length: Length = Length.MEDIUM
    max_words: int | None = None
    sentences: int | None = None
    layout: Layout = "paragraph"
    names_language: bool = False  # Whether the answer's first line has to name its language.


_FRENCH: Final = r"(?:french|fran[cç]aise?|fr(?:[-_]fr)?)"
_ENGLISH: Final = r"(?:english|anglaise?|en(?:[-_](?:us|gb))?)"
_OTHERS: Final = one_of(r"""
    chinese|mandarin|german|spanish|italian|portuguese|dutch|japanese|korean|russian|arabic|polish
    turkish|swedish|hindi|vietnamese|ukrainian|chinois|allemand|espagnol|italien|portugais|turc
    néerlandais|japonais|coréen|russe|arabe|polonais|suédois|ukrainien
""")
_NAMED: Final = rf"french|fran[cç]aise?|english|anglaise?|{_OTHERS}"
_CODED: Final = rf"{_FRENCH}|{_ENGLISH}|{_OTHERS}"
_LANGUAGE: Final = re.compile(
    one_of(rf"""
        \b(?:in|into|to|en|vers|using|use|utilise[rz]?)\s+(?:the\s+|l['’]\s*|le\s+)?['\"`*]*({_NAMED})
        \b(?:language|langue|lang|locale)\b(?:\s+de\s+\w+)?\s*(?:is|est|:|=)\s*['\"`*]*({_CODED})
        \blanguage\s+(?:must|should|shall)\s+be(?:\s+in)?\s+['\"`*]*({_NAMED})
        \blangue\s+doit\s+être\s+(?:en\s+|l['’]|le\s+)({_NAMED})
        \b(french|english)\s+(?:only|summary|version|language|abstract|synopsis|text)
        \b(?:résumé|synthèse|version)\s+(fran[cç]aise?|anglaise?)
    """)
    + r"(?!\w)",
    re.IGNORECASE,
)
# What stands before the name of a language that is the article's, or the program's, or not wanted.
_NOT_ASKED: Final = re.compile(
    one_of(r"""
        \b(?:article|text|content|document|source|input|it)s?\s+(?:\w+\s+){0,2}(?:is|are)\s+(?:\w+\s+)?
        \b(?:article|texte|contenu|document)s?\s+(?:\w+\s+){0,2}(?:est|sont)\s+(?:\w+\s+)?
        \b(?:article|text|texte|content|contenu|document)s?\s+(?:written|published|publiée?)\s+(?:\w+\s+)?
        \b(?:app|interface|user|ui)(?:['’]s)?\s+
        \b(?:not|never|pas|jamais|rather than|plutôt que)\s+(?:\w+\s+){0,2}
        \b(?:écrit|rédigé)e?s?\s+
    """)
    + "$",
    re.IGNORECASE,
)
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
_NUMBER: Final = rf"\d{{1,5}}|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))}"
_QUALITY: Final = one_of(r"""
    short|concise?s?|brief|clear|complete|full|simples?|key|main|french|english|courtes?|brèves?
    complètes?
""")
_COUNT: Final = re.compile(
    rf"\b(?:(?P<least>{_NUMBER})\s*(?:[-–—~]|to|à|or|ou|et|and)\s*)?(?P<most>{_NUMBER})"
    rf"[\s-]*\+?\s*(?:{_QUALITY}\s+){{0,2}}"
    r"(?>(?P<words>words?|mots)|(?P<sentences>sentences?|phrases?|lines?|lignes?)"
    r"|(?P<characters>characters?|chars?|caractères|signes)|(?P<paragraphs>paragraphe?s?)"
    r"|(?P<bullets>bullet[\s-]*points?|bullets?|puces|tirets|points?|takeaways?|facts?|idées))\b"
    r"(?!\s*(?:per|each|par|for each|pour chaque|chacune?)\b)",
    re.IGNORECASE,
)
# "Sentences of 20 words": the number is not that of the summary.
_OF_A_SENTENCE: Final = re.compile(
    r"\b(?:sentences?|phrases?|bullets?|puces|titles?|titres?|headlines?|tags?)\s+"
    r"(?:of|de|d['’]|with|avec)\s+(?:\w+\s+){0,3}$",
    re.IGNORECASE,
)
_THING: Final = (
    r"(?:summary|summaries|résumé|synthèse|version|overview|abstract|recap|answer|response|text)"
)
# Between the summary and how it should be.
_IS: Final = (
    r"(?:(?:must|should|shall|has to|is to|is|doit|devra|soit|sera)\s+"
    r"(?:be\s+|être\s+|rester\s+)?)?"
    r"(?:(?:very|quite|rather|très|assez|plus|as|kept)\s+)?"
)
_SIZE: Final = r"(?:length|longueur|size|taille)\s*[:=]\s*(?:very )?"
_SHORT: Final = re.compile(
    r"\b"
    + one_of(rf"""
        (?:short|brief|tiny)\s+(?:\w+\s+){{0,2}}{_THING}
        {_THING}\s+{_IS}(?:short|brief|bref|brève|courte?|succincte?)
        (?:bref|brève|courte?)\s+(?:résumé|synthèse|version)|{_SIZE}(?:short|courte?|brief)
        briefly|brièvement|be brief|be short|shorter|plus court|one[- ]liner|tl;?dr|en bref
        (?:keep|make) it (?:very )?(?:short|brief)|sois (?:très )?(?:bref|brève|court)
        soyez (?:très )?(?:bref|brève)|fais (?:très )?court
    """)
    + r"(?!\w)",
    re.IGNORECASE,
)
_LONG: Final = re.compile(
    r"\b"
    + one_of(rf"""
        (?:long|longer|detailed|in-depth|comprehensive|thorough)\s+(?:\w+\s+){{0,2}}{_THING}
        {_THING}\s+{_IS}(?:long|longue|détaillée?|detailed|compl[eè]te?|approfondie?|thorough)
        long(?:ue)? (?:résumé|synthèse)|{_SIZE}(?:long|longue|detailed|détaillée?)|plus long(?:ue)?
        in (?:great |more )?detail|en détail|de façon détaillée
    """)
    + r"(?!\w)",
    re.IGNORECASE,
)
_BULLETS: Final = re.compile(
    r"\b"
    + one_of(r"""
        bullet(?:ed)?[\s-]*(?:points?|list)?s?|(?:liste )?à puces|en puces|puces|tirets
        key[\s-]?points|key takeaways|points (?:clés|clefs|essentiels|principaux)
    """)
    + r"(?!\w)",
    re.IGNORECASE,
)
_NO_BULLETS: Final = re.compile(
    r"\b(?:no|not|without|avoid|don['’]t|never|sans|pas|évite[rz]?|ni)\s+(?:\w+[\s,]+){0,4}$",
    re.IGNORECASE,
)
# Feeder drops the first line of an answer, in which it looks for the language.
_FIRST_LINE: Final = re.compile(r"first line must be[^.\n]{0,30}\blang:", re.IGNORECASE)
_OTHER_TASK: Final = re.compile(
    r"\b"
    + one_of(r"""
        translat\w+|tradui\w+|traduction\w*|tags?|tagging|keywords?|mots[- ]clés|classif\w+|spam|ocr
        categori[sz]\w+|sentiment\w*|proofread\w*|corrige[rz]?|transcri(?:be|pti)\w*|code
    """)
    + r"\b",
    re.IGNORECASE,
)


def read_wish(instruction: str) -> Wish:
    """What an instruction asks for. Raises NotOffered for another language or another task."""
    text = instruction[:MAX_READ]
    _refuse_other_task(text)
    counts = _counts(text)
    # A list is counted as its bullets or as sentences, whichever is named first.
    sentences = next((counts[kind] for kind in counts if kind in ("sentences", "bullets")), None)
    words = counts.get("words")
    if words is None and "characters" in counts:
        words = counts["characters"] // CHARACTERS_PER_WORD
    length = _length(text, sentences, words, counts.get("paragraphs"))
    return Wish(
        language=_language(text),
        length=length,
        max_words=limit_words(length, words),
        sentences=sentences,
        layout="bullets" if "bullets" in counts or _wants_bullets(text) else "paragraph",
        names_language=_FIRST_LINE.search(text) is not None,
    )


def limit_words(length: Length, words: int | None) -> int | None:
    """So many words as `max_words` of a request; None where the length allows no more anyway."""
    if words is None or words >= PRESETS[length].most:
        return None
    return min(max(words, MIN_MAX_WORDS), MAX_MAX_WORDS)


def _refuse_other_task(text: str) -> None:
    task = _OTHER_TASK.search(text)
    if task is not None and SUMMARY.search(text) is None:
        raise NotOffered(
            f"the instruction asks for something else than a summary ({task[0].lower()[:20]!r})"
        )


def _language(text: str) -> TargetLanguage:
    """The language that is named last. Raises NotOffered where it is neither French nor English."""
    language = ""
    for name in _LANGUAGE.finditer(text):
        before = text[max(0, name.start() - 80) : name.start()]
        if not _NOT_ASKED.search(before):
            language = next(group for group in name.groups() if group).lower()
    if re.fullmatch(_OTHERS, language):
        raise NotOffered(f"summaries are in French or in English, not in {language!r}")
    return "en" if re.fullmatch(_ENGLISH, language, re.IGNORECASE) else "fr"


def _counts(text: str) -> dict[str, int]:
    """The numbers of words, sentences and the like that are named, each the first of its kind."""
    counts: dict[str, int] = {}
    for count in _COUNT.finditer(text):
        if _OF_A_SENTENCE.search(text[max(0, count.start() - 60) : count.start()]):
            continue
        number = count["most"].lower()
        amount = int(number) if number.isdigit() else _NUMBERS[number]
        kinds = ("words", "sentences", "characters", "bullets", "paragraphs")
        kind = next(kind for kind in kinds if count[kind])
        if amount:
            counts.setdefault(kind, amount)
    return counts


def _length(text: str, sentences: int | None, words: int | None, paragraphs: int | None) -> Length:
    """The preset for what is named: numbers count more than words such as "short"."""
    if sentences == 1:
        return Length.SHORT
    medium = PRESETS[Length.MEDIUM]
    if (sentences or 0) > MEDIUM_SENTENCES or (words or 0) > medium.most or (paragraphs or 0) > 1:
        return Length.LONG
    if sentences or words:
        return Length.MEDIUM
    if _LONG.search(text):
        return Length.LONG
    return Length.SHORT if _SHORT.search(text) else Length.MEDIUM


def _wants_bullets(text: str) -> bool:
    """True where bullets are named, and not forbidden."""
    return any(
        not _NO_BULLETS.search(text[max(0, mark.start() - 60) : mark.start()])
        for mark in _BULLETS.finditer(text)
    )
