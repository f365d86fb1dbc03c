"""The page as an editor uses it, in a real browser at three sizes of the screen."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser import CHROMIUM, DESK, PHONE, TABLET, Browser, Page, Size, opened
from tests.engines import running
from tests.service.web.test_page import READY, messages, page_of

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")

FIRST = "L'hébergeur Nuagis ouvre une région à Lille."
SECOND = "Le site a coûté 45 millions d'euros."
TEXT = f"{FIRST} {SECOND} Il est refroidi à l'eau de pluie."


def sentence(text: str, **more: Any) -> dict[str, Any]:
    """A sentence of an answer, with itself in TEXT as its evidence."""
    start = max(0, TEXT.find(text))
    passage = {"paragraph": 0, "start": start, "end": start + len(text), "text": text}
    return {
        "text": text, "french": text, "evidence": [passage], "supported": True,
        "french_supported": True,
        "unsupported": [], **more,
    }  # fmt: skip


def answer(*texts: str, **more: Any) -> tuple[int, dict[str, Any]]:
    """The service's answer with these sentences."""
    body = {
        "summary": " ".join(texts), "language": "fr", "headline": "Nuagis s'installe à Lille",
        "sentences": [sentence(text) for text in texts],
        "article": {
            "title": "", "byline": "", "published": "", "source": "", "language": "fr",
            "words": len(TEXT.split()),
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
AS_OPENED = {
    "text": TEXT,
    "language": "fr",
    "length": "medium",
    "headline": True,
    "authorization": None,
}


@pytest.mark.parametrize(
    ("selector", "changed"), CONTROLS, ids=[selector for selector, _ in CONTROLS]
)
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
        page.wait("get('reading').textContent === ''")  # This answer gives no text of the page
    key = "Bearer s\u00c3\u00a9same"  # The bytes of UTF-8, as a header's characters
    expected = AS_OPENED | {"max_words": 30, "authorization": key}
    page_body = {name: value for name, value in expected.items() if name != "text"} | {
        "html": "<p>Un article."
    }
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


# ---- On a small screen


def top_of(page: Page, selector: str) -> float:
    """How far below the screen's top an element stands."""
    return float(page.value(f"document.querySelector('{selector}').getBoundingClientRect().top"))


@pytest.mark.parametrize("size", [PHONE, TABLET])
def test_the_result_comes_to_the_top_of_a_small_screen(browser: Browser, size: Size) -> None:
    with page_of((200, READY), answer(FIRST)) as (url, _), browser.page(url, size) as page:
        summarise(page, TEXT * 20)
        assert 0 <= top_of(page, "#result-card") <= 16
        assert page.value("document.activeElement.id") == "result-title"
        assert not page.value("get('article-body').checkVisibility()")
        assert page.value("document.documentElement.scrollWidth <= innerWidth")
        page.click("#fold")
        assert page.value("get('reading').checkVisibility()")
        page.click("#fold")
        page.click(".sentence")
        page.click("#sources button")
        assert page.value(
            "get('reading').checkVisibility() && document.activeElement === get('reading')"
        )


def test_the_article_stays_beside_the_result_on_a_wide_screen(browser: Browser) -> None:
    with page_of((200, READY), answer(FIRST)) as (url, _), browser.page(url) as page:
        summarise(page)
        assert page.value("get('reading').checkVisibility() && !get('fold').checkVisibility()")


@pytest.mark.parametrize("size", [PHONE, TABLET, DESK])
def test_language_and_length_share_a_row(browser: Browser, size: Size) -> None:
    with page_of((200, READY)) as (url, _), browser.page(url, size) as page:
        page.wait("get('state').dataset.state === 'ready'")  # Its line moves what is below.
        language, length = (f".segments:has([name={name}])" for name in ("language", "length"))
        assert top_of(page, language) == top_of(page, length)
        inside = "all('.options span').every((label) => label.scrollWidth <= label.clientWidth + 1)"
        assert page.value(f"document.documentElement.scrollWidth <= innerWidth && {inside}")


def test_a_summary_can_be_stopped_on_a_telephone(browser: Browser) -> None:
    with (
        page_of((200, {**READY, "state": "loading"})) as (url, _),
        browser.page(url, PHONE) as page,
    ):
        page.wait("get('state').dataset.state === 'loading'")
        page.write("box", TEXT)
        page.value(
            "globalThis.fetch = (_, { signal }) => "
            "new Promise((_, reject) => signal?.addEventListener('abort', () => "
            "reject(signal.reason)))"
        )
        page.click("#submit")
        assert page.value("document.activeElement.id") == "abort"
        page.press("Escape")
        page.wait("get('problem').dataset.code === 'aborted'")
        assert page.value("get('box').value") == TEXT


# ---- Another summary at once


def test_another_summary_is_asked_for_beside_the_result(browser: Browser) -> None:
    sent: list[dict[str, Any]] = []
    english = {
        "language": "en",
        "sentences": [sentence("Nuagis opens.", french=FIRST)],
        "summary": "Nuagis opens.",
    }
    answers = [
        answer(FIRST, SECOND),
        answer(FIRST),
        answer(FIRST, SECOND),
        answer("x", **english),
        answer(FIRST),
    ]
    with page_of((200, READY), *answers, sent=sent) as (url, _), browser.page(url) as page:
        summarise(page)
        assert page.text("#size") == "14\u00a0mots · 2\u00a0phrases"
        for button, size in [
            ("shorter", "7\u00a0mots · 1\u00a0phrase"), ("longer", "14\u00a0mots · 2\u00a0phrases"),
            ("to-english", "2\u00a0mots · 1\u00a0phrase"),
            ("to-french", "7\u00a0mots · 1\u00a0phrase"),
        ]:  # fmt: skip
            page.click(f"#{button}")
            page.wait(f"!get('result').hidden && get('size').textContent === '{size}'")
            assert page.value("document.activeElement.id") == "result-title"
        assert page.value(
            "all('[name=language]:checked, [name=length]:checked').map((each) => each.value)"
        ) == ["fr", "medium"]
    changes: list[dict[str, Any]] = [{}, {"length": "short"}, {}, {"language": "en"}, {}]
    assert sent == [AS_OPENED | change for change in changes]


def test_what_cannot_be_had_is_not_offered(browser: Browser) -> None:
    ready = {**READY, "languages": ["fr"]}
    with page_of((200, ready), answer(FIRST)) as (url, _), browser.page(url) as page:
        page.click(choice("length", "long"))
        summarise(page)
        assert page.value(
            "all('.size button').filter((each) => each.checkVisibility()).map((each) => each.id)"
        ) == [
            "correct",
            "shorter",
        ]


def test_longer_is_longer_than_a_limit_of_words(browser: Browser) -> None:
    sent: list[dict[str, Any]] = []
    with (
        page_of((200, READY), answer(FIRST), answer(FIRST, SECOND), sent=sent) as (url, _),
        browser.page(url) as page,
    ):
        wait_until_ready(page)
        page.write("max-words", "10")
        summarise(page)
        page.click("#longer")
        page.wait("get('size')?.textContent.startsWith('14')")
        assert page.value("get('max-words').value") == ""
    assert sent == [AS_OPENED | {"max_words": 10}, AS_OPENED | {"length": "long"}]


# ---- Corrections, and what is copied


def copied(page: Page, label: str) -> str:
    """What a button with this label copies."""
    page.value("navigator.clipboard.writeText = async (text) => { globalThis.copied = text; }")
    button = f"all('#result button').find((each) => each.textContent === '{label}')"
    page.wait(button)  # Which says for a while that it has copied
    page.value(f"{button}.click()")
    page.wait("all('#result button').some((each) => each.textContent === 'Copié')")
    return str(page.value("globalThis.copied"))


def test_a_summary_is_corrected_with_the_keyboard_and_copied_so(browser: Browser) -> None:
    doubt = {
        "unsupported": [{"kind": "number", "text": "45"}],
        "supported": False,
        "french_supported": False,
    }
    body = {"sentences": [sentence(FIRST), sentence(SECOND, **doubt)]}
    with (
        page_of((200, READY), answer(FIRST, SECOND, **body)) as (url, _),
        browser.page(url) as page,
    ):
        summarise(page)
        assert page.value("all('.badge').map((each) => each.textContent)") == ["à vérifier"]
        page.value("get('correct').focus()")
        page.press("Enter")
        assert page.value("document.activeElement.labels[0].textContent") == "Titre"
        page.press("Tab")
        assert page.value("all('mark.chosen').map((each) => each.textContent)") == [FIRST]
        page.press("Tab")
        page.value("document.activeElement.select()")
        page.type("Le site a coûté cher.\nTrès cher.")
        assert page.text("#size") == "14\u00a0mots · 2\u00a0phrases"
        page.press("Enter", control=True)
        assert page.value("document.activeElement.id") == "correct"
        assert page.text("#summary") == f"{FIRST} Le site a coûté cher. Très cher. corrigée"
        assert (
            copied(page, "Copier le résumé")
            == f"{FIRST.replace(chr(39), '’')} Le site a coûté cher. Très cher."
        )
        page.click("#restore")
        assert page.text("#summary") == f"{FIRST} {SECOND} à vérifier"
        assert not page.value("get('restore').checkVisibility()")


def test_a_sentence_that_is_emptied_is_left_out_and_the_corrected_summary_is_kept(
    browser: Browser,
) -> None:
    answers = [answer(FIRST, SECOND), answer(FIRST)]
    with page_of((200, READY), *answers) as (url, _), browser.page(url) as page:
        summarise(page)
        page.click("#correct")
        page.write("correct-0", "")
        page.write("correct-headline", "Un site à Lille")
        page.press("Escape")
        assert page.text("#summary") == SECOND
        page.click(".sentence")
        assert page.text("#sources h3") == "Source de la phrase 2"
        assert copied(page, "Copier le titre") == "Un site à Lille"
        page.click("#shorter")
        page.wait("!get('result').hidden && get('summary').innerText.startsWith('L\\'h')")
        page.click("#back-corrected")
        assert (page.text("#summary"), page.text(".headline")) == (SECOND, "Un site à Lille")
        assert page.value("all('[name=length]:checked')[0].value") == "medium"


def test_french_typography_can_be_switched_off(browser: Browser) -> None:
    quoted = "L'hébergeur l'a dit : \"Oui\" - enfin."
    as_printed = "L’hébergeur l’a dit\u00a0: «\u00a0Oui\u00a0» – enfin."
    answers = [answer(quoted), answer(quoted), answer(quoted, language="en")]
    with page_of((200, READY), *answers) as (url, _), browser.page(url) as page:
        summarise(page)
        assert copied(page, "Copier le résumé") == as_printed
        assert as_printed in copied(page, "Copier en Markdown")
        page.click("#typography")
        assert copied(page, "Copier le résumé") == quoted
        page.click("#shorter")  # It is remembered as long as the page is open, and stored nowhere
        page.wait("!get('result').hidden && !get('shorter')")
        assert copied(page, "Copier le résumé") == quoted
        assert page.value(
            "[localStorage.length, sessionStorage.length, get('typography').checked]"
        ) == [0, 0, False]
        page.click("#to-english")
        page.wait("!get('result').hidden && get('to-french')")
        assert not page.value("Boolean(get('typography'))")


# ---- What is heard


def with_voices(page: Page) -> None:
    """Gives the page voices that only note what they are to say (`heard`), and how often they are
    cut off (`cancelled`)."""
    page.value("""(() => {
        globalThis.heard = [];
        globalThis.cancelled = 0;
        class Utterance extends EventTarget {
            constructor(text) { super(); this.text = text; }
        }
        globalThis.voices = [
            { lang: "fr-FR", localService: false, default: true },
            { lang: "fr-CA", localService: true, default: false },
            { lang: "en_GB", localService: true, default: false },
            { lang: "en-US", localService: true, default: true },
        ];
        const speech = {
            speak: (utterance) => heard.push(utterance),
            cancel: () => cancelled++,
            getVoices: () => voices,
        };
        globalThis.SpeechSynthesisUtterance = Utterance;
        Object.defineProperty(globalThis, "speechSynthesis", { value: speech });
    })()""")


HEARD = "heard.map(({ text, lang, voice }) => [text, lang, voice === voices.at(-1)])"


def test_a_summary_is_read_aloud_as_corrected_and_stopped(browser: Browser) -> None:
    answers = [answer(FIRST, SECOND), answer(FIRST)]
    with page_of((200, READY), *answers) as (url, _), browser.page(url) as page:
        with_voices(page)
        summarise(page)
        page.click("#correct")
        page.write("correct-1", "Il a coûté cher.")
        page.press("Escape")
        page.click("#listen")
        texts = ["Nuagis s'installe à Lille", FIRST, "Il a coûté cher."]
        assert page.value(HEARD) == [[text, "fr-CA", False] for text in texts]
        assert page.text("#listen") == messages("PHRASES")["stop_listening"]
        page.value("heard[0].dispatchEvent(new Event('end'))")
        assert page.text("#listen") == messages("PHRASES")["stop_listening"]
        page.value("heard[2].dispatchEvent(new Event('end'))")
        assert page.text("#listen") == messages("PHRASES")["listen"]
        page.click("#listen")
        stopped = page.value("cancelled")
        page.click("#listen")
        assert page.value("cancelled") == stopped + 1
        assert page.text("#listen") == messages("PHRASES")["listen"]
        page.click("#listen")
        page.click("#shorter")  # The button goes, so the voice has to
        assert page.value("cancelled") == stopped + 2


def test_english_is_read_in_english_and_a_failing_voice_is_told(browser: Browser) -> None:
    english = {"language": "en", "headline": None, "summary": "Nuagis opens."}
    body = answer("x", **english, sentences=[sentence("Nuagis opens.", french=FIRST)])
    with page_of((200, READY), body) as (url, _), browser.page(url) as page:
        with_voices(page)
        summarise(page)
        page.click("#listen")
        assert page.value(HEARD) == [["Nuagis opens.", "en-US", True]]
        failure = "Object.assign(new Event('error'), { error: 'language-unavailable' })"
        page.value(f"heard[0].dispatchEvent({failure})")
        assert page.text("#listen") == page.text("#announce") == messages("PHRASES")["no_voice"]


def test_no_voice_that_sends_the_text_away_reads_it(browser: Browser) -> None:
    with page_of((200, READY), answer(FIRST)) as (url, _), browser.page(url) as page:
        with_voices(page)
        page.value("voices.splice(1, 1), 0")
        summarise(page)
        page.click("#listen")
        assert page.value(HEARD) == []
        assert page.text("#listen") == messages("PHRASES")["no_voice"]


def test_nothing_is_offered_to_hear_where_the_browser_cannot_read(browser: Browser) -> None:
    with page_of((200, READY), answer(FIRST)) as (url, _), browser.page(url) as page:
        page.value("Object.defineProperty(globalThis, 'speechSynthesis', { value: undefined }), 0")
        summarise(page)
        assert not page.value("Boolean(get('listen'))")


# ---- Numbers and details


def test_one_word_is_singular_and_details_are_folded(browser: Browser) -> None:
    with page_of((200, READY), answer("Oui.")) as (url, _), browser.page(url) as page:
        wait_until_ready(page)
        page.write("box", "Mot")
        assert page.text("#count").strip() == "1\u00a0mot, 3\u00a0caractères."
        page.write("box", "a\ufeffb c")  # Two words for the service too
        assert page.text("#count").strip() == "2\u00a0mots, 5\u00a0caractères."
        summarise(page)
        assert page.text("#size") == "1\u00a0mot · 1\u00a0phrase"
        assert "Révision" not in page.text(".facts")
        page.click("#details summary")
        assert page.text("#details dl").split("\n") == [
            "Modèle",
            "m",
            "Révision",
            "r",
            "Durée",
            "1,2\u00a0s",
        ]


def test_no_duration_is_shown_of_an_answer_that_was_kept(browser: Browser) -> None:
    with page_of((200, READY), answer(FIRST, origin="hit")) as (url, _), browser.page(url) as page:
        summarise(page)
        page.click("#details summary")
        facts = page.text(".facts")
        assert "gardée en mémoire" in facts
        assert "Durée" not in facts
        assert "1,2" not in facts


ARTICLE = """[journal.example](https://journal.example)

# Nuagis ouvre une région à Lille

Claire Martin Publié : 12/03/2025 à 09:30

4-5 minutes

L'hébergeur français Nuagis ouvre mardi une nouvelle région à Lille, a annoncé sa directrice, \
Anne Leroy. Le site a

Lire aussi : [Pourquoi les hôpitaux changent d'hébergeur](https://journal.example/h)

coûté 45 millions d'euros et compte *1 200 serveurs*, selon le groupe.

L'entreprise emploie 320 personnes et vise les administrations, qui cherchent à quitter \
les fournisseurs américains.

Inscrivez-vous à notre newsletter
"""


def test_an_article_is_shown_as_it_was_read_and_counted_as_the_service_does(
    browser: Browser,
) -> None:
    with running() as service, browser.page(service.url) as page:
        summarise(page, ARTICLE)
        aside = "all('#reading .aside').map((each) => each.lastChild.textContent)"
        assert page.value(aside) == [
            "journal.example",
            "Claire Martin Publié : 12/03/2025 à 09:30\n4-5 minutes",
            "Lire aussi : Pourquoi les hôpitaux changent d'hébergeur",
            "Inscrivez-vous à notre newsletter",
        ]
        assert page.text("#reading .title") == "Nuagis ouvre une région à Lille"
        read = page.value(
            "[...get('reading').childNodes].filter((each) => !each.matches?.('.aside, .title'))"
            ".map((each) => each.textContent).join('')"
        )
        assert (
            "Le site a coûté 45 millions d'euros et compte 1 200 serveurs, selon le "
            "groupe.\n\nL'entreprise" in read
        )
        words = len(read.split())
        assert (
            page.text("#count")
            == f"{words}\u00a0mots dans l’article. Ce qui a été mis de côté est en gris."
        )
        assert f"{words}\u00a0mots" in page.text(".facts") or f"sur {words}," in page.text(".facts")
        page.click(".sentence")
        assert page.value("all('#reading mark.chosen').length") == 1


# ---- What helps


def paste(page: Page, text: str) -> None:
    """Pastes a text into the box."""
    page.value(f"""(() => {{
        const clipboardData = new DataTransfer();
        clipboardData.setData("text/plain", {json.dumps(text)});
        get("box").value = {json.dumps(text)};
        get("box").dispatchEvent(new ClipboardEvent("paste", {{ clipboardData, bubbles: true }}));
    }})()""")


ADDRESS = "https://journal.example/a?b=c"


def test_an_address_where_addresses_are_off_is_said_to_be_one(browser: Browser) -> None:
    closed = {**READY, "limits": {"allow_urls": False, "max_characters": 200_000}}
    expected = messages("PROBLEMS")["urls_disabled"]
    with page_of((200, closed)) as (url, asked), browser.page(url) as page:
        wait_until_ready(page)
        paste(page, f" {ADDRESS}\n")
        page.wait("!get('offer').hidden")
        assert page.text("#offer-text") == expected
        page.click("#submit")
        page.wait("!get('problem').hidden")
        assert page.text("#problem-text") == expected
        assert page.value("[document.activeElement.id, get('box').ariaInvalid]") == ["box", "true"]
    assert asked == ["/info"]


@pytest.mark.parametrize("is_pasted", [True, False])
def test_an_address_in_the_box_is_its_page_where_addresses_are_on(
    browser: Browser, is_pasted: bool
) -> None:
    sent: list[dict[str, Any]] = []
    with page_of((200, READY), answer(FIRST), sent=sent) as (url, _), browser.page(url) as page:
        wait_until_ready(page)
        if is_pasted:
            paste(page, ADDRESS)
            page.wait("!get('offer').hidden")
        else:
            page.write("box", ADDRESS)
        page.click("#submit")
        page.wait("!get('result').hidden")
    assert [body.get("url") for body in sent] == [ADDRESS]


AGAIN, EDIT = "Recommencer", "Modifier l’article"


@pytest.mark.parametrize(
    ("status", "code", "buttons"),
    [
        (422, "too_short", [EDIT]), (422, "consent_only", [EDIT]), (413, "too_large", [EDIT]),
        (503, "queue_full", [AGAIN]),
        (500, "internal", [AGAIN]), (502, "fetch_failed", [AGAIN, EDIT]),
        (422, "not_french", ["C’est bien", EDIT]),
        (400, "malformed_json", []), (500, "new_in_the_service", [AGAIN]),
        (422, "new_in_the_service", [EDIT]),
    ],
)  # fmt: skip
def test_what_is_offered_against_a_problem_may_help(
    browser: Browser, status: int, code: str, buttons: list[str]
) -> None:
    problem = {"code": code, "status": status, "detail": "d", "request_id": "abc"}
    with page_of((200, READY), (status, problem)) as (url, _), browser.page(url, PHONE) as page:
        wait_until_ready(page)
        page.write("box", TEXT)
        page.click("#submit")
        page.wait("!get('problem').hidden")
        shown = page.value("all('#problem button').map((each) => each.textContent)")
        assert [text[: len(button)] for text, button in zip(shown, buttons, strict=True)] == buttons
        assert "abc" in page.value("get('problem').textContent")
        if EDIT in buttons:
            page.value(
                f"all('#problem button').find((each) => each.textContent === '{EDIT}').click()"
            )
            assert page.value("[document.activeElement.id, get('box').checkVisibility()]") == [
                "box",
                True,
            ]
