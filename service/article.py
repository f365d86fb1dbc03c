"""An article as the rest of the program sees it, and what can be wrong with one."""

from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

from service.language import Language
from service.sentences import sentence_spans
from service.sourced_text import SourcedText

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


class ConsentOnly(ArticleError):
    """The input holds a request for consent to cookies and no article."""

    code = "consent_only"


class NotFrench(ArticleError):
    """The article is in another language."""

    code = "not_french"

    def __init__(self, language: Language) -> None:
        super().__init__(
            f"The article should be in French, but it looks like {language.code!r} (score {language.score:.2f}). "
            f'If it is French, send "language_check": false.'
        )
        self.language = language


@dataclass(frozen=True)
class Warning:
    """Something that the reader of a summary should know. `code` is one word for programs."""

    code: str
    detail: str


@dataclass(frozen=True)
class Sentence:
    """A sentence of the article; `start` and `end` are offsets into the text that the article was read from."""

    text: str
    paragraph: int
    start: int
    end: int


@dataclass(frozen=True)
class Header:
    """What a page says about its article. `published` is an ISO date; what is not known is empty."""

    title: str = ""
    byline: str = ""
    published: str = ""
    source: str = ""


class Extract(NamedTuple):
    """What a reader finds in its input: `text` is what the offsets of the paragraphs point into, `blocks` all that stands
    there, links and prompts too, in order."""

    header: Header
    paragraphs: list[SourcedText]
    text: str
    paywalled: bool
    blocks: list[str]


@dataclass(frozen=True)
class Article:
    """`text` is what the offsets of the paragraphs point into: the input itself, or what HTML was reduced to."""

    header: Header
    paragraphs: tuple[SourcedText, ...]
    language: Language
    text: str
    warnings: tuple[Warning, ...] = ()

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
