"""Parts a message into its instruction and its article.

Programs put both into one text, in frames of their own: between tags or quotes, below a label or a
line of dashes, after the first sentence or before the last. docs/api.md lists those that are known.
Only the beginning and the end of a message are looked at closely: the time grows with its length.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from service.api.chat.orders import CUE, Kind, is_french, kind_of, one_of

HEAD: Final = 6_000  # Characters at the beginning in which an instruction is looked for.
TAIL: Final = 1_500  # And at the end.
MAX_TRIES: Final = 20  # Tags or labels that are looked at.
MAX_METADATA: Final = 10  # Lines with the title, the author and the like.
# Characters between instruction and frame that are neither: more of them are an article already.
MAX_BESIDE_NAMED: Final = 1_500
MAX_BESIDE_MARK: Final = 300
MAX_LIST_LINE: Final = 160  # Characters of a line of an instruction; longer French ones are prose.
# Characters without an order between two orders of one instruction, and of what ends its line.
MAX_GAP: Final = 250
MAX_END_OF_LINE: Final = 120
MAX_END_OF_TEXT: Final = 200
MAX_SHORT_RULE: Final = 80
ENOUGH: Final = 200  # Characters behind a label that are an article, however long the instruction.
MOST_OF_IT: Final = 0.8  # The share of a message within tags that needs no instruction before it.


@dataclass(frozen=True)
class Split:
    """What a message holds. `article` is empty where it is an instruction only."""

    instruction: str
    article: str
    title: str = ""


_OPEN_TAG: Final = re.compile(
    r"<((?:user_|web_|input_|source_|news_|full_)?"
    + one_of(r"""
        article|text|texte|content|contenu|document|input|source|news|page|post|story|passage
        transcript|context|data|webpage|body
    """)
    + r"(?:_(?:content|text|body|to_summarize))?)(?:\s[^<>\n]{0,200})?>",
    re.IGNORECASE,
)
_PAGE: Final = re.compile(r"<!doctype\s+html|<html[\s>]", re.IGNORECASE)
_NOUNS: Final = one_of(r"""
    article|text|texte|contents?|contenu|input|document|page|post|story|body|corps|passage
    transcript(?:ion)?|extrait
