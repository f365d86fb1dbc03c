"""An article as the rest of the program sees it, and what can be wrong with one."""

from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

from service.text.language import Language
from service.text.sentences import sentence_spans
from service.text.source_map import SourcedText
from service.warning import SummaryWarning

MIN_WORDS: Final = 8


class ArticleError(ValueError):
    """The input holds no article that can be summarised. `code` is one word for programs."""

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


@dataclass(frozen=True)
class Sentence:
    """A sentence of the article; `start` and `end` are offsets into the text that the article was
    read from."""

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
    """What a page says about its article. `published` is an ISO date; what is not known is
    empty."""

    title: str = ""
    byline: str = ""
    published: str = ""
    source: str = ""


class Extract(NamedTuple):
    """What a reader finds in its input: `text` is what the offsets of the paragraphs point into,
    `blocks` all that stands there, links and prompts too, in order."""

    header: Header
    paragraphs: list[SourcedText]
    text: str
    paywalled: bool
    blocks: list[str]


@dataclass(frozen=True)
class Article:
    """`text` is what the offsets of the paragraphs point into: the input itself, or what HTML was
    reduced to. `left_out`: how many characters of sentences that are too long to be prose the
    paragraphs lack."""

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
        """All sentences, in order."""
        return tuple(
            Sentence(paragraph.text[start:end], index, *paragraph.span(start, end))
            for index, paragraph in enumerate(self.paragraphs)
            for start, end in sentence_spans(paragraph.text)
        )

    @cached_property
    def spans(self) -> tuple[Span, ...]:
        """Where each paragraph stands in the text."""
        return tuple(Span(*each.span(0, len(each.text))) for each in self.paragraphs if each.text)

    @cached_property
    def set_aside(self) -> tuple[Span, ...]:
        """The lines of the text of which no paragraph holds a character: header, links, prompts.

        Lines with nothing but white space between them are one part.
        """
        origins = sorted(origin for paragraph in self.paragraphs for origin in paragraph.origins)
        parts: list[Span] = []
        goes_on = False  # the line before this one was set aside, or was blank behind such a line
        start = 0
        for line in self.text.splitlines(keepends=True):
            end = start + len(line)
            nearest = bisect_left(origins, start)
            is_read = nearest < len(origins) and origins[nearest] < end
            if is_read:
                goes_on = False
            elif line.strip():
                first = start + len(line) - len(line.lstrip())
                last = start + len(line.rstrip())
                parts.append(Span(parts.pop().start if goes_on else first, last))
                goes_on = True
            start = end
        return tuple(parts)
