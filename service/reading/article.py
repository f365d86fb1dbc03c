"""An article as the rest of the program sees it, and the errors of an input that holds none."""

from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Final, NamedTuple

from service.text.language import Language
from service.text.sentences import sentence_spans
from service.text.source_map import SourcedText
from service.warning import SummaryWarning

MIN_WORDS: Final = 8
# Sentences that are kept, from the article's beginning. A text of 200,000 characters may have
# 100,000 ("1\n1\n1\n").
MAX_SENTENCES: Final = 5_000


class ArticleError(ValueError):
    """The input holds no article that can be summarised. `code` names the kind for programs."""

    code = "article"


class EmptyArticle(ArticleError):
    """Nothing is left once links, bylines and prompts are taken out."""

    code = "empty_article"


class TooShort(ArticleError):
    """Fewer than MIN_WORDS words are left."""

    code = "too_short"


class PaywallOnly(ArticleError):
    """The input holds a paywall notice and no article."""

    code = "paywall_only"


class TooManyTags(ArticleError):
    """The page has more tags than can be read in the time of a request."""

    code = "too_many_tags"


class ConsentOnly(ArticleError):
    """The input holds a request for consent to cookies and no article."""

    code = "consent_only"


class NotFrench(ArticleError):
    """The article is in another language."""

    code = "not_french"

    def __init__(self, language: Language) -> None:
        super().__init__(
            f"The article should be in French, but it looks like {language.code!r} (score "
            f"{language.score:.2f}). "
            f'If it is French, send "language_check": false.'
        )
        self.language = language

    def __reduce__(self) -> tuple[type["NotFrench"], tuple[Language]]:
        """Pickles the error with its language: by default only its message would be kept."""
        return NotFrench, (self.language,)


@dataclass(frozen=True)
class Sentence:
    """A sentence of the article.

    `start` and `end` are offsets into the text that the article was read from.
    """

    text: str
    paragraph: int
    start: int
    end: int


@dataclass(frozen=True)
class Span:
    """A part of the text that an article was read from; `end` is excluded."""

    start: int
    end: int


@dataclass(frozen=True)
class Header:
    """What a page says about its article. `published` is an ISO date. What is unknown is empty."""

    title: str = ""
    byline: str = ""
    published: str = ""
    source: str = ""


class Extract(NamedTuple):
    """What is read from an input: its header, its paragraphs and all its blocks.

    The offsets of the paragraphs point into `text`. `blocks` holds everything in order, links and
    prompts too. `paywalled`: the input says that the rest of the article is for subscribers.
    """

    header: Header
    paragraphs: list[SourcedText]
    text: str
    paywalled: bool
    blocks: list[str]


@dataclass(frozen=True)
class Article:
    """An article: its header, its paragraphs and their language.

    The offsets of the paragraphs point into `text`: the input itself, or what HTML was reduced to.
    Sentences that are too long to be prose are left out: `left_out` counts their characters.
    """

    header: Header
    paragraphs: tuple[SourcedText, ...]
    language: Language
    text: str
    warnings: tuple[SummaryWarning, ...] = ()
    left_out: int = 0

    @cached_property
    def body(self) -> str:
        """The paragraphs, one a line."""
        return "\n".join(paragraph.text for paragraph in self.paragraphs)

    @property
    def words(self) -> int:
        """How many words the paragraphs have."""
        return len(self.body.split())

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """The first MAX_SENTENCES sentences, in order."""
        sentences = (
            Sentence(paragraph.text[start:end], index, *paragraph.span(start, end))
            for index, paragraph in enumerate(self.paragraphs)
            for start, end in sentence_spans(paragraph.text)
        )
        return tuple(islice(sentences, MAX_SENTENCES))

    @cached_property
    def spans(self) -> tuple[Span, ...]:
        """Where each paragraph stands in the text."""
        return tuple(
            Span(*paragraph.span(0, len(paragraph.text)))
            for paragraph in self.paragraphs
            if paragraph.text
        )

    @cached_property
    def set_aside(self) -> tuple[Span, ...]:
        """The lines of which no paragraph holds a character: header, links, prompts.

        Lines with nothing but white space between them are one span.
        """
        origins = sorted(origin for paragraph in self.paragraphs for origin in paragraph.origins)
        parts: list[Span] = []
        is_continued = False  # the line before was set aside, or was blank behind such a line
        line_start = 0
        for line in self.text.splitlines(keepends=True):
            line_end = line_start + len(line)
            nearest = bisect_left(origins, line_start)
            if nearest < len(origins) and origins[nearest] < line_end:
                is_continued = False
            elif line.strip():
                first = line_start + len(line) - len(line.lstrip())
                last = line_start + len(line.rstrip())
                parts.append(Span(parts.pop().start if is_continued else first, last))
                is_continued = True
            line_start = line_end
        return tuple(parts)