""")
_INTRODUCTION: Final = one_of(r"""
    here(?: is|['’]s)|below is|this is|the following is|voici|following
""")
_OWN: Final = one_of(r"""
    input|source|news|full|following|user|original|raw|web|page|article|document
""")
_MORE: Final = one_of(rf"""
    to (?:be )?summari[sz]ed?|à résumer|à traiter|suivante?|complet|intégral|below
    de l['’]article|du texte|{_NOUNS}
""")
_NAME: Final = (
    rf"(?:{_INTRODUCTION}[ \t]+)?(?:(?:the|le|la|mon|my)[ \t]+|l['’])?"
    rf"(?:{_OWN}[ \t]+)?{_NOUNS}(?:[ \t]+{_MORE})?"
)
_LABEL: Final = re.compile(
    r"(?im)(?:^|(?<=[.!?:] )|(?<=[.!?:]\n))[ \t>#*_=\[(-]*+"
    + one_of(rf"""
        {_NAME}(?:[ \t]+\([^)\n]{{0,60}}\))?[ \t]*[*_\])]*[ \t]*[:：][*_]*
        {_NOUNS} (?:starts?|begins?)(?: here)?\W*$
        (?:begin|start)(?: of)?(?: the)? {_NOUNS}\W*$
        (?:(?<=#)|(?<=#[ \t])){_NOUNS}(?:[ \t]+(?:to summari[sz]e|à résumer))?[ \t]*$
    """)
    + r"(?:[ \t]|\\n)*"
)
_END_LABEL: Final = re.compile(
    rf"(?im)^[ \t#*_=\[<-]*+(?:{_NOUNS} ends?(?: here)?|end(?: of)?(?: the)? {_NOUNS}"
    rf"|fin (?:de l['’]|du )?{_NOUNS})\W*$"
)
_DIVIDER: Final = re.compile(
    r"(?m)(?:^|\\n)[ \t]*(?:-{3,}|={3,}|\*{3,}|_{3,}|#{3,}|~{4,})[ \t]*(?:$|\\n)"
)
_FENCE: Final = re.compile(
    r"(?m)(?:^|(?<=[:.] ))[ \t]*(\"{3}|'{3}|`{3}|~{3}|<{3})(?:\w{0,10}[ \t]*\n)?"
)
_PAIRS: Final = (
    ('"""', '"""'), ("'''", "'''"), ("```", "```"), ("~~~", "~~~"), ("<<<", ">>>"), ("###", "###"),
    ("«", "»"), ("“", "”"), ('"', '"'), ("`", "`"),
)  # fmt: skip
_METADATA: Final = re.compile(
    r"[ \t*_#>-]*+("
    + one_of(r"""
        title|titre|headline|author|auteur|byline|url|link|lien|source|date|published
        publié(?: le)?|feed|flux|site|website|category|catégorie|subject|sujet|tags?
    """)
    + r")[ \t]*[*_]*[ \t]*[:：][*_]*[ \t]*(.*)",
    re.IGNORECASE,
)
_TITLES: Final = ("title", "titre", "headline", "subject", "sujet")
_SENTENCE_END: Final = re.compile(r"(?<=[.!?:：])[ \t]+")


def split(text: str) -> Split:
    """The instruction and the article of a message. Without a known frame, all of it is article."""
    for frame in (_page, _tagged, _labelled, _divided, _fenced):
        if (parts := frame(text)) is not None:
            return parts
    return _unmarked(text)


def _page(text: str) -> Split | None:
    """A whole page of HTML, perhaps below an instruction."""
    opening = _PAGE.search(text[:HEAD])
    if opening is None or _beside(text[: opening.start()]) > MAX_BESIDE_MARK:
        return None
    closing = text.rfind("</html>") + len("</html>")
    end = closing if closing > opening.start() else len(text)
    instruction = f"{text[: opening.start()]}\n{text[end:]}"
    return Split(instruction.strip(), text[opening.start() : end])


def _tagged(text: str) -> Split | None:
    """`<article>…</article>`, and tags of similar names."""
    for opening in islice(_OPEN_TAG.finditer(text[:HEAD]), MAX_TRIES):
        tag = re.compile(rf"</{re.escape(opening[1])}\s*>", re.IGNORECASE)
        closings = list(tag.finditer(text, opening.end()))
        if not closings:
            continue
        closing = closings[-1]
        before, after = text[: opening.start()], text[closing.end() :]
        inner = text[opening.end() : closing.start()].strip()
        fits = _is_named(before, inner) or _begins_with_order(after)
        if fits or len(inner) >= MOST_OF_IT * len(text):
            return _with_title(f"{before}\n{after}", inner)
    return None


def _labelled(text: str) -> Split | None:
    """`Article:`, `Texte :`, `Here is the content:` and the like, then the article."""
    for label in islice(_LABEL.finditer(text[:HEAD]), MAX_TRIES):
        before, rest = text[: label.start()], text[label.end() :]
        if not _is_named(before, rest.strip()):
            continue
        start = leading(before)
        title, beside = _metadata_among(before[start:])
        body, after = _without_end(rest)
        return _with_title(f"{before[:start]}\n{beside}\n{after}", body, title)
    return None


def _divided(text: str) -> Split | None:
    """A line of dashes or the like between instruction and article, in either order."""
    first = _DIVIDER.search(text[:HEAD])
    if first is None and not _DIVIDER.search(text[-TAIL:]):
        return None
    if first is not None and leading(text[: first.start()]):
        before = text[: first.start()]
        if _beside(before) <= MAX_BESIDE_MARK:
            body, after = _without_end(text[first.end() :])
            return _with_title(f"{before}\n{after}", body)
    start = max(0, len(text) - TAIL)
    for line in _DIVIDER.finditer(text, start):
        after = text[line.end() :]
        if _begins_with_order(after):
            return _with_title(after, text[: line.start()])
    return None


def _fenced(text: str) -> Split | None:
    """Three quotes or backticks around the article, below an instruction."""
    opening = _FENCE.search(text[:HEAD])
    if opening is None:
        return None
    before = text[: opening.start()]
    closing = text.rfind(dict(_PAIRS).get(opening[1], opening[1]), opening.end())
    if closing < 0 or not leading(before) or _beside(before) > MAX_BESIDE_MARK:
        return None
    after = text[closing + len(opening[1]) :].strip()
    if after and _kind_of_first(after) is Kind.OTHER and not CUE.match(after):
        return None
    return _with_title(f"{before}\n{after}", text[opening.end() : closing])


def _unmarked(text: str) -> Split:
    """An instruction that only its sentences tell from the article, at the beginning or the end."""
    start = leading(text)
    body, after = _without_end(text[start:])
    instruction = f"{text[:start]}\n{after}".strip()
    if not instruction:
        title, rest = _without_metadata(text)
        return Split("", rest.strip() if title else text.strip(), title)
    return _with_title(instruction, body)


def _with_title(instruction: str, article: str, title: str = "") -> Split:
    """The parts of a message, without what only introduces the article."""
    for _ in range(3):  # A label, metadata and quotes may stand within each other.
        own_title, article = _without_metadata(article)
        title = title or own_title
        if label := _LABEL.match(article.lstrip()):
            article = article.lstrip()[label.end() :]
        article = _unwrapped(article)
    return Split(instruction.strip(), article, title)


def _is_named(before: str, article: str) -> bool:
    """True if what stands before a label or a tag is an instruction or metadata, or nothing."""
    beside = _beside(before)
    return beside <= MAX_BESIDE_NAMED and (len(article) >= ENOUGH or len(article) > beside)


def _beside(before: str) -> int:
    """Characters before an article that are neither instruction nor metadata.

    Text that begins with neither is an article itself: it counts as far too much.
    """
    start = leading(before)
    _, rest = _metadata_among(before[start:])
    rest = rest.strip()
    is_prose = any(len(line) > MAX_LIST_LINE and is_french(line) for line in rest.splitlines())
    return HEAD if is_prose or (rest and start == 0) else len(rest)


def leading(text: str) -> int:
    """Where the instruction at the beginning of a text ends; 0 where it begins with none."""
    end, announced = 0, False  # `announced`: a colon ends the last order.
    for begin, sentence in _sentences(text[:HEAD]):
        kind = kind_of(sentence, first=end == 0)
        if end == 0 and kind is not Kind.ORDER:
            return 0
        between = text[end:begin]
        if len(between.strip()) > MAX_GAP:
            break
        if kind is Kind.ORDER or (
            kind is Kind.RULE and _may_be_rule(between, sentence, announced and end > 0)
        ):
            end = begin + len(sentence)
            announced = sentence.rstrip(" *_").endswith((":", "：")) and (
                announced or kind is Kind.ORDER
            )
    return _end_of_line(text, end)


def _may_be_rule(between: str, sentence: str, announced: bool) -> bool:
    """True if a sentence that sounds like a rule is one.

    It stands behind others of the instruction, or on their line. What a colon has announced on the
    same line may be the article, unless it is short.
    """
    same_line = "\n" not in between
    if announced and same_line:
        return not between.strip() and len(sentence) <= MAX_SHORT_RULE
    return same_line or not between.strip()


def _end_of_line(text: str, end: int) -> int:
    """The end of an instruction, with what still follows on its line.

    That is an article only after a colon, or where it is long.
    """
    if end == 0 or text[:end].rstrip(" \t*_\"'").endswith((":", "：")):
        return end
    line_end = text.find("\n", end)
    line_end = len(text) if line_end < 0 else line_end
    most = MAX_END_OF_LINE if text[line_end:].strip() else MAX_END_OF_TEXT
    return line_end if len(text[end:line_end].strip()) <= most else end


def _sentences(text: str) -> Iterator[tuple[int, str]]:
    """The sentences of each line that are not blank, with their places."""
    place = 0
    for line in text.splitlines(keepends=True):
        start = 0
        for gap in _SENTENCE_END.finditer(line):
            if line[start : gap.start()].strip(" \t-*•#"):
                yield place + start, line[start : gap.start()]
            start = gap.end()
        if line[start:].strip():
            yield place + start, line[start:].rstrip()
        place += len(line)


def _kind_of_first(text: str) -> Kind:
    """What the first sentence of a text is for."""
    first = next((sentence for _, sentence in _sentences(text[:HEAD])), "")
    return kind_of(first, first=True)


def _begins_with_order(text: str) -> bool:
    return len(text) <= TAIL and _kind_of_first(text) is Kind.ORDER


def _without_end(body: str) -> tuple[str, str]:
    """The article without the instruction, the label or the cue that ends it, and that end."""
    whole, tail = body, max(0, len(body) - TAIL)
    for pattern in (_END_LABEL, CUE):
        for mark in pattern.finditer(body, tail):
            after = body[mark.end() :].strip()
            if pattern is _END_LABEL or not after or _kind_of_first(after) is not Kind.OTHER:
                body = body[: mark.start()]
                break
    for _ in range(3):  # The last lines, one at a time.
        line = max(body.rstrip().rfind("\n"), body.rstrip().rfind("\\n") + 1) + 1
        last = body[line:].strip()
        if line == 0 or not last or not _is_ending(last):
            break
        body = body[:line].rstrip().removesuffix("\\n").rstrip()
    return body, _metadata_among(whole[len(body) :])[1]


def _is_ending(line: str) -> bool:
    """True for a last line that is no part of an article."""
    if len(line) > TAIL:
        return False
    if _METADATA.fullmatch(line) and re.search(r"https?://\S+$", line):
        return True
    return bool(_DIVIDER.fullmatch(line)) or _kind_of_first(line) is Kind.ORDER


def _without_metadata(text: str) -> tuple[str, str]:
    """The title among the lines of metadata at the beginning, and the text below them."""
    title, rest = "", text
    for _ in range(MAX_METADATA):
        line, _, below = rest.lstrip().partition("\n")
        metadata = _METADATA.fullmatch(line.strip())
        if metadata is None:
            break
        if metadata[1].lower() in _TITLES:
            title = title or _as_title(metadata[2])
        rest = below
    return title, rest


def _metadata_among(text: str) -> tuple[str, str]:
    """The title among the lines of metadata within a text, and its other lines."""
    title, others = "", []
    for line in text.splitlines():
        metadata = _METADATA.fullmatch(line.strip())
        if metadata is None:
            others.append(line)
        elif metadata[1].lower() in _TITLES:
            title = _as_title(metadata[2]) or title
    return title, "\n".join(others)


def _as_title(value: str) -> str:
    """A title without quotes; empty where it is only the place for one (`[title]`)."""
    title = value.strip().strip('"*_')
    return "" if title.startswith(("[", "{", "<", "$")) else title


def _unwrapped(article: str) -> str:
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
    """True if the quotes within a text are pairs, so that those around it are one, too."""
    if opening != closing:
        return inner.find(closing) < 0 or 0 <= inner.find(opening) < inner.find(closing)
    place = inner.find(opening)
    return place < 0 or inner[:place][-1:] in ("", " ", "\n", "(", "'", "’", "\xa0")
