"""French sentences, through sentencex, with what French titles and initials need mended."""

import re
from collections.abc import Iterator
from typing import Final

import sentencex

from service.text.quotation_marks import is_balanced

# sentencex takes time with the square of the quotes and brackets that are not closed, and no other
# thread runs meanwhile: 190,000 of them take minutes. No paragraph of an article is as long as
# this.
MAX_CHUNK: Final = 10_000
# characters before a piece that say whether its sentence goes on: an abbreviation, a name, a month
LOOK_BACK: Final = 100
# characters; what is longer is no prose. Of 29,415 articles (OrangeSum) three have a longer one.
MAX_SENTENCE: Final = 2_000
# sentencex ends a sentence after these; in French they never stand at the end of one.
_NEVER_LAST: Final = re.compile(
    r"(?:(?:^|[\s(«'’]|(?:^|(?<=[.\s]))-)[A-ZÀ-Ý]|(?:^|[\s(«'’-])(?:MM|Mme|Mmes|Mlle|Dr|Pr|Me|Mgr"
    r"|St|Ste|Cie|cf|env|art|chap|vol|fig|p|pp|no|n°|tél|av|apr|approx|hab))\.\s*$"
)
# How a sentence begins and a name does not: "George W. Bush" and "Ursula K. Le Guin" are names.
_START: Final = (
    r"(?:(?:L[ea]s?|D[ue]|Des)\s+(?=[a-zß-ÿœ])|(?:Une?|Ils?|Elles?|On|Nous|Vous|Ce|Cette|Ces|Cela"
    r"|Son|Sa|Ses|Leurs?|En|Dans|Pour|"
    r"Par|Sur|Avec|Sans|Selon|Mais|Et|Si|Aux?|À|Rien|Aucune?|Personne|Plus|Comme|Quant|Chez|Depuis"
    r"|Après|Avant|Malgré|Dès)\s|"
    r"D['’](?=[a-zß-ÿœ])|(?:L|C|J|N|S|Qu|Aujourd)['’]|(?:«\s?|[“\"])[A-ZÀ-Ý])"
)
# Abbreviations that are names, units and common words as well ("la Model Y", "46 mm", "Face ID",
# "le vol"): they end a sentence if another one begins behind them. An initial behind "M." or a
# hyphen does not ("J.-P. Dupont").
_MAY_BE_LAST: Final = (
    r"(?:(?<![\w.-])[A-LN-ZÀ-Ý]|(?<=\w-)[A-ZÀ-Ý]|\b(?:mm|ms|ID|vol|art|sec|Ltd|Co)|\w\.fr)\."
)
_ENDS: Final = re.compile(rf"{_MAY_BE_LAST}\s*$")
_STARTS: Final = re.compile(rf"\s*{_START}")
# sentencex goes on after these where a new sentence begins.
_LAST: Final = re.compile(rf"(?P<sure>…|\betc\.)\s+(?=[A-ZÀ-Ý])|{_MAY_BE_LAST}\s+(?={_START})")
_MONTH: Final = re.compile(
    r"(?:\d(?:er)?|\b(?:en|de|début|fin))\s(?:janv|févr?|avr|juil|sept|oct|nov|déc)\.\s*$"
)
_BEHIND_MONTH: Final = re.compile(r"\s*(?:[a-zß-ÿœ]|(?:19|20)\d\d\b)")
# A company or a brand ("Google Inc. a refusé", "En Marche! et ses élus"), or initials ("le P.-D.G.
# d'Orange"): what goes on in lower case goes on.
_NAME_END: Final = re.compile(
    r"(?:\b(?:Inc|Corp|Co|Ltd|Bros|Jr|LLC)\.|[A-ZÀ-Ý]\.-?[A-ZÀ-Ý]\.|\b[^\W\d_]+[!?])\s*$"
)
_LOWER: Final = re.compile(r"\s*[a-zß-ÿœ]")
_LEADING_DOT: Final = re.compile(r"[\s(]\.\Z")
_BEHIND_LEADING_DOT: Final = re.compile(r"[a-z]|[A-Z]{2}")  # ".NET", not "la fin .Puis"
_INNER_DOT: Final = re.compile(
    r"\b(?:(?P<initial>[A-ZÀ-Ý])|(?P<word>[A-ZÀ-Ý][a-zà-ÿ]{1,30})|[A-ZÀ-Ý]\w{1,30})\.\Z"
)
# "ASP.NET", "l'A.N.", "Spore.Bio boucle"; neither "fermé.Il rouvre" nor, where the space is
# missing, "sur LCI.M. Petit", "sur LCI.UN PREMIER PAS", "à Lyon.Emmanuel Macron".
_BEHIND_INNER_DOT: Final = re.compile(
    r"[A-ZÀ-Ý](?:[A-ZÀ-Ý]+\b(?! [A-ZÀ-Ý]{4})|(?P<word>[a-zà-ÿ]+)\b(?=\s+[a-zà-ÿ]|\s*(?:[,;:.!?)»]"
    r"|\Z))|(?P<initial>\.))"
)
_TRAILING: Final = re.compile(r"^\s*[»”\")\]]+")
_OPENING_MARK: Final = re.compile(r"(?<=[.!?…])\s+[«“]\s*$")  # opens the next sentence
_STRAIGHT_MARK: Final = re.compile(
    r"(?<=[.!?…])\s+\"\s*$"
)  # closes this sentence, or opens the next one


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """The sentences of `text` as (start, end), white space around them left out."""
    spans: list[tuple[int, int]] = []
    position = 0
    for piece in _pieces(text):
        start = text.index(piece, position)
        position = start + len(piece)
        if spans and _goes_on(text[max(spans[-1][0], start - LOOK_BACK) : start], piece):
            spans[-1] = (spans[-1][0], position)
        else:
            spans.append((start, position))
    marks = counted = 0  # straight marks before the place `counted`
    for number, (start, end) in enumerate(spans[:-1]):
        if mark := _STRAIGHT_MARK.search(text, start, end):
            marks, counted = marks + text.count('"', counted, mark.start()), mark.start()
            if marks % 2 == 0:
                spans[number], spans[number + 1] = (
                    (start, mark.start()),
                    (mark.start(), spans[number + 1][1]),
                )
    for number, (start, end) in enumerate(spans[:-1]):
        if mark := _OPENING_MARK.search(text, start, end):
            spans[number], spans[number + 1] = (
                (start, mark.start()),
                (mark.start(), spans[number + 1][1]),
            )
    return [_stripped(text, *span) for span in spans if text[slice(*span)].strip()]


