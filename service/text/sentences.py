"""French sentences, found by sentencex and mended around titles, initials and quotations."""

import re
from collections.abc import Iterator
from typing import Final

import sentencex

from service.text.quotation_marks import is_balanced
from service.text.tables import table

# The time of sentencex grows with the square of the unclosed quotes and brackets: 190,000 of them
# take minutes, in which no other thread runs. No paragraph of an article is as long as this limit.
MAX_CHUNK: Final = 10_000
# How many characters before a piece are read, to tell whether it continues their sentence: they may
# end with an abbreviation or a name.
LOOK_BACK: Final = 100
# A longer sentence is no prose: of 29,415 articles (OrangeSum) three have one.
MAX_SENTENCE_CHARACTERS: Final = 2_000
_WORDS: Final = {
    name: "|".join(words.split()) for name, words in table(__package__, "sentences").items()
}
_NEVER_LAST: Final = re.compile(
    r"(?:(?:^|[\s(«'’]|(?:^|(?<=[.\s]))-)[A-ZÀ-Ý]"
    rf"|(?:^|[\s(«'’-])(?:{_WORDS['never_last']}))\.\s*$"
)
_START: Final = (
    rf"(?:(?:{_WORDS['starts_before_lower_case']})\s+(?=[a-zß-ÿœ])|(?:{_WORDS['starts']})\s"
    rf"|D['’](?=[a-zß-ÿœ])|(?:{_WORDS['elided_starts']})['’]|(?:«\s?|[“\"])[A-ZÀ-Ý])"
)
# These look like abbreviations, but end a sentence if a new one begins behind them: "la Model Y",
# "Face ID". "M." and a second initial ("J.-P. Dupont") never do.
_MAY_BE_LAST: Final = (
    rf"(?:(?<![\w.-])[A-LN-ZÀ-Ý]|(?<=\w-)[A-ZÀ-Ý]|\b(?:{_WORDS['may_be_last']})|\w\.fr)\."
)
_ENDS: Final = re.compile(rf"{_MAY_BE_LAST}\s*$")
_STARTS: Final = re.compile(rf"\s*{_START}")
# Ends of sentences that sentencex overlooks.
_LAST: Final = re.compile(rf"(?P<sure>…|\betc\.)\s+(?=[A-ZÀ-Ý])|{_MAY_BE_LAST}\s+(?={_START})")
_MONTH: Final = re.compile(
    r"(?:\d(?:er)?|\b(?:en|de|début|fin))\s(?:janv|févr?|avr|juil|sept|oct|nov|déc)\.\s*$"
)
_BEHIND_MONTH: Final = re.compile(r"\s*(?:[a-zß-ÿœ]|(?:19|20)\d\d\b)")
# A company or a brand ("Google Inc. a refusé", "En Marche! et ses élus"), or initials ("le P.-D.G.
# d'Orange"): the sentence continues if a lower-case letter follows.
_NAME_END: Final = re.compile(
    r"(?:\b(?:Inc|Corp|Co|Ltd|Bros|Jr|LLC)\.|[A-ZÀ-Ý]\.-?[A-ZÀ-Ý]\.|\b[^\W\d_]+[!?])\s*$"
)
_LOWER: Final = re.compile(r"\s*[a-zß-ÿœ]")
_LEADING_DOT: Final = re.compile(r"[\s(]\.\Z")
_BEHIND_LEADING_DOT: Final = re.compile(r"[a-z]|[A-Z]{2}")  # ".NET", not "la fin .Puis"
_INNER_DOT: Final = re.compile(
    r"\b(?:(?P<initial>[A-ZÀ-Ý])|(?P<word>[A-ZÀ-Ý][a-zà-ÿ]{1,30})|[A-ZÀ-Ý]\w{1,30})\.\Z"
)
# The dot is inside a name in "ASP.NET", "l'A.N." and "Spore.Bio boucle". It ends a sentence, though
# no space follows, in "fermé.Il rouvre", "sur LCI.M. Petit", "sur LCI.UN PREMIER PAS" and "à
# Lyon.Emmanuel Macron".
_BEHIND_INNER_DOT: Final = re.compile(
    r"[A-ZÀ-Ý](?:[A-ZÀ-Ý]+\b(?! [A-ZÀ-Ý]{4})|(?P<word>[a-zà-ÿ]+)\b(?=\s+[a-zà-ÿ]|\s*(?:[,;:.!?)»]"
    r"|\Z))|(?P<initial>\.))"
)
_TRAILING: Final = re.compile(r"^\s*[»”\")\]]+")
# A mark at the end of a sentence that opens the next one.
_OPENING_MARK: Final = re.compile(r"(?<=[.!?…])\s+[«“]\s*$")
# A straight mark there closes a quotation of this sentence, or opens the next sentence.
_STRAIGHT_MARK: Final = re.compile(r"(?<=[.!?…])\s+\"\s*$")

Span = tuple[int, int]  # start and end, the end excluded


def sentence_spans(text: str) -> list[Span]:
    """Returns where the sentences of `text` start and end, without white space around them."""
    spans = _find_spans(text)
    _move_straight_marks(text, spans)
    _move_opening_marks(text, spans)
    return [_strip(text, *span) for span in spans if text[slice(*span)].strip()]


