import json
import re
import tomllib
from pathlib import Path

from service.reading.article import EmptyArticle
from service.reading.pages import extract
from tests.data import OTHER_PAGES, PAGES, skip_without

FLOORS = tomllib.loads((Path(__file__).parent / "floors.toml").read_text(encoding="utf-8"))


def _bare(text: str) -> str:
    return re.sub(r"\W+", " ", text.lower()).strip()


def _paragraphs(html: str) -> set[str]:
    try:
        return {_bare(paragraph.text) for paragraph in extract(html)[1]} - {""}
    except EmptyArticle:
        return set()


def test_paragraphs_of_news_pages() -> None:
    skip_without(PAGES)
    extracted = wanted = both = 0
    for page in json.loads((PAGES / "expected.json").read_text(encoding="utf-8")):
        expected = {_bare(paragraph) for paragraph in page["paragraphs"]} - {""}
        read = _paragraphs((PAGES / f"{page['id']}.html").read_text(encoding="utf-8"))
        extracted, wanted, both = (
            extracted + len(read),
            wanted + len(expected),
            both + len(read & expected),
        )
    assert wanted > 100
    assert both / extracted >= FLOORS["extraction_precision"]
    assert both / wanted >= FLOORS["extraction_recall"]


def test_dates_of_news_pages() -> None:
    skip_without(PAGES)
    pages = json.loads((PAGES / "expected.json").read_text(encoding="utf-8"))
    read = [
        extract((PAGES / f"{page['id']}.html").read_text(encoding="utf-8")).header.published
        for page in pages
    ]
    wrong = [
        (page["id"], date)
        for page, date in zip(pages, read, strict=True)
        if date not in ("", page["date"])
    ]
    assert len(wrong) <= FLOORS["dates_wrong"], wrong
    assert read.count("") <= FLOORS["dates_missing"]


def test_segments_of_other_pages() -> None:
    skip_without(OTHER_PAGES)
    missing, unwanted, count = [], [], 0
    for name, page in json.loads(
        (OTHER_PAGES / "gold_segments.json").read_text(encoding="utf-8")
    ).items():
        text = _bare(extract((OTHER_PAGES / name).read_bytes().decode("utf-8", "replace"))[2])
        missing += [segment for segment in page["with_"] if _bare(segment) not in text]
        unwanted += [segment for segment in page["without"] if _bare(segment) in text]
        count += len(page["with_"])
    assert count >= 60
    assert len(missing) <= FLOORS["segments_missing"], missing
    assert len(unwanted) <= FLOORS["segments_unwanted"], unwanted
