"""Removes Markdown's marks, parts that are no prose, and odd characters of web pages from a text.
Offsets are kept."""

import html
import re
import unicodedata
from dataclasses import replace
from typing import Final

from service.reading.line_ends import mend_words
from service.text.source_map import SourcedText

# Bytes of windows-1252 that were read as ISO-8859-1 become control characters of Unicode. Each is
# replaced by the character that was meant, as in HTML's numeric references. One character replaces
# one, so that offsets stay.
WINDOWS: Final = {
    code: char for code in range(0x80, 0xA0) if (char := bytes([code]).decode("cp1252", "ignore"))
}
# Characters that nobody sees, or that reverse the direction of the text behind them. PostgreSQL and
# XML refuse some of them. The control characters that are not listed are white space.
INVISIBLE: Final = re.compile(
    r"[\x00-\x08\x0e-\x1b\x7f-\x9f\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufffe\uffff]"
)
# The text between two marks is bounded. A text may have 60,000 opening marks and no closing one:
# from each, the search would run to the end of the text, and no other thread would run meanwhile.
_BREAK: Final = re.compile(r"<br\b[^<>]{0,100}+>|</?p\b[^<>]{0,1000}+>", re.IGNORECASE)
_SPACE: Final = r"(?:\s|&nbsp;)*+"
_SUP: Final = rf"<sup\b[^<>]{{0,300}}+>{_SPACE}"
_END_OF_SUP: Final = rf"{_SPACE}</sup>"
# The tag before an exponent of ten or two, which is written as "10^18". The tokenizers of some
# models would read "10¹⁸" as "1018".
POWER_TAG: Final = re.compile(
    rf"(?:(?<=(?<![\d,])10)|(?<=(?<![\w.,])2)){_SUP}(?=[-−–+]?\d{{1,3}}{_END_OF_SUP})",
    re.IGNORECASE,
)
# The tag before cents, which stand behind a comma.
CENTS_TAG: Final = re.compile(
    rf"(?<=\d){_SUP}(?=\d\d{_END_OF_SUP}{_SPACE}(?:€|&euro;|euros?\b))", re.IGNORECASE
)
# Behind other numbers raised digits are the marks of notes.
NOTES_OF_NUMBER: Final = re.compile(
    rf"(?<=\d){_SUP}\d{{1,3}}(?:{_SPACE}[,;–-]{_SPACE}\d{{1,3}}){{0,9}}+{_END_OF_SUP}",
    re.IGNORECASE,
)
_DROPPED: Final = (
    NOTES_OF_NUMBER,
    re.compile(r"!\[[^\]]{0,300}+\]\([^)]{0,1000}+\)"),  # images
    re.compile(r"<(?:https?://|mailto:)[^>]{0,1000}+>"),
    re.compile(r"</?(?:a|b|i|em|strong|u|span|br|p|sup|sub|mark)\b[^>]{0,1000}+>", re.IGNORECASE),
    INVISIBLE,
    # note marks, and the arrow back from a note
    re.compile(r"[ \u00a0]?\[\^?\d{1,3}\]|\s?↩[\ufe0e\ufe0f]?"),
    # rules, and the line under a heading
    re.compile(r"^[ \t]*+(?:={3,}|-{3,}|_{3,})[ \t\r]*+$", re.MULTILINE),
)
_KEPT: Final = (
    re.compile(r"\[([^\]]{1,300}+)\]\((?:[^()]|\([^()]{0,300}\)){0,1000}+\)"),  # links
    re.compile(r"\[([^\]]{1,300}+)\]\[[^\]]{0,100}+\]"),
    re.compile(r"(?<![*\w])\*{1,3}(?=\S)(.{1,300}?)(?<=\S)\*{1,3}(?![*\w])", re.DOTALL),
    # emphasis with its spaces inside
    re.compile(r"(?<![*\w])\*{1,3}\s{1,9}(.{1,300}?)\s{1,9}\*{1,3}(?![*\w])", re.DOTALL),
    re.compile(r"(?<!\d)\*{1,3}(?=\S)([^*]+?)(?<=\S)\*{1,3}", re.DOTALL),
    re.compile(r"(?<!\w)_{1,3}(?=\S)(.{1,300}?)(?<=\S)_{1,3}(?!\w)", re.DOTALL),
    re.compile(r"~~(.{1,300}?)~~"),
    re.compile(r"`+"),
)
# An address alone on its line, or in brackets, is dropped: it says nothing. In a sentence its host
# replaces it, and the full stop behind it is the sentence's.
_LONE_URL: Final = re.compile(
    r"^[ \t]*https?://\S+(?<![.,;:!?])[ \t]*$|\s?\(https?://[^\s)]{1,1000}\)", re.MULTILINE
)
_URL: Final = re.compile(
    r"(?<!\w)https?://(?:www\.)?([\w-]++(?:\.[\w-]++)*+)(?:[/?#:][^\s()<>»”\"]{0,1000}(?<![.,;:!?]))?",
    re.IGNORECASE,
)
# A sub-heading of an agency: "- Trois amendes -"
_SUB_HEADING: Final = re.compile(r"^\s*[-–—]\s+(\S[^\n]{0,98}\S)\s+[-–—]\s*$")
_BLOCK_MARK: Final = re.compile(
    r"^[^\S\n]*+(?:#{1,6}\s+|>++[^\S\n]*+(?!\d)|[*•▪●]\s+(?=\S))", re.MULTILINE
)
# A single ">" before a number means "more than".
_QUOTE_MARK: Final = re.compile(r"^[^\S\n]*+>++[^\S\n]*+", re.MULTILINE)
# A line of wrapped prose may begin like an item ("en\n12. Le groupe", "breton\n– déjà présent –").
# So the first item begins the text or follows an ended line.
_ITEM_START: Final = r"(?:[-+–—]\s+(?=\S)|\d{1,2}[.)]\s+(?=[A-ZÀ-Ý].{40}))"
_FIRST_ITEM: Final = re.compile(
    rf"(?:\A|[.!?…:;][^\S\n]?[»”\")\]]?[^\S\n]{{0,9}}+\n)\s*+{_ITEM_START}"
)
_ITEM_MARK: Final = re.compile(rf"^[^\S\n]*+{_ITEM_START}", re.MULTILINE)
_STRAY: Final = re.compile(r"(?<!\S)\*+(?!\S)|(?<=\w)\*+(?=\s|$)|(?<=\s)\*+(?=\w)|^\*+|(?<!\*)\*+$")
# Bounded: Python refuses to read a number of 5,000 digits, and the time to sort combining marks
# grows with the square of their number.
_ENTITY: Final = re.compile(r"&(?:#\d{1,20}|#x[0-9a-fA-F]{1,20}|[a-zA-Z]{1,40});")
_COMBINED: Final = re.compile(r"\w[\u0300-\u036f]{1,30}")
_SPACES: Final = re.compile(r"\s+")
# A text without any of these has nothing that the patterns of `clean` remove. A text may have
# 100,000 lines of one character: searching each line for each pattern took most of the time.
_MARK: Final = re.compile(r"[^\w .,;!?'’«»\"%€…]|_|\d\. |  ")

