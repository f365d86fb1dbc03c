"""Takes the marks of Markdown, what in it is no prose, and the odd characters of web pages out of a
text; offsets are kept."""

import html
import re
import unicodedata
from dataclasses import replace
from typing import Final

from service.reading.line_ends import mend_words
from service.text.source_map import SourcedText

# Bytes of windows-1252 that were read as ISO-8859-1 are control characters of Unicode: they are
# taken for what they mean, as HTML does with their numbers. One character for one, so that offsets
# stay.
WINDOWS: Final = {
    code: char for code in range(0x80, 0xA0) if (char := bytes([code]).decode("cp1252", "ignore"))
}
# What nobody sees, or what turns around the words behind it; PostgreSQL and XML refuse some of it.
# The control characters that are missing are white space.
INVISIBLE: Final = re.compile(
    r"[\x00-\x08\x0e-\x1b\x7f-\x9f\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufffe\uffff]"
)
# Everything between two marks is bounded: with no end in sight, each of 60,000 opening marks would
# be followed to the end of the text, and a regular expression lets no other thread run meanwhile.
_BREAK: Final = re.compile(r"<br\b[^<>]{0,100}+>|</?p\b[^<>]{0,1000}+>", re.IGNORECASE)
_DROPPED: Final = (
    re.compile(r"!\[[^\]]{0,300}+\]\([^)]{0,1000}+\)"),  # images
    re.compile(r"<(?:https?://|mailto:)[^>]{0,1000}+>"),
    re.compile(r"</?(?:a|b|i|em|strong|u|span|br|p|sup|sub|mark)\b[^>]{0,1000}+>", re.IGNORECASE),
    INVISIBLE,
    re.compile(
        r"[ \u00a0]?\[\^?\d{1,3}\]|\s?↩[\ufe0e\ufe0f]?"
    ),  # note marks, and the way back from a note
    re.compile(
        r"^[ \t]*+(?:={3,}|-{3,}|_{3,})[ \t\r]*+$", re.MULTILINE
    ),  # rules, and the line under a heading
)
_KEPT: Final = (
    re.compile(r"\[([^\]]{1,300}+)\]\((?:[^()]|\([^()]{0,300}\)){0,1000}+\)"),  # links
    re.compile(r"\[([^\]]{1,300}+)\]\[[^\]]{0,100}+\]"),
    re.compile(r"(?<![*\w])\*{1,3}(?=\S)(.{1,300}?)(?<=\S)\*{1,3}(?![*\w])", re.DOTALL),
    re.compile(
        r"(?<![*\w])\*{1,3}\s{1,9}(.{1,300}?)\s{1,9}\*{1,3}(?![*\w])", re.DOTALL
    ),  # emphasis with its spaces inside
    re.compile(r"(?<!\d)\*{1,3}(?=\S)([^*]+?)(?<=\S)\*{1,3}", re.DOTALL),
    re.compile(r"(?<!\w)_{1,3}(?=\S)(.{1,300}?)(?<=\S)_{1,3}(?!\w)", re.DOTALL),
    re.compile(r"~~(.{1,300}?)~~|`{1,3}"),
    re.compile(r"`{1,3}([^`]+)`{1,3}"),
)
# An address alone on its line, or in brackets, says nothing; in a sentence its host stands for it.
# The full stop behind it is the sentence's.
_LONE_URL: Final = re.compile(
    r"^[ \t]*https?://\S+(?<![.,;:!?])[ \t]*$|\s?\(https?://[^\s)]{1,1000}\)", re.MULTILINE
)
_URL: Final = re.compile(
    r"(?<!\w)https?://(?:www\.)?([\w-]++(?:\.[\w-]++)*+)(?:[/?#:][^\s()<>»”\"]{0,1000}(?<![.,;:!?]))?",
    re.IGNORECASE,
)
_INTERTITLE: Final = re.compile(
    r"^\s*[-–—]\s+(\S[^\n]{0,98}\S)\s+[-–—]\s*$"
)  # of an agency: "- Trois amendes -"
_BLOCK_MARK: Final = re.compile(
    r"^[^\S\n]*+(?:#{1,6}\s+|>+\s*|[-*+•▪●–—]\s+(?=\S)|\d+[.)]\s+(?=[A-ZÀ-Ý].{40}))", re.MULTILINE
)
_STRAY: Final = re.compile(r"(?<!\S)\*+(?!\S)|(?<=\w)\*+(?=\s|$)|(?<=\s)\*+(?=\w)|^\*+|(?<!\*)\*+$")
# Bounded: Python reads no number of 5,000 digits, and putting marks in their order takes the square
# of their number.
_ENTITY: Final = re.compile(r"&(?:#\d{1,20}|#x[0-9a-fA-F]{1,20}|[a-zA-Z]{1,40});")
_COMBINED: Final = re.compile(r"\w[\u0300-\u036f]{1,30}")
_SPACES: Final = re.compile(r"\s+")

# What is no prose: it is blanked, so that all else stays in its place.
_LINE: Final = r"[^\n]*+(?:\n|\Z)"
_TITLED: Final = r"(?=(?:(?!---)[^\n]*+\n){0,30}?[Tt]itle[ \t]*:)"  # not the line of a rule
_YAML: Final = rf"---[ \t\r]*+\n{_TITLED}(?P<yaml>(?:(?!---)(?:[\w-]{{1,40}}[ \t]*:|[ \t#-]){_LINE})++)---[ \t\r]*+$"
_JINA: Final = rf"(?P<jina>Title:{_LINE}(?:\s*+(?:URL Source|Published Time|Number of Pages|Warning|Markdown Content):{_LINE})++)"
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
    """The fields above the text, by their names in lower case: those of YAML's front matter, or
    what r.jina.ai puts there."""
    match = _FRONT_MATTER.match(text)
    fields = _FIELD.finditer((match["yaml"] or match["jina"]) if match else "")
    return {field["name"].lower(): field["value"].strip().strip("\"'[]") for field in fields}


def blank_non_prose(text: str) -> str:
    """`text` with blanks for its front matter, tables, fenced code and the marks of its
    footnotes."""

    def blanks(match: re.Match[str]) -> str:
        return _VISIBLE.sub(" ", match.group())

    if above := _FRONT_MATTER.match(text):
        text = blanks(above) + text[above.end() :]
    # What a whole article stands in is no code.
    text = _FENCE.sub(
        lambda match: blanks(match) if len(match.group()) < len(text) / 2 else match.group(), text
    )
    return _REFERENCE.sub(blanks, _TABLE.sub(blanks, text))


def clean(block: SourcedText) -> SourcedText:
    """`block` as one line of plain text."""
    block = replace(block, text=block.text.translate(WINDOWS))
    block = block.substitute(_ENTITY, html.unescape)
    block = mend_words(
        block.substitute(_COMBINED, lambda piece: unicodedata.normalize("NFC", piece))
    )
    block = block.substitute(_BREAK, lambda _: " ")
    for pattern in _DROPPED:
        block = block.keep_group(pattern)
    block = block.keep_group(_INTERTITLE).keep_group(_BLOCK_MARK)
    for pattern in _KEPT:
        block = block.keep_group(pattern)
    block = block.keep_group(_LONE_URL)
    block = block.keep_group(_URL)
    block = block.keep_group(_STRAY)
    return block.substitute(_SPACES, lambda _: " ").strip()
