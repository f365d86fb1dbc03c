"""From raw input to an Article: the first step of the pipeline."""

import re
from collections.abc import Callable
from typing import Final

from service.reading.article import (  # fmt: skip
    MIN_WORDS,
    Article,
    ConsentOnly,
    EmptyArticle,
    Extract,
    NotFrench,
    PaywallOnly,
    TooShort,
)
from service.reading.boilerplate import LABEL
from service.reading.genre import DETAILS, Genre, genres, is_consent
from service.reading.pages import extract, plain_text
from service.reading.reader_mode import go_on_always, read
from service.text.language import Language, detect_language
from service.text.sentences import MAX_SENTENCE, is_complete, prose_parts
from service.text.source_map import SourcedText
from service.warning import SummaryWarning

# A first word that print sets in capitals ("DES militants se sont mobilisés").
_SET_IN_CAPITALS: Final = re.compile(
    r"\A(?:(?:LES?|DES|DU|UNE?|CE|CETTE|AUX?|ILS?|ELLES?|POUR|DANS|SUR|SELON|DEPUIS)(?= "
    r"[A-ZÀ-Ý]?[a-zà-ÿ])"
    r"|(?:LA|EN)(?= [a-zà-ÿ]))"
)


def read_article(
    text: str | None = None,
    html: str | None = None,
    *,
    language_check: bool = True,
    go_on: Callable[[], None] = go_on_always,
) -> Article:
    """Reads reader-mode text, plain text or Markdown (`text`), or a page (`html`).

    `go_on` is called again and again: what it raises ends the reading. Raises ArticleError:
    EmptyArticle, TooShort, PaywallOnly, ConsentOnly, or NotFrench unless `language_check` is off.
    """
    if html is not None and (sent_as_text := plain_text(html)) is not None:
        text, html = sent_as_text, None
    found, left_out = _in_prose(
        extract(html) if html is not None else read(text or "", go_on), go_on
    )
    paragraphs = [
        _as_written(paragraph) for paragraph in found.paragraphs if not is_consent(paragraph.text)
    ]
    body = "\n".join(paragraph.text for paragraph in paragraphs)
    asked = any(is_consent(block) for block in found.blocks)
    _check_length(body, found, asked, left_out)
    go_on()
    language = detect_language(body)
    go_on()
    if language_check and not language.may_be("fr"):
        raise NotFrench(language)
    warnings = (*_warnings(found.paywalled, language, left_out), *_genre_warnings(found, body))
    return Article(found.header, tuple(paragraphs), language, found.text, warnings, left_out)


def _in_prose(found: Extract, go_on: Callable[[], None]) -> tuple[Extract, int]:
    """`found` without sentences of more than MAX_SENTENCE characters, and how many characters of
    its paragraphs they had.

    The rules behind this read a sentence at a time, many of them in the square of its length. What
    stood before such a sentence and what stood behind it are paragraphs of their own.
    """
    paragraphs: list[SourcedText] = []
    known: dict[str, list[tuple[int, int]]] = {}  # most blocks are paragraphs too
    for paragraph in found.paragraphs:
        go_on()
        known[paragraph.text] = prose_parts(paragraph.text)
        paragraphs += [paragraph[slice(*part)] for part in known[paragraph.text]]
    left_out = sum(len(each.text) for each in found.paragraphs) - sum(
        len(each.text) for each in paragraphs
    )
    blocks: list[str] = []
    for block in found.blocks:
        go_on()
        blocks.append(
            " ".join(block[slice(*part)] for part in known.get(block) or prose_parts(block))
        )
    return found._replace(
        paragraphs=paragraphs, blocks=[block for block in blocks if block]
    ), left_out


def _as_written(paragraph: SourcedText) -> SourcedText:
    """A paragraph without a label before it, and its first word with one capital."""
    label = LABEL.match(paragraph.text)
    return (paragraph[label.end() :] if label else paragraph).substitute(
        _SET_IN_CAPITALS, str.capitalize
    )


def _check_length(body: str, found: Extract, asked: bool, left_out: int) -> None:
    words = len(body.split())
    if found.paywalled and words < MIN_WORDS:
        raise PaywallOnly(
            "Only a paywall notice was found: the article itself is not in the input."
        )
    if asked and not any(
        is_complete(line) and len(line.split()) >= MIN_WORDS for line in body.split("\n")
    ):
        raise ConsentOnly(
            "Only a request for consent to cookies was found: the article itself is not in the "
            "input. Answer it in a browser "
            "and send the page that follows."
        )
    if left_out and words < MIN_WORDS:
        raise TooShort(
            f"Only sentences of more than {MAX_SENTENCE} characters were found, which are left "
            f"out: {left_out} characters. "
            "Send the article as running text, with its full stops."
        )
    if not words:
        title = found.header.title
        rest = f" The title {title!r} alone is no article." if title else ""
        raise EmptyArticle(
            f"No article text is left after removing links, bylines and prompts.{rest}"
        )
    if words < MIN_WORDS:
        raise TooShort(f"The article has {words} words; at least {MIN_WORDS} are needed.")


def _genre_warnings(found: Extract, body: str) -> list[SummaryWarning]:
    """What the input is, where it is no article; `body` is its article without the requests for
    consent."""
    left_out = sum(len(block.split()) for block in found.blocks if is_consent(block))
    kinds = [Genre.CONSENT] if left_out > len(body.split()) else []
    # The byline stands by itself, as a heading of one of several stories does.
    kinds += genres(
        found.header.title, [block for block in found.blocks if block != found.header.byline]
    )
    return [SummaryWarning(kind.value, DETAILS[kind]) for kind in kinds]


def _warnings(paywalled: bool, language: Language, left_out: int) -> tuple[SummaryWarning, ...]:
    warnings = []
    if left_out:
        detail = f"Sentences of more than {MAX_SENTENCE} characters were left out: {left_out} characters in all."
        warnings.append(SummaryWarning("long_sentences", detail))
    if paywalled:
        warnings.append(
            SummaryWarning(
                "paywall", "The page carries a paywall notice: the article may be cut short."
            )
        )
    if language.code != "fr":
        warnings.append(
            SummaryWarning(
                "language",
                f"The article may not be French (detected: {language.code}, {language.score:.2f}).",
            )
        )
    return tuple(warnings)
