"""An article as the rest of the program sees it, and the one function that reads it from text or HTML."""

from dataclasses import dataclass
from typing import Final

from service.language import Language, detect_language
from service.sentences import sentence_spans
from service.sourced_text import SourcedText

MIN_WORDS: Final = 8
# Below this confidence a text (a list of product names, say) is given the benefit of the doubt.
MIN_LANGUAGE_SCORE: Final = 0.6


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


@dataclass(frozen=True)
class Article:
    """`text` is what the offsets of the paragraphs point into: the input itself, or what HTML was reduced to."""

    header: Header
    paragraphs: tuple[SourcedText, ...]
    language: Language
    text: str
    warnings: tuple[Warning, ...] = ()

    @property
    def body(self) -> str:
        """The paragraphs, one a line."""
        return "\n".join(paragraph.text for paragraph in self.paragraphs)

    @property
    def words(self) -> int:
        """How many words the paragraphs have."""
        return len(self.body.split())

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """All sentences, in order."""
        return tuple(
            Sentence(paragraph.text[start:end], index, *paragraph.span(start, end))
            for index, paragraph in enumerate(self.paragraphs)
            for start, end in sentence_spans(paragraph.text)
        )


def read_article(text: str | None = None, html: str | None = None, *, language_check: bool = True) -> Article:
    """Reads reader-mode text, plain text or Markdown (`text`), or a page (`html`).

    Raises ArticleError: EmptyArticle, TooShort, PaywallOnly, or NotFrench unless `language_check` is off.
    """
    from service.pages import extract
    from service.reader_text import read

    header, paragraphs, source, paywalled = extract(html) if html is not None else read(text or "")
    body = "\n".join(paragraph.text for paragraph in paragraphs)
    _check_length(body, header, paywalled)
    language = detect_language(body)
    if language_check and language.code != "fr" and language.score >= MIN_LANGUAGE_SCORE:
        raise NotFrench(language)
    return Article(header, tuple(paragraphs), language, source, _warnings(paywalled, language))


def _check_length(body: str, header: Header, paywalled: bool) -> None:
    words = len(body.split())
    if paywalled and words < MIN_WORDS:
        raise PaywallOnly("Only a paywall notice was found: the article itself is not in the input.")
    if not words:
        rest = f" The title {header.title!r} alone is no article." if header.title else ""
        raise EmptyArticle(f"No article text is left after removing links, bylines and prompts.{rest}")
    if words < MIN_WORDS:
        raise TooShort(f"The article has {words} words; at least {MIN_WORDS} are needed.")


def _warnings(paywalled: bool, language: Language) -> tuple[Warning, ...]:
    warnings = []
    if paywalled:
        warnings.append(Warning("paywall", "The page carries a paywall notice: the article may be cut short."))
    if language.code != "fr":
        warnings.append(Warning("language", f"The article may not be French (detected: {language.code}, {language.score:.2f})."))
    return tuple(warnings)