def sentences(text: str) -> list[str]:
    """The sentences of `text`."""
    return [text[start:end] for start, end in sentence_spans(text)]


def prose_parts(text: str) -> list[tuple[int, int]]:
    """The parts of `text` as (start, end) that stand between its sentences of more than
    MAX_SENTENCE characters."""
    if len(text) <= MAX_SENTENCE:
        return [(0, len(text))]
    spans = sentence_spans(text)
    if all(end - start <= MAX_SENTENCE for start, end in spans):
        return [(0, len(text))]
    parts: list[tuple[int, int]] = []
    is_open = False  # the last part goes on
    for start, end in spans:
        if end - start > MAX_SENTENCE:
            is_open = False
        elif is_open:
            parts[-1] = (parts[-1][0], end)
        else:
            parts.append((start, end))
            is_open = True
    # Without what stood before it, a part may be cut into other sentences.
    return [
        (first + start, first + end)
        for first, last in parts
        for start, end in prose_parts(text[first:last])
    ]


def is_complete(sentence: str) -> bool:
    """True if the sentence ends as a sentence does."""
    return sentence.rstrip().rstrip('»”") ').endswith((".", "!", "?", "…"))


def _pieces(text: str) -> Iterator[str]:
    for piece in (piece for chunk in _chunks(text) for piece in sentencex.segment("fr", chunk)):
        first = 0
        for match in _LAST.finditer(piece):
            before = piece[first : match.start()]
            if before.count("«") == before.count("»") and (match["sure"] or is_balanced(before)):
                yield piece[first : match.end()]
                first = match.end()
        yield piece[first:]


def _chunks(text: str) -> Iterator[str]:
    """`text` whole, or in parts of at most MAX_CHUNK characters, cut at a space where there is
    one."""
    start = 0
    while len(text) - start > MAX_CHUNK:
        end = text.rfind(" ", start + 1, start + MAX_CHUNK) + 1 or start + MAX_CHUNK
        yield text[start:end]
        start = end
    yield text[start:]


def _goes_on(before: str, piece: str) -> bool:
    if _ENDS.search(before) and _STARTS.match(piece):
        return False
    inside = (
        _NEVER_LAST.search(before)
        or (_MONTH.search(before) and _BEHIND_MONTH.match(piece))
        or (_NAME_END.search(before) and _LOWER.match(piece))
        or _is_dotted(before, piece)
        or (_LEADING_DOT.search(before) and _BEHIND_LEADING_DOT.match(piece))
    )
    return bool(inside or _TRAILING.fullmatch(piece)) or piece.lstrip().startswith(",")


def _is_dotted(before: str, piece: str) -> bool:
    """True for the dot of a name that has no white space in it."""
    name, rest = _INNER_DOT.search(before), _BEHIND_INNER_DOT.match(piece)
    if name is None or rest is None or _STARTS.match(piece):
        return False
    return bool((name["initial"] or not rest["initial"]) and (name["word"] or not rest["word"]))


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    left = len(piece) - len(piece.lstrip())
    return start + left, start + len(piece.rstrip())