def sentences(text: str) -> list[str]:
    """Returns the sentences of `text`."""
    return [text[start:end] for start, end in sentence_spans(text)]


def prose_parts(text: str) -> list[Span]:
    """Returns the spans of `text` between its sentences of more than MAX_SENTENCE_CHARACTERS."""
    if len(text) <= MAX_SENTENCE_CHARACTERS:
        return [(0, len(text))]
    spans = sentence_spans(text)
    if all(end - start <= MAX_SENTENCE_CHARACTERS for start, end in spans):
        return [(0, len(text))]
    parts: list[Span] = []
    is_open = False  # whether the last part goes on
    for start, end in spans:
        if end - start > MAX_SENTENCE_CHARACTERS:
            is_open = False
        elif is_open:
            parts[-1] = (parts[-1][0], end)
        else:
            parts.append((start, end))
            is_open = True
    # Read by itself, a part may split into other sentences, some of them again too long.
    return [
        (first + start, first + end)
        for first, last in parts
        for start, end in prose_parts(text[first:last])
    ]


def is_complete(sentence: str) -> bool:
    """True if a full stop, "!", "?" or "…" ends the sentence, perhaps before closing marks."""
    return sentence.rstrip().rstrip('»”") ').endswith((".", "!", "?", "…"))


def _find_spans(text: str) -> list[Span]:
    """Returns the spans of the sentences: pieces that belong to one sentence are joined."""
    spans: list[Span] = []
    position = 0
    for piece in _split(text):
        start = text.index(piece, position)
        position = start + len(piece)
        before = text[max(spans[-1][0], start - LOOK_BACK) : start] if spans else ""
        if spans and _goes_on(before, piece):
            spans[-1] = (spans[-1][0], position)
        else:
            spans.append((start, position))
    return spans


def _split(text: str) -> Iterator[str]:
    """Yields the sentences that sentencex finds, cut where it overlooks an end."""
    for piece in (piece for chunk in _chunks(text) for piece in sentencex.segment("fr", chunk)):
        first = 0
        for match in _LAST.finditer(piece):
            before = piece[first : match.start()]
            if before.count("«") == before.count("»") and (match["sure"] or is_balanced(before)):
                yield piece[first : match.end()]
                first = match.end()
        yield piece[first:]


def _chunks(text: str) -> Iterator[str]:
    """Yields `text` in parts of at most MAX_CHUNK characters, cut at a space if there is one."""
    start = 0
    while len(text) - start > MAX_CHUNK:
        end = text.rfind(" ", start + 1, start + MAX_CHUNK) + 1 or start + MAX_CHUNK
        yield text[start:end]
        start = end
    yield text[start:]


def _goes_on(before: str, piece: str) -> bool:
    """True if the sentence that ends with `before` goes on with `piece`."""
    if _ENDS.search(before) and _STARTS.match(piece):
        return False
    is_inside = (
        _NEVER_LAST.search(before)
        or (_MONTH.search(before) and _BEHIND_MONTH.match(piece))
        or (_NAME_END.search(before) and _LOWER.match(piece))
        or _is_dotted(before, piece)
        or (_LEADING_DOT.search(before) and _BEHIND_LEADING_DOT.match(piece))
    )
    return bool(is_inside or _TRAILING.fullmatch(piece)) or piece.lstrip().startswith(",")


def _is_dotted(before: str, piece: str) -> bool:
    """True if the dot between `before` and `piece` is inside a name ("ASP.NET")."""
    name, rest = _INNER_DOT.search(before), _BEHIND_INNER_DOT.match(piece)
    if name is None or rest is None or _STARTS.match(piece):
        return False
    return bool((name["initial"] or not rest["initial"]) and (name["word"] or not rest["word"]))


def _move_straight_marks(text: str, spans: list[Span]) -> None:
    """Moves a straight mark from the end of a sentence to the next one, if it opens a quotation.

    The mark opens one if an even number of straight marks stands before it.
    """
    marks = counted = 0  # marks before the offset `counted`
    for number, (start, end) in enumerate(spans[:-1]):
        if mark := _STRAIGHT_MARK.search(text, start, end):
            marks += text.count('"', counted, mark.start())
            counted = mark.start()
            if marks % 2 == 0:
                _move_end(spans, number, start, mark.start())


def _move_opening_marks(text: str, spans: list[Span]) -> None:
    """Moves an opening mark from the end of a sentence to the next one."""
    for number, (start, end) in enumerate(spans[:-1]):
        if mark := _OPENING_MARK.search(text, start, end):
            _move_end(spans, number, start, mark.start())


def _move_end(spans: list[Span], number: int, start: int, end: int) -> None:
    """Ends the sentence `number` at `end`, and begins the next one there."""
    spans[number] = start, end
    spans[number + 1] = end, spans[number + 1][1]


def _strip(text: str, start: int, end: int) -> Span:
    """Returns the span without white space at its ends."""
    piece = text[start:end]
    left = len(piece) - len(piece.lstrip())
    return start + left, start + len(piece.rstrip())
