"""The page's digest, in a real browser: what is sent, what is shown, and what is refused."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from service.api.contract.digests import MAX_SOURCES, DigestBody
from service.feeds.writing import words as words_of_digests
from service.settings import Settings
from service.text.tables import table
from tests.browser import CHROMIUM, DESK, PHONE, TABLET, Browser, Page, Size, opened
from tests.engines import running
from tests.service.cli.test_digest import ALONE, OUTAGE, OUTAGE_AGAIN, atom, rss
from tests.service.feeds.site import serving
from tests.service.web.test_page import PAGE, READY, SCRIPTS, messages, page_of

needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")

FEED = "https://journal.example/rss"
TELLING = {"source": "Le Quotidien", "title": "Panne", "link": "https://journal.example/1"}
STORY: dict[str, Any] = {
    "headline": "Panne chez Nuagis", "sentences": [{"text": "Une panne."}, {"text": "Deux."}],
    "telling": {**TELLING, "published": "2026-11-29T08:00:00+00:00"}, "basis": "page",
    "others": [{**TELLING, "source": "La Gazette", "link": "javascript:alert(1)"}],
    "additions": [{"text": "Elle a duré deux heures.", "source": "La Gazette"}],
    "differences": [[{"written": "2 000 sites", "source": "Le Quotidien"},
                     {"written": "3 500 sites", "source": "La Gazette"}]],
}  # fmt: skip
DIGEST: dict[str, Any] = {
    "made": "2026-11-29T12:00:00+00:00", "language": "fr", "left_out": 0, "feeds": [FEED],
    "sections": [{"heading": "Le Quotidien", "entries": [STORY]}],
    "health": [{"subscription": {"address": FEED, "title": ""}, "message": "le flux est vide"}],
}  # fmt: skip


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with opened(tmp_path_factory.mktemp("profile")) as started:
        yield started


def open_digest(page: Page) -> None:
    """Opens the part of the page for digests, once the page knows its service."""
    page.wait("get('state').dataset.state === 'ready'")
    page.click("#digest summary")
    page.wait("!get('digest-form').hidden || !get('digest-closed').hidden")


def make_digest(page: Page, addresses: str = FEED) -> None:
    """Writes addresses and has their digest made."""
    open_digest(page)
    page.write("digest-sources", addresses)
    page.click("#digest-submit")


# ---- What it agrees on with the service


def test_words_are_those_of_the_service() -> None:
    words = table(words_of_digests.__package__, words_of_digests.TABLE)["digest"]
    shown: Any = messages("DIGEST")
    assert shown == {
        language: {name: said[language] for name, said in words.items()}
        for language in ("fr", "en")
    }


def test_choices_and_limits_are_those_of_the_service() -> None:
    fields = DigestBody.model_json_schema()["properties"]
    assert PAGE.values("digest-language") == set(fields["language"]["enum"])
    hours = [int(value) for value in PAGE.values("digest-hours")]
    assert min(hours) == fields["since_hours"]["default"]
    assert max(hours) == fields["since_hours"]["maximum"]
    most = re.search(r"MOST_ADDRESSES = (\d+)", SCRIPTS["digest.js"])
    assert most
    assert int(most[1]) == MAX_SOURCES


# ---- What is sent and shown


@needs_browser
def test_a_digest_is_shown_and_copied(browser: Browser) -> None:
    sent: list[dict[str, Any]] = []
    answers = [(200, READY), (200, READY), (200, DIGEST)]
    with page_of(*answers, sent=sent) as (url, asked), browser.page(url) as page:
        open_digest(page)
        page.click("[name=digest-language][value=en]")
        page.click("[name=digest-hours][value='168']")
        page.write("digest-sources", f" {FEED} \n\nhttps://journal.example/a\n{FEED}")
        page.press("Enter", control=True)
        page.wait("!get('digest-answer').hidden")
        assert page.value("document.activeElement.id") == "digest-result"
        assert page.text("#digest-status") == "Revue prête. Sujets\u00a0: 1."
        assert (
            page.text("#digest-result h3") == "Le point sur l’actualité tech, 29\u00a0novembre 2026"
        )
        shown = page.text("#digest-result")
        for said in (
            "Une panne. Deux.", "Selon La Gazette : Elle a duré deux heures.",
            "2 000 sites selon Le Quotidien, 3 500 sites selon La Gazette", "La Gazette : Panne",
            f"{FEED} : le flux est vide",
        ):  # fmt: skip
            assert said in shown
        links = "all('#digest-result a').map((each) => [each.textContent, each.href])"
        assert page.value(links) == [["Panne chez Nuagis", "https://journal.example/1"]]
        page.value("navigator.clipboard.writeText = async (text) => { globalThis.copied = text; }")
        page.click("#digest-copy")
        page.wait("get('digest-copy').textContent === 'Copié'")
        copied = str(page.value("globalThis.copied"))
    assert "### [Panne chez Nuagis](<https://journal.example/1>)\n\nUne panne. Deux.\n" in copied
    assert sent == [
        {"sources": [FEED, "https://journal.example/a"], "language": "en", "since_hours": 168,
         "format": "json", "authorization": None},
    ]  # fmt: skip
    assert asked == ["/info", "/info", "/digest"]


@needs_browser
def test_a_real_service_makes_it(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.feeds.visiting.PAUSE_SECONDS", 0)
    monkeypatch.setattr("service.fetch.addresses.is_public", lambda address: True)
    with serving() as site, running(settings=Settings(allow_urls=True)) as service:
        feeds = (
            site.put("/rss", rss(("/q1", OUTAGE, 9), ("/q3", ALONE, 1))),
            site.put("/atom", atom(("/s1", OUTAGE_AGAIN, 3))),
            site.url + "/none",
        )
        with browser.page(service.url) as page:
            make_digest(page, "\n".join(feeds))
            page.wait("!get('digest-answer').hidden")
            assert set(page.value("all('#digest-result h5').map((each) => each.textContent)")) == {
                ALONE[0],
                OUTAGE_AGAIN[0],
            }
            assert "le site a répondu par l’erreur 404" in page.text("#digest-result")


@needs_browser
def test_opml_files_are_opened_and_dropped(browser: Browser) -> None:
    with page_of((200, READY), (200, READY)) as (url, _), browser.page(url) as page:
        open_digest(page)
        page.write("digest-sources", "https://a.example/\n")
        page.value("""globalThis.given = (...files) => {
            const data = new DataTransfer();
            for (const [content, name] of files) data.items.add(new File([content], name));
            return data;
        }, 0""")
        page.value("""get("opml").files = given(['<outline xmlUrl="https://b.example/"/>',
            "liste.opml"]).files, get("opml").dispatchEvent(new Event("change"))""")
        page.wait("get('digest-sources').value.includes('b.example')")
        assert page.value("get('digest-sources').value") == "https://a.example/\nhttps://b.example/"
        assert "liste.opml\u00a0»\u00a0: 1" in page.text("#digest-status")
        drop = """(() => {
            const dataTransfer = given(...%s);
            const options = { dataTransfer, bubbles: true, cancelable: true };
            const event = new DragEvent("drop", options);
            get("digest-sources").dispatchEvent(event);
            return event.defaultPrevented;
        })()"""
        assert page.value(drop % json.dumps([["<outline xmlUrl='https://c.example/'/>", "c.xml"]]))
        page.wait("get('digest-sources').value.endsWith('c.example/')")
        for files, code in [([["Un texte.", "d.txt"]], "no_opml"),
                            ([["a", "a"], ["b", "b"]], "one_file")]:  # fmt: skip
            page.value(drop % json.dumps(files))
            page.wait(f"get('digest-problem').textContent === {problem(code)}")
        assert page.value("get('box').value") == ""


def problem(code: str, **values: str) -> str:
    """The words for a problem, as a script has them."""
    text = {**messages("PROBLEMS"), **messages("PAGE_PROBLEMS")}[code]
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    return json.dumps(text)


# ---- What is refused


@needs_browser
@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (" \n", problem("no_addresses")),
        (f"{FEED}\nflux.xml", problem("bad_address", address="flux.xml")),
        ("\n".join(f"{FEED}/{number}" for number in range(101)),
         problem("many_addresses", most="100")),
    ],
)  # fmt: skip
def test_wrong_addresses_are_not_sent(browser: Browser, written: str, expected: str) -> None:
    with page_of((200, READY), (200, READY)) as (url, asked), browser.page(url) as page:
        make_digest(page, written)
        page.wait(f"get('digest-problem').textContent === {expected}")
        assert page.value("[document.activeElement.id, get('digest-sources').ariaInvalid]") == [
            "digest-sources",
            "true",
        ]
        page.type("x")
        assert page.value("get('digest-problem').hidden && !get('digest-sources').ariaInvalid")
    assert asked == ["/info", "/info"]


@needs_browser
@pytest.mark.parametrize(
    ("status", "code"), [(429, "rate_limited"), (503, "queue_full"), (401, "unauthorized")]
)
def test_what_the_service_refuses_is_told(browser: Browser, status: int, code: str) -> None:
    answers = [(200, READY), (200, READY), (status, {"code": code})]
    with page_of(*answers) as (url, _), browser.page(url) as page:
        make_digest(page)
        page.wait(f"get('digest-problem').textContent === {problem(code)}")
        assert not page.value("get('digest-submit').disabled")
        assert page.value("get('key-field').hidden") == (code != "unauthorized")


@needs_browser
def test_where_addresses_are_off_it_says_how_to_allow_them(browser: Browser) -> None:
    closed = {**READY, "limits": {"allow_urls": False, "max_characters": 200_000}}
    with page_of((200, closed), (200, closed)) as (url, _), browser.page(url) as page:
        open_digest(page)
        assert "BREVE_ALLOW_URLS" in page.text("#digest-closed")
        assert page.value("get('digest-form').hidden")


@needs_browser
def test_once_the_key_is_given_the_form_opens(browser: Browser) -> None:
    refused = (401, {"code": "unauthorized"})
    # The page asks with the key, too.
    answers = ((200, READY), refused, (200, READY), (200, READY))
    with page_of(*answers) as (url, _), browser.page(url) as page:
        page.wait("get('state').dataset.state === 'ready'")
        page.click("#digest summary")
        page.wait(f"get('digest-problem').textContent === {problem('unauthorized')}")
        page.value("get('key').dispatchEvent(new Event('change'))")
        page.wait("!get('digest-form').hidden")


@needs_browser
def test_a_digest_can_be_stopped(browser: Browser) -> None:
    with page_of((200, READY), (200, READY)) as (url, _), browser.page(url, PHONE) as page:
        open_digest(page)
        page.value(
            "globalThis.fetch = (_, { signal }) => new Promise((_, reject) => "
            "signal.addEventListener('abort', () => reject(signal.reason)))"
        )
        page.write("digest-sources", FEED)
        page.click("#digest-submit")
        page.wait("get('digest-submit').disabled")
        page.click("#digest-abort")
        page.wait(f"get('digest-problem').textContent === {problem('aborted')}")
        assert not page.value("get('digest-abort').checkVisibility()")


# ---- For everybody


@needs_browser
@pytest.mark.parametrize("size", [PHONE, TABLET, DESK])
def test_it_fits_the_screen(browser: Browser, size: Size) -> None:
    long = {**STORY, "headline": "x" * 300}
    answer = {**DIGEST, "sections": [{"heading": "y" * 300, "entries": [long]}]}
    answers = [(200, READY), (200, READY), (200, answer)]
    with page_of(*answers) as (url, _), browser.page(url, size) as page:
        make_digest(page)
        page.wait("!get('digest-answer').hidden")
        assert page.value("document.documentElement.scrollWidth <= innerWidth")


@needs_browser
def test_it_is_used_with_the_keyboard_and_named_for_screen_readers(browser: Browser) -> None:
    with page_of((200, READY), (200, READY)) as (url, _), browser.page(url) as page:
        open_digest(page)
        page.value("document.querySelector('#digest summary').focus()")
        reached = []
        for _ in range(5):
            page.press("Tab")
            reached.append(page.value("document.activeElement.id || document.activeElement.name"))
        assert reached == [
            "digest-sources", "opml", "digest-language", "digest-hours", "digest-submit",
        ]  # fmt: skip
        nodes = page.ask("Accessibility.getFullAXTree")["nodes"]
        named = {
            (node["role"]["value"], node["name"]["value"])
            for node in nodes
            if not node["ignored"] and "name" in node
        }
        assert {
            ("form", "Revue"), ("textbox", "Adresses de flux ou de pages, une par ligne"),
            ("button", "Faire la revue"), ("radio", "30\u00a0jours"),
        } <= named  # fmt: skip
