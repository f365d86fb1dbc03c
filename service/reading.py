"""From raw input to an Article: the first step of the pipeline."""

from service.article import MIN_WORDS, Article, EmptyArticle, Header, NotFrench, PaywallOnly, TooShort, Warning
from service.language import Language, detect_language
from service.pages import extract
from service.reader_text import read


def read_article(text: str | None = None, html: str | None = None, *, language_check: bool = True) -> Article:
    """Reads reader-mode text, plain text or Markdown (`text`), or a page (`html`).

    Raises ArticleError: EmptyArticle, TooShort, PaywallOnly, or NotFrench unless `language_check` is off.
    """
    header, paragraphs, source, paywalled = extract(html) if html is not None else read(text or "")
    body = "\n".join(paragraph.text for paragraph in paragraphs)
    _check_length(body, header, paywalled)
    language = detect_language(body)
    if language_check and not language.may_be("fr"):
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