# The patterns of parts that are no prose. They are blanked, so that all else keeps its place.
_LINE: Final = r"[^\n]*+(?:\n|\Z)"
_TITLED: Final = r"(?=(?:(?!---)[^\n]*+\n){0,30}?[Tt]itle[ \t]*:)"  # before the closing "---"
_YAML: Final = (
    rf"---[ \t\r]*+\n{_TITLED}"
    rf"(?P<yaml>(?:(?!---)(?:[\w-]{{1,40}}[ \t]*:|[ \t#-]){_LINE})++)---[ \t\r]*+$"
)
_JINA_FIELD: Final = r"(?:URL Source|Published Time|Number of Pages|Warning|Markdown Content)"
_JINA: Final = rf"(?P<jina>Title:{_LINE}(?:\s*+{_JINA_FIELD}:{_LINE})++)"
_FRONT_MATTER: Final = re.compile(rf"\s*+(?:{_YAML}|{_JINA})", re.MULTILINE)
_FIELD: Final = re.compile(
    r"^(?P<name>[A-Za-z][\w -]{0,30}?)[ \t]*:[ \t]*(?P<value>[^\n]+)$", re.MULTILINE
)
_FENCE: Final = re.compile(r"^```[^\n`]*+\n(?:(?!```)[^\n]*+\n)*+```[ \t\r]*+$", re.MULTILINE)
_TABLE: Final = re.compile(
    r"^[ \t]*+\|[^\n]*+\n[ \t]*+\|(?=[^\n]*-)[ \t\r:|-]++$(?:\n[ \t]*+\|[^\n]*+)*+", re.MULTILINE
)
_REFERENCE: Final = re.compile(
    r"^\[\^[\w-]{1,20}\]:|^\[[^\]\n]{1,100}\]:[ \t]*<?https?://[^\n]*+", re.MULTILINE
)
_VISIBLE: Final = re.compile(r"[^\r\n]")


