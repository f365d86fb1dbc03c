"""Splits a message into its instruction and its article.

Programs put both into one text, and frame the article: between tags or quotes, below a label or a
line of dashes, after the first sentence or before the last. docs/api.md lists the known frames.
Only the beginning and the end of a message are searched, so the time is linear in its length.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Final

from service.api.chat.instructions import (
    CUE,
    Kind,
    classify_sentence,
    is_french,
    is_request,
)
from service.reading.wordings import expression

HEAD: Final = 6_000  # Characters at the beginning in which an instruction is looked for.
TAIL: Final = 1_500  # Characters at the end in which one is looked for.
MAX_TRIES: Final = 20  # Tags or labels that are looked at.
MAX_METADATA: Final = 10  # Lines with the title, the author and the like.
# Characters before a frame that are neither instruction nor metadata. More of them are an article
# already. Limits before a tag or a label (NAMED), and before dashes or quotes (MARK).
MAX_BESIDE_NAMED: Final = 1_500
MAX_BESIDE_MARK: Final = 300
MAX_LIST_LINE: Final = 160  # Characters of an instruction's line; a longer French one is prose.
MAX_INTRODUCTION: Final = 150  # Characters before the first request ("Here is an article.").
MAX_GAP: Final = 250  # Characters between two requests or rules of one instruction.
MAX_END_OF_LINE: Final = 120  # Characters behind the last of them, on its line.
MAX_END_OF_TEXT: Final = 200  # The same, where the text ends with that line.
MAX_SHORT_RULE: Final = 80  # Characters of a rule behind a colon, on the same line.
ENOUGH: Final = 200  # Characters of an article that may be shorter than the text before its frame.
MOST_OF_IT: Final = 0.8  # Tags around such a share of a message need no instruction beside them.


@dataclass(frozen=True)
class SplitMessage:
    """The parts of a message. `article` is empty where the message is only an instruction."""

    instruction: str
    article: str
    title: str = ""


_words: Final = partial(expression, "frames", package=__package__)


# Some programs send a backslash and an "n", as typed into their settings, before and behind lines
# of dashes.
_TYPED_BREAK: Final = re.compile(r"\\n(?=[ \t]*(?:---|===))|(?<=---|===)\\n")
_OPEN_TAG: Final = re.compile(
    rf"(?:<!doctype[^<>\n]{{0,200}}>\s*)?[<\[]({_words('tags')})(?:\s[^<>\n]{{0,200}})?[>\]]",
    re.IGNORECASE,
)
_LABEL: Final = re.compile(
    r"(?im)(?:^|(?<=[.!?:] )|(?<=[.!?:]\n))[ \t>#*_=\[(-]*+"
    rf"(?:{_words('label')}(?:[ \t]+\([^)\n]{{0,60}}\))?[ \t]*[*_\])]*[ \t]*[:：][*_]*"
    rf"|{_words('beginning')}\W*$|(?:(?<=#)|(?<=#[ \t])){_words('heading')}[ \t]*$)"
    r"(?:[ \t]|\\n)*"
)
_OWN_LABEL: Final = re.compile(rf"\W*{_words('own_nouns')}\W*", re.IGNORECASE)
_END_LABEL: Final = re.compile(rf"(?im)^[ \t#*_=\[<-]*+{_words('ending')}\W*$")
_DIVIDER: Final = re.compile(
    r"^[ \t]*(?:-{3,}|={3,}|\*{3,}|_{3,}|#{3,}|~{4,})[ \t]*$", re.MULTILINE
)
_OPENING: Final = re.compile(r"(?:^|(?<=[:.] ))[ \t]*(?:\"{3}|'{3}|`{3}|~{3}|<{3})", re.MULTILINE)
_CLOSING: Final = re.compile(r"[ \t]*(?:\"{3}|'{3}|`{3}|~{3}|>{3})[ \t]*")
_PAIRS: Final = (
    ('"""', '"""'), ("'''", "'''"), ("```", "```"), ("~~~", "~~~"), ("<<<", ">>>"), ("###", "###"),
    ("«", "»"), ("“", "”"), ('"', '"'), ("`", "`"),
)  # fmt: skip
_METADATA: Final = re.compile(
    rf"[ \t*_#>-]*+({_words('metadata')})[ \t]*[*_]*[ \t]*[:：][*_]*[ \t]*(.*)", re.IGNORECASE
)
_ADDRESS: Final = re.compile(r"https?://\S+$")
_TITLES: Final = ("title", "titre", "headline", "subject", "sujet")
# A line that ends as a sentence, and is no item of a list.
_SENTENCE_LINE: Final = re.compile(r"\s*[^\W\d_][^\n]{20,}[.!?…][ \t\xa0]*[\"»”)]?\s*")
_BLANK_LINE: Final = re.compile(r"\n[ \t\r]*+\n")
_SENTENCE_END: Final = re.compile(r"(?<=[.!?:：])[ \t]+")


def split_message(text: str) -> SplitMessage:
    """Splits a message into instruction and article. Without a known frame, all is article."""
    text = _TYPED_BREAK.sub("\n", text)
    for split_frame in (_split_tagged, _split_labelled, _split_marked):
        if (message := split_frame(text)) is not None:
            return message
    return _split_unmarked(text)


def _split_tagged(text: str) -> SplitMessage | None:
    """Splits at `<article>…</article>`, at tags of similar names, or at a whole page of HTML."""
    for opening in islice(_OPEN_TAG.finditer(text[:HEAD]), MAX_TRIES):
        tag = re.compile(rf"[<\[]/{re.escape(opening[1])}\s*[>\]]", re.IGNORECASE)
        closings = list(tag.finditer(text, opening.end()))
        if not closings:
            continue
        closing = closings[-1]
        before, after = text[: opening.start()], text[closing.end() :]
        inner = text[opening.end() : closing.start()].strip()
        if opening[1].lower() == "html":
            inner = text[opening.start() : closing.end()]
        fits = _may_precede(before, inner) or _begins_with_request(after)
        if fits or len(inner) >= MOST_OF_IT * len(text):
            return _make_message(f"{before}\n{after}", inner)
    return None


def _split_labelled(text: str) -> SplitMessage | None:
    """Splits below a label: `Article:`, `Texte :`, `Here is the content:` and the like."""
    for label in islice(_LABEL.finditer(text[:HEAD]), MAX_TRIES):
        before, rest = text[: label.start()], text[label.end() :]
        is_own = _OWN_LABEL.fullmatch(label[0]) is not None and _has_lead(before)
        if is_own or not _may_precede(before, rest.strip()):
            continue
        start = find_instruction_end(before)
        title, beside = _take_metadata(before[start:])
        article, after = _split_end(rest)
        return _make_message(f"{before[:start]}\n{beside}\n{after}", article, title)
    return None


def _split_marked(text: str) -> SplitMessage | None:
    """Splits at a line of dashes, or at triple quotes or backticks, below an instruction."""
    mark = _DIVIDER.search(text[:HEAD]) or _OPENING.search(text[:HEAD])
    if mark is None:
        return None
    before = text[: mark.start()]
    if find_instruction_end(before) == 0 or _count_beside(before) > MAX_BESIDE_MARK:
        return None
    if _has_lead(before):
        return None
    framed, after = _split_end(text[mark.start() :])
    if _unwrap(framed) == framed.strip():
        return None  # The quotes belong to the article itself.
    return _make_message(f"{before}\n{after}", framed)


def _split_unmarked(text: str) -> SplitMessage:
    """Splits off an instruction that stands without a frame, at the beginning or the end."""
    rest, after = _split_end(text)
    start = find_instruction_end(rest)
    instruction = f"{rest[:start]}\n{after}".strip()
    if instruction:
        return _make_message(instruction, rest[start:])
    title, below = _split_metadata(text)
    return SplitMessage("", below.strip() if title else text.strip(), title)


def _make_message(instruction: str, article: str, title: str = "") -> SplitMessage:
    """Makes the parts of a message, the article without the labels and quotes around it."""
    for _ in range(3):  # A label, metadata and quotes may stand within each other.
        own_title, article = _split_metadata(article)
        title = title or own_title
        if label := _LABEL.match(article.lstrip()):
            article = article.lstrip()[label.end() :]
        article = _unwrap(article)
    return SplitMessage(instruction.strip(), article, title)


def _may_precede(before: str, article: str) -> bool:
    """True if the text before a label or a tag is an instruction, metadata or empty.

    `article` is empty below the label of a form that was not filled in.
    """
    beside = _count_beside(before)
    is_enough = len(article) >= ENOUGH or len(article) > beside or not article
    return beside <= MAX_BESIDE_NAMED and is_enough


def _count_beside(before: str) -> int:
    """Characters before an article that are neither instruction nor metadata.

    Text that begins with neither is an article itself: it counts as HEAD, which is over any limit.
    """
    start = find_instruction_end(before)
    rest = _take_metadata(before[start:])[1].strip()
    is_prose = any(len(line) > MAX_LIST_LINE and is_french(line) for line in rest.splitlines())
    return HEAD if is_prose or (rest and start == 0) else len(rest)


def _has_lead(before: str) -> bool:
    """True if a paragraph below the instruction has a line of French prose that is no rule.

    The article begins there, so a line of dashes further down is a part of the article.
    """
    rest = _take_metadata(before[find_instruction_end(before) :])[1]
    blank_line = _BLANK_LINE.search(rest)
    paragraphs = rest[blank_line.end() :] if blank_line else ""
    return any(
        _SENTENCE_LINE.fullmatch(line) and is_french(line) and classify_sentence(line) is Kind.OTHER
        for line in paragraphs.splitlines()
    )


def find_instruction_end(text: str) -> int:
    """The offset at which a text's first instruction ends; 0 where the text begins with none."""
    end, announced = 0, False  # `announced`: the last request ends with a colon.
    for begin, sentence in list_sentences(text[:HEAD]):
        between = text[end:begin]
        if len(between.strip()) > (MAX_GAP if end else MAX_INTRODUCTION):
            break
        if end == 0 and between.strip():
            kind = Kind.REQUEST if is_request(sentence) else Kind.OTHER
        else:
            kind = classify_sentence(sentence, first=end == 0)
        if kind is Kind.REQUEST or (
            end and kind is Kind.RULE and _may_be_rule(between, sentence, announced)
        ):
            end = begin + len(sentence)
            announced = sentence.rstrip(" *_").endswith((":", "：")) and (
                announced or kind is Kind.REQUEST
            )
    return _find_end_of_line(text, end)


