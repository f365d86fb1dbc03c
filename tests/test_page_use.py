"""The page as an editor uses it, in a real browser at three sizes of the screen."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser import CHROMIUM, Browser, Page, opened
from tests.test_page import READY, page_of

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")

FIRST = "L'hébergeur Nuagis ouvre une région à Lille."
SECOND = "Le site a coûté 45 millions d'euros."
TEXT = f"{FIRST} {SECOND} Il est refroidi à l'eau de pluie."


def sentence(text: str, **more: Any) -> dict[str, Any]:
    """A sentence of an answer, with itself in TEXT as its evidence."""
    start = max(0, TEXT.find(text))
    passage = {"paragraph": 0, "start": start, "end": start + len(text), "text": text}
    return {
        "text": text, "french": text, "evidence": [passage], "supported": True, "french_supported": True,
        "unsupported": [], **more,
    }  # fmt: skip


def answer(*texts: str, **more: Any) -> tuple[int, dict[str, Any]]:
    """The service's answer with these sentences."""
    body = {
        "summary": " ".join(texts), "language": "fr", "headline": "Nuagis s'installe à Lille",
        "sentences": [sentence(text) for text in texts],
        "article": {
            "title": "", "byline": "", "published": "", "source": "", "language": "fr", "words": len(TEXT.split()),
            "text": None,
        },
        "coverage": {"tokens": 9, "used_tokens": 9, "truncated": False},
        "warnings": [], "model": {"id": "m", "revision": "r"}, "timings_ms": {"total": 1234},
    }  # fmt: skip
    return 200, {**body, **more}


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with opened(tmp_path_factory.mktemp("profile")) as started:
        yield started


def wait_until_ready(page: Page) -> None:
    page.wait("get('state').dataset.state === 'ready'")


def summarise(page: Page, text: str = TEXT) -> None:
    """Writes an article and has it summarised."""
    wait_until_ready(page)
    page.write("box", text)
    page.click("#submit")
    page.wait("!get('result').hidden")


# ---- What is sent


def choice(name: str, value: str) -> str:
    """The radio button of a choice."""
    return f"[name={name}][value={value}]"


CONTROLS: list[tuple[str, dict[str, Any]]] = [
    (choice("language", "fr"), {"language": "fr"}),
    (choice("language", "en"), {"language": "en"}),
    (choice("length", "short"), {"length": "short"}),
    (choice("length", "medium"), {"length": "medium"}),
    (choice("length", "long"), {"length": "long"}),
    ("#headline", {"headline": False}),
]
AS_OPENED = {"text": TEXT, "language": "fr", "length": "medium", "headline": True, "authorization": None}


@pytest.mark.parametrize(("selector", "changed"), CONTROLS, ids=[selector for selector, _ in CONTROLS])
def test_what_is_chosen_is_sent(browser: Browser, selector: str, changed: dict[str, Any]) -> None:
    sent: list[dict[str, Any]] = []
    with page_of((200, READY), answer(FIRST), sent=sent) as (url, _), browser.page(url) as page:
        page.click(selector)
        summarise(page)
    assert sent == [AS_OPENED | changed]


def test_what_is_written_is_sent(browser: Browser) -> None:
    sent: list[dict[str, Any]] = []
    locked = (401, {"code": "unauthorized"})
    answers = [locked, (200, READY), answer(FIRST), answer(FIRST)]
    with page_of(*answers, sent=sent) as (url, _), browser.page(url) as page:
        page.wait("!get('key-field').hidden")
        page.write("key", "sésame")
        page.press("Tab")
        page.write("max-words", "30")
        summarise(page)
        page.click("#edit")
        page.click(choice("kind", "html"))
        page.write("box", "<p>Un article.")
        page.click("#submit")
        page.wait("get('reading').textContent === ''")  # this answer gives no text of the page
    key = "Bearer s\u00c3\u00a9same"  # the bytes of UTF-8, as a header's characters
    expected = AS_OPENED | {"max_words": 30, "authorization": key}
    page_body = {name: value for name, value in expected.items() if name != "text"} | {"html": "<p>Un article."}
    assert sent == [expected, page_body]


def test_an_address_is_sent(browser: Browser) -> None:
    sent: list[dict[str, Any]] = []
    with page_of((200, READY), answer(FIRST), sent=sent) as (url, _), browser.page(url) as page:
        wait_until_ready(page)
        page.click(choice("kind", "url"))
        page.write("url", "https://journal.example/a")
        page.click("#submit")
        page.wait("!get('result').hidden")
    expected = {name: value for name, value in AS_OPENED.items() if name != "text"}
    assert sent == [expected | {"url": "https://journal.example/a"}]
