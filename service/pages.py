"""Reads HTML pages, through trafilatura."""

from service.article import EmptyArticle, Extract, Header
from service.boilerplate import Kind, boilerplate
from service.markdown import clean
from service.sourced_text import SourcedText


def extract(html: str) -> Extract:
    """What a page holds.

    Raises EmptyArticle if the page holds no text.
    """
    import trafilatura

    document = trafilatura.bare_extraction(
        html, include_comments=False, include_tables=False, with_metadata=True, target_language=None
    )
    if document is None or not document.text:
        raise EmptyArticle("No article was found in the HTML.")
    header = Header(
        title=(document.title or "").strip(),
        byline=(document.author or "").strip(),
        published=(document.date or "")[:10],
        source=document.hostname or document.sitename or "",
    )
    blocks = [clean(SourcedText.of(line)).text for line in document.text.split("\n")]
    kinds = [boilerplate(block) for block in blocks]
    kept = [block for block, kind in zip(blocks, kinds, strict=True) if block and kind is None]
    if kept and kept[0].casefold() == header.title.casefold():
        kept = kept[1:]
    return Extract(header, _laid_out(kept), "\n\n".join(kept), Kind.PAYWALL in kinds, [block for block in blocks if block])


def _laid_out(blocks: list[str]) -> list[SourcedText]:
    paragraphs, start = [], 0
    for block in blocks:
        paragraphs.append(SourcedText.of(block, start))
        start += len(block) + 2
    return paragraphs