def _may_be_rule(between: str, sentence: str, announced: bool) -> bool:
    """True if a sentence that sounds like a rule belongs to the instruction.

    A sentence directly behind the instruction, or on its line, does. Behind a colon on that line,
    the sentence may be the article, so it must be short.
    """
    same_line = "\n" not in between
    if announced and same_line:
        return not between.strip() and len(sentence) <= MAX_SHORT_RULE
    return same_line or not between.strip()


def _find_end_of_line(text: str, end: int) -> int:
    """The offset at which an instruction ends, with the rest of its line.

    After a colon, or where it is long, the rest is the article and does not count.
    """
    if end == 0 or text[:end].rstrip(" \t*_\"'").endswith((":", "：")):
        return end
    line_end = text.find("\n", end)
    line_end = len(text) if line_end < 0 else line_end
    most = MAX_END_OF_LINE if text[line_end:].strip() else MAX_END_OF_TEXT
    return line_end if len(text[end:line_end].strip()) <= most else end


def list_sentences(text: str) -> Iterator[tuple[int, str]]:
    """The sentences of each line that are not blank, with their places."""
    for place, line in _lines(text):
        start = 0
        for gap in _SENTENCE_END.finditer(line):
            if line[start : gap.start()].strip(" \t-*•#"):
                yield place + start, line[start : gap.start()]
            start = gap.end()
        if line[start:].strip():
            yield place + start, line[start:]


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines that are not blank, with their places."""
    place = 0
    for line in text.splitlines(keepends=True):
        if line.strip():
            yield place, line.rstrip()
        place += len(line)


def _classify_first(text: str) -> Kind:
    """The kind of the first sentence of a text."""
    first = next((sentence for _, sentence in list_sentences(text[:HEAD])), "")
    return classify_sentence(first, first=True)


def _begins_with_request(text: str) -> bool:
    return len(text) <= TAIL and _classify_first(text) is Kind.REQUEST


def _split_end(text: str) -> tuple[str, str]:
    """Splits the article from the instruction, the label or the cue below it."""
    tail = max(0, len(text) - TAIL)
    label = _END_LABEL.search(text, tail)
    end = label.start() if label else len(text.rstrip())
    lines = [(tail + place, line) for place, line in _lines(text[tail:end])]
    for place, line in reversed(lines[1:]):
        if _CLOSING.fullmatch(line):
            end = place + len(line)
            break
        if _ends_article(line):
            end = place
        elif _classify_first(line) is not Kind.RULE:
            break
    return text[:end].rstrip(), _take_metadata(text[end:])[1]


def _ends_article(line: str) -> bool:
    """True for a line that stands below an article, such as a request or an address."""
    if _METADATA.fullmatch(line) and _ADDRESS.search(line):
        return True
    is_mark = _DIVIDER.fullmatch(line) or CUE.fullmatch(line)
    return is_mark is not None or _classify_first(line) is Kind.REQUEST


def _split_metadata(text: str) -> tuple[str, str]:
    """The title among the lines of metadata at the beginning, and the text below them."""
    rest = text
    for _ in range(MAX_METADATA):
        line, _, below = rest.lstrip().partition("\n")
        if _METADATA.fullmatch(line.strip()) is None:
            break
        rest = below
    title, _ = _take_metadata(text[: len(text) - len(rest)])
    return title, rest


def _take_metadata(text: str) -> tuple[str, str]:
    """The title among the lines of metadata within a text, and its other lines."""
    title, others = "", []
    for line in text.splitlines():
        metadata = _METADATA.fullmatch(line.strip())
        if metadata is None:
            others.append(line)
        elif metadata[1].lower() in _TITLES:
            title = _read_title(metadata[2]) or title
    return title, "\n".join(others)


def _read_title(value: str) -> str:
    """A title without quotes; empty where it is only a placeholder such as `[title]`."""
    title = value.strip().strip('"*_')
    return "" if title.startswith(("[", "{", "<", "$")) else title


def _unwrap(article: str) -> str:
    """The article without the quotes or lines of dashes around it."""
    article = article.strip()
    if divider := _DIVIDER.match(article):
        article = article[divider.end() :].lstrip()
    for opening, closing in _PAIRS:
        inner = article[len(opening) : -len(closing)]
        around = article.startswith(opening) and article.endswith(closing)
        if around and inner and _opens_first(inner, opening, closing):
            return inner.strip()
    return article


def _opens_first(inner: str, opening: str, closing: str) -> bool:
    """True if no quote within a text closes before one opens: those around it are then a pair."""
    if opening != closing:
        return inner.find(closing) < 0 or 0 <= inner.find(opening) < inner.find(closing)
    place = inner.find(opening)
    return place < 0 or inner[:place][-1:] in ("", " ", "\n", "(", "'", "’", "\xa0")
