"""From raw input to an Article: the first step of the pipeline."""

import re
from collections.abc import Callable, Iterator
from typing import Final

from service.reading.article import (
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
from service.reading.genre import DETAILS, Genre, find_genres, is_consent
from service.reading.pages import extract, unwrap_text
from service.reading.reader_mode.reading import go_on_always, read
from service.text.language import Language, detect_language
from service.text.sentences import MAX_SENTENCE_CHARACTERS, is_complete, prose_parts
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

    `go_on` is called again and again; an exception that it raises ends the reading. Raises
    ArticleError: EmptyArticle, TooShort, PaywallOnly, ConsentOnly, TooManyTags, or NotFrench unless
    `language_check` is off.
    """
    if html is not None and (sent_as_text := unwrap_text(html)) is not None:
        text, html = sent_as_text, None
    whole = extract(html) if html is not None else read(text or "", go_on)
    prose, left_out = _drop_long_sentences(whole, go_on)
    paragraphs = [
        _normalise_start(paragraph)
        for paragraph in prose.paragraphs
        if not is_consent(paragraph.text)
    ]
    body = "\n".join(paragraph.text for paragraph in paragraphs)
    _check_length(body, prose, left_out)
    go_on()
    language = detect_language(body)
    go_on()
    if language_check and not language.may_be("fr"):
        raise NotFrench(language)
    gaps = _warn_of_gaps(prose.paywalled, language, left_out)
    warnings = (*gaps, *_warn_of_genres(prose, body))
    return Article(prose.header, tuple(paragraphs), language, prose.text, warnings, left_out)


def _drop_long_sentences(whole: Extract, go_on: Callable[[], None]) -> tuple[Extract, int]:
    """The extract without sentences of more than MAX_SENTENCE_CHARACTERS, and how many characters
    its paragraphs lose.

    Later rules read one sentence at a time; the time of many of them grows with the square of its
    length. The text before such a sentence and the text behind it become separate paragraphs.
    """
    paragraphs: list[SourcedText] = []
    parts_of: dict[str, list[tuple[int, int]]] = {}  # most blocks are paragraphs too
    for paragraph in whole.paragraphs:
        go_on()
        parts = prose_parts(paragraph.text)
        parts_of[paragraph.text] = parts
        paragraphs += [paragraph[start:end] for start, end in parts]
    blocks: list[str] = []
    for block in whole.blocks:
        go_on()
        parts = parts_of.get(block) or prose_parts(block)
        blocks.append(" ".join(block[start:end] for start, end in parts))
    left_out = _count_characters(whole.paragraphs) - _count_characters(paragraphs)
    kept = [block for block in blocks if block]
    return whole._replace(paragraphs=paragraphs, blocks=kept), left_out


def _count_characters(paragraphs: list[SourcedText]) -> int:
    return sum(len(paragraph.text) for paragraph in paragraphs)


def _normalise_start(paragraph: SourcedText) -> SourcedText:
    """A paragraph without a label before it, and its first word with one capital."""
    label = LABEL.match(paragraph.text)
    unlabelled = paragraph[label.end() :] if label else paragraph
    return unlabelled.substitute(_SET_IN_CAPITALS, str.capitalize)


def _check_length(body: str, prose: Extract, left_out: int) -> None:
    """Raises the ArticleError that says why there is no article, or not enough of one."""
    words = len(body.split())
    if prose.paywalled and words < MIN_WORDS:
        raise PaywallOnly(
            "Only a paywall notice was found: the article itself is not in the input."
        )
    if any(map(is_consent, prose.blocks)) and not _has_long_sentence(body):
        raise ConsentOnly(
            "Only a request for consent to cookies was found: the article itself is not in the "
            "input. Answer it in a browser and send the page that follows."
        )
    if left_out and words < MIN_WORDS:
        raise TooShort(
            f"Only sentences of more than {MAX_SENTENCE_CHARACTERS} characters were found, which "
            f"are left out: {left_out} characters. Send the article as running text, with its full "
            "stops."
        )
    if not words:
        title = prose.header.title
        rest = f" The title {title!r} alone is no article." if title else ""
        raise EmptyArticle(
            f"No article text is left after removing links, bylines and prompts.{rest}"
        )
    if words < MIN_WORDS:
        counted = "1 word" if words == 1 else f"{words} words"
        raise TooShort(f"The article has {counted}; at least {MIN_WORDS} are needed.")


def _has_long_sentence(body: str) -> bool:
    return any(is_complete(line) and len(line.split()) >= MIN_WORDS for line in body.split("\n"))


def _warn_of_genres(prose: Extract, body: str) -> list[SummaryWarning]:
    """The warnings that the input is no article. `body` is its text without requests for
    consent."""
    consent_words = sum(len(block.split()) for block in prose.blocks if is_consent(block))
    genres = [Genre.CONSENT] if consent_words > len(body.split()) else []
    # A byline alone on its line would be taken for the heading of a story.
    blocks = [block for block in prose.blocks if block != prose.header.byline]
    genres += find_genres(prose.header.title, blocks)
    return [SummaryWarning(genre.value, DETAILS[genre]) for genre in genres]


def _warn_of_gaps(paywalled: bool, language: Language, left_out: int) -> Iterator[SummaryWarning]:
    """The warnings that the article is cut short, or may not be French."""
    if left_out:
        detail = (
            f"Sentences of more than {MAX_SENTENCE_CHARACTERS} characters were left out: "
            f"{left_out} characters in all."
        )
        yield SummaryWarning("long_sentences", detail)
    if paywalled:
        detail = "The page carries a paywall notice: the article may be cut short."
        yield SummaryWarning("paywall", detail)
    if language.code != "fr":
        detected = f"{language.code}, {language.score:.2f}"
        detail = f"The article may not be French (detected: {detected})."
        yield SummaryWarning("language", detail)