def read_front_matter(text: str) -> dict[str, str]:
    """The fields above the text, by their names in lower case.

    They come from YAML front matter, or from the header that r.jina.ai writes.
    """
    front_matter = _FRONT_MATTER.match(text)
    if front_matter is None:
        return {}
    fields = _FIELD.finditer(front_matter["yaml"] or front_matter["jina"])
    return {field["name"].lower(): field["value"].strip().strip("\"'[]") for field in fields}


def blank_non_prose(text: str) -> str:
    """Blanks front matter, tables, fenced code, footnote labels and link definitions."""
    if front_matter := _FRONT_MATTER.match(text):
        text = _blank(front_matter) + text[front_matter.end() :]
    # A fence around a whole article holds no code.
    most_of_text = len(text) / 2
    text = _FENCE.sub(
        lambda fence: _blank(fence) if len(fence.group()) < most_of_text else fence.group(), text
    )
    text = _TABLE.sub(_blank, text)
    return _REFERENCE.sub(_blank, text)


def _blank(match: re.Match[str]) -> str:
    return _VISIBLE.sub(" ", match.group())


def clean(block: SourcedText) -> SourcedText:
    """`block` as one line of plain text."""
    block = replace(block, text=block.text.translate(WINDOWS))
    stripped = block.strip()
    if not _MARK.search(stripped.text):
        return stripped
    block = block.substitute(_ENTITY, html.unescape)
    block = block.substitute(_COMBINED, lambda letter: unicodedata.normalize("NFC", letter))
    block = mend_words(block)
    block = block.substitute(_BREAK, lambda _: " ")
    block = block.substitute(CENTS_TAG, lambda _: ",")
    block = block.substitute(POWER_TAG, lambda _: "^")
    if len(_QUOTE_MARK.findall(block.text)) > 1:
        block = block.keep_group(_QUOTE_MARK)
    for pattern in (*_DROPPED, _SUB_HEADING, _BLOCK_MARK):
        block = block.keep_group(pattern)
    block = _drop_item_marks(block)
    for pattern in (*_KEPT, _LONE_URL, _URL, _STRAY):
        block = block.keep_group(pattern)
    return block.substitute(_SPACES, lambda _: " ").strip()


def _drop_item_marks(block: SourcedText) -> SourcedText:
    """The block without the marks of items, from the first item on."""
    first = _FIRST_ITEM.search(block.text)
    if first is None:
        return block
    return block[: first.start()] + block[first.start() :].keep_group(_ITEM_MARK)
