"""The browser extension: what it may do, what it says, and how it is used in a real browser."""

import json
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from pydantic import SecretStr

from service import __version__
from service.settings import Settings
from service.warning import WARNINGS
from tests.browser import CHROMIUM, NAMES, WAIT_SECONDS, Browser, Page, opened
from tests.engines import ARTICLE, running
from tests.service.web.test_page import DOUBTFUL, Elements, problem_codes

ROOT = Path(__file__).parents[2]
EXTENSION = ROOT / "deploy" / "extension"
MANIFEST = json.loads((EXTENSION / "manifest.json").read_text(encoding="utf-8"))
SCRIPTS = {path.name: path.read_text(encoding="utf-8") for path in EXTENSION.glob("*.js")}
PAGES = {path.name: path.read_text(encoding="utf-8") for path in EXTENSION.glob("*.html")}
TEXTS: dict[str, dict[str, str]] = {
    path.parent.name: {
        name: entry["message"] for name, entry in json.loads(path.read_text("utf-8")).items()
    }
    for path in EXTENSION.glob("_locales/*/messages.json")
}
MAX_LINES = 400

# ---- What it may do


def test_it_may_do_no_more_than_it_needs() -> None:
    assert MANIFEST["manifest_version"] == 3
    assert MANIFEST["permissions"] == ["activeTab", "scripting", "storage"]
    assert MANIFEST["optional_host_permissions"] == ["http://*/*", "https://*/*"]
    assert not MANIFEST.keys() & {
        "background", "content_scripts", "externally_connectable", "host_permissions",
        "optional_permissions", "web_accessible_resources",
    }  # fmt: skip


def test_it_runs_no_code_from_elsewhere() -> None:
    policy = dict(
        part.split(" ", 1)
        for part in MANIFEST["content_security_policy"]["extension_pages"].split("; ")
    )
    assert (policy["default-src"], policy["script-src"]) == ("'none'", "'self'")
    forbidden = r"innerHTML|outerHTML =|\beval\b|new Function|import\("
    assert not [name for name, text in SCRIPTS.items() if re.search(forbidden, text)]
    for page in PAGES.values():
        assert not Elements(page).inline.strip()
        assert not re.findall(r"\b(?:src|href)=\"(?:\w+:|//)", page)


def test_it_is_small_and_of_this_version() -> None:
    assert sum(len(text.splitlines()) for text in SCRIPTS.values()) <= MAX_LINES
    assert MANIFEST["version"] == __version__


def test_it_looks_like_the_page() -> None:
    def palette(file: Path) -> str:
        return file.read_text(encoding="utf-8").partition("* {")[0]

    page = ROOT / "service" / "web" / "page.css"
    assert palette(EXTENSION / "style.css") == palette(page), "copy the colours of page.css"


# ---- What it says

# Only a request for an address, a batch or a chat, or one that is not the extension's, meets these.
NEVER_MET = {
    "batch_too_long", "fetch_failed", "fetch_timeout", "forbidden_url", "invalid_body",
    "malformed_json", "method_not_allowed", "no_article", "not_acceptable", "not_found",
    "small_pieces", "too_many_values", "unknown_model", "unsupported_media_type", "urls_disabled",
}  # fmt: skip
HINT = "say it in deploy/extension/_locales"


def test_both_languages_say_the_same_things() -> None:
    french, english = TEXTS["fr"], TEXTS["en"]
    assert french.keys() == english.keys(), HINT
    for name, text in french.items():
        assert set(re.findall(r"\$\d", text)) == set(re.findall(r"\$\d", english[name])), name


def test_every_problem_and_warning_has_words() -> None:
    codes = {name.removeprefix("problem_") for name in TEXTS["fr"] if name.startswith("problem_")}
    assert problem_codes() - NEVER_MET <= codes, HINT
    named = set(re.findall(r'new Problem\("(\w+)"', "".join(SCRIPTS.values())))
    assert named <= codes, HINT
    warnings = {f"warning_{code}" for code in WARNINGS} - {"warning_max_words"}  # never asked for
    assert warnings <= TEXTS["fr"].keys(), HINT


def test_texts_are_used_and_there() -> None:
    used = set(re.findall(r'data-text="(\w+)"', "".join(PAGES.values())))
    used |= set(re.findall(r"__MSG_(\w+)__", json.dumps(MANIFEST)))
    scripts = "".join(SCRIPTS.values())
    unused = [
        name
        for name in TEXTS["fr"].keys() - used
        if not name.startswith(("problem_", "warning_")) and f'"{name}"' not in scripts
    ]
    assert used <= TEXTS["fr"].keys()
    assert not unused


def test_typography_is_french() -> None:
    texts = (re.sub(r"https?://\S+", "", text) for text in TEXTS["fr"].values())
    assert not [text for text in texts if re.search(r"(?<!\u00a0)[:;?!»]|«(?!\u00a0)|'", text)]


# ---- How it is used

TITLE = "Nuagis ouvre une région à Lille"
PAGE = f"""<!doctype html><html lang="fr"><title>{TITLE}</title><script>const secret = 1;</script>
<article><h1>{TITLE}</h1><p id="first">{ARTICLE}</p>
<p>Le groupe prévoit d'ouvrir deux autres sites en 2027, à Nantes et à Toulouse.</p></article>
<form><input name="token" value="secret"><select><option>secret</option></select></form>
<p contenteditable>Mon secret est un brouillon.</p></html>"""
SITE = {"/article": PAGE, "/short": "<title>Court</title><p>Trois mots seulement."}

needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")


class Site(BaseHTTPRequestHandler):
    """A newspaper's site, which is no Brève service either."""

    def do_GET(self) -> None:
        self._answer(200, SITE.get(self.path, ""))

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(301 if self.path.startswith("/moved/") else 404, "Ailleurs.")

    def _answer(self, status: int, text: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Location", "/elsewhere")
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """The address of the newspaper's site."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class Installed:
    """The extension in a browser."""

    def __init__(self, browser: Browser, folder: Path) -> None:
        self._browser = browser
        self.id = str(browser.ask("Extensions.loadUnpacked", path=str(folder))["id"])
        self.address = f"chrome-extension://{self.id}"

    @contextmanager
    def tab(self, url: str) -> Iterator[Page]:
        """A loaded tab."""
        target = self._browser.ask("Target.createTarget", url=url)["targetId"]
        page = self._attach(target)
        page.wait("document.readyState === 'complete' && location.protocol !== 'about:'")
        try:
            yield page
        finally:
            self._browser.ask("Target.closeTarget", targetId=target)

    @contextmanager
    def popup(self, url: str, script: str = "0") -> Iterator[Page]:
        """The popup over a tab, in which the script has run before."""
        with self.tab(url) as page:
            page.value(script)
            tab = self._target("tab", url)
            self._browser.ask("Extensions.triggerAction", id=self.id, targetId=tab)
            popup = self._attach(self._target("page", f"{self.address}/popup.html"))
            popup.wait("get('source').textContent || !get('problem').hidden")
            yield popup
            popup.value("close()")

    @contextmanager
    def options(self) -> Iterator[Page]:
        """The page of options."""
        with self.tab(f"{self.address}/options.html") as page:
            page.wait("get('address').value")
            yield page

    def _attach(self, target: str) -> Page:
        session = self._browser.ask("Target.attachToTarget", targetId=target, flatten=True)
        page = Page(self._browser, session["sessionId"])
        page.value(f"{NAMES} 0")
        return page

    def _target(self, kind: str, url: str) -> str:
        """The browser's name for a tab or a page, which may still have to open."""
        end = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < end:
            targets = self._browser.ask("Target.getTargets", filter=[{}])["targetInfos"]
            for target in targets:
                if (target["type"], target["url"]) == (kind, url):
                    return str(target["targetId"])
        raise AssertionError(f"{url} does not open")


@contextmanager
def installed(folder: Path, has_access: bool, language: str = "fr") -> Iterator[Installed]:
    """The extension, with access to services on this machine as if a user had allowed it."""
    copy = folder / "extension"
    shutil.copytree(EXTENSION, copy)
    access = {"host_permissions": ["http://127.0.0.1/*"]} if has_access else {}
    (copy / "manifest.json").write_text(json.dumps(MANIFEST | access), encoding="utf-8")
    more = f"--enable-unsafe-extension-debugging --lang={language}"
    with opened(folder / "profile", more) as browser:
        yield Installed(browser, copy)


@pytest.fixture(scope="module")
def extension(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    with installed(tmp_path_factory.mktemp("extension"), has_access=True) as allowed:
        yield allowed


def store(page: Page, **values: str) -> None:
    """Sets options, as their page does."""
    page.value(f"chrome.storage.local.set({json.dumps(values)})")


def ask(popup: Page, **values: str) -> None:
    """Sets options, asks for the summary, and waits for it or a problem."""
    store(popup, **values)
    popup.click("#submit")
    popup.wait("!get('result').hidden || !get('problem').hidden")


@needs_chromium
def test_a_page_is_summarised_with_its_sources(extension: Installed, site: str) -> None:
    with running() as service, extension.popup(f"{site}/article") as popup:
        assert popup.text("#source") == f"Page\u00a0: {TITLE}"
        assert popup.value("document.activeElement.id") == "submit"
        popup.click("[name=length][value=short]")
        ask(popup, address=service.url)
        assert popup.text(".headline") == TITLE
        sentence = popup.text("#summary .text")
        assert sentence.startswith("L'hébergeur français Nuagis ouvre")
        assert popup.value("all('.sources summary').map((each) => each.innerText)") == [sentence]
        popup.click(".sources summary")
        assert popup.value("all('blockquote').map((each) => each.innerText)") == [sentence]
        assert popup.value("document.activeElement.id") == "result-title"
        popup.value("navigator.clipboard.writeText = async (text) => { globalThis.copied = text; }")
        popup.click(".copy")
        popup.wait("all('.copy')[0].innerText === 'Copié'")
        assert popup.value("globalThis.copied") == f"{TITLE}\n\n{sentence}"


@needs_chromium
def test_programs_and_fields_of_the_page_are_not_sent(extension: Installed, site: str) -> None:
    with extension.popup(f"{site}/article") as popup:
        popup.value(
            "globalThis.fetch = async (url, { body }) => { globalThis.sent = [url, body];"
            " return new Response('{}', { status: 503 }); }"
        )
        ask(popup, address="http://127.0.0.1:1", language="fr")
        url, body = popup.value("globalThis.sent")
        sent = json.loads(body)
    assert url == "http://127.0.0.1:1/summarize"
    html = sent.pop("html")
    assert sent == {"language": "fr", "length": "medium", "headline": True}
    assert "L'hébergeur" in html
    assert "secret" not in html


@needs_chromium
def test_options_that_cannot_be_read_leave_the_button_ready(
    extension: Installed, site: str
) -> None:
    with extension.popup(f"{site}/article") as popup:
        popup.value("chrome.storage.local.get = async () => { throw new Error('full'); }")
        popup.click("#submit")
        popup.wait("!get('problem').hidden")
        assert "full" in popup.text("#problem-text")
        assert popup.value("get('submit').ariaDisabled") == "false"


SELECT = "getSelection().selectAllChildren(get('first'))"
SELECT_WORD = (
    "getSelection().setBaseAndExtent(get('first').firstChild, 0, get('first').firstChild, 11)"
)


@needs_chromium
def test_a_selection_is_sent_instead_of_the_page(extension: Installed, site: str) -> None:
    with running() as service, extension.popup(f"{site}/article", SELECT) as popup:
        assert popup.text("#source") == f"Mots sélectionnés\u00a0: {len(ARTICLE.split())}"
        ask(popup, address=service.url)
        assert popup.value("!get('result').hidden")
        assert "Toulouse" not in service.engine.texts()


@needs_chromium
def test_english_stands_beside_its_french(extension: Installed, site: str) -> None:
    with running() as service, extension.popup(f"{site}/article") as popup:
        popup.click("[name=language][value=en]")
        ask(popup, address=service.url)
        assert popup.text(".text").startswith("They say that the hosting company")
        assert popup.value("all('.text, .headline').map((each) => each.lang)") == ["en", "en"]
        assert popup.value("all('.sources p').at(-1).textContent").startswith(
            "En français\u00a0: L"
        )


@needs_chromium
def test_what_is_doubtful_is_marked_and_opened(extension: Installed, site: str) -> None:
    doubt = {"kind": "number", "text": "$12"}
    warning = {**DOUBTFUL["warnings"][0], "facts": [doubt]}
    sentence = {**DOUBTFUL["sentences"][0], "unsupported": [doubt], "evidence": []}
    answer = {**DOUBTFUL, "sentences": [sentence], "warnings": [warning]}
    with extension.popup(f"{site}/article") as popup:
        popup.value(f"globalThis.fetch = async () => Response.json({json.dumps(answer)})")
        ask(popup, address="http://127.0.0.1:1")
        assert popup.text(".badge") == "à vérifier"
        assert popup.text(".warning li") == (
            "Phrase\u00a01\u00a0: à comparer avec le français, dont la traduction s’écarte "
            "(«\u00a0$12\u00a0»)."
        )
        assert popup.text("details[open] .warning").endswith("complète («\u00a0$12\u00a0»).")
        assert popup.text("details[open]").endswith(TEXTS["fr"]["no_passage"])


PROBLEMS = [
    ("/article", "0", "http://127.0.0.1:1", "unreachable"),
    ("/article", "0", "SITE", "unknown"),
    ("/article", "0", "SITE/moved", "redirected"),
    ("/article", "0", "SERVICE", "unauthorized"),
    ("/short", "0", "OPEN", "too_short"),
    ("/article", SELECT_WORD, "OPEN", "too_short_selection"),
]


@needs_chromium
@pytest.mark.parametrize(("path", "script", "address", "code"), PROBLEMS)
def test_what_goes_wrong_is_told(
    extension: Installed, site: str, path: str, script: str, address: str, code: str
) -> None:
    keys = Settings(api_keys=SecretStr("" if address == "OPEN" else "secret"))
    with running(settings=keys) as service, extension.popup(f"{site}{path}", script) as popup:
        address = re.sub("SERVICE|OPEN", service.url, address).replace("SITE", site)
        ask(popup, address=address, key="wrong")
        text = TEXTS["fr"][f"problem_{code}"].replace("$1", address).replace("$2", "404")
        assert popup.text("#problem-text") == text
        assert popup.value("document.activeElement.id") == "problem-text"
        assert popup.value("get('problem-options').hidden") == code.startswith("too_short")


@needs_chromium
def test_a_page_of_the_browser_cannot_be_read(extension: Installed) -> None:
    with extension.popup("chrome://version/") as popup:
        assert popup.text("#problem-text") == TEXTS["fr"]["problem_unreadable"]


@needs_chromium
def test_options_are_saved_and_used(extension: Installed, site: str) -> None:
    settings = Settings(api_keys=SecretStr("sésame"))
    with running(settings=settings) as service:
        with extension.options() as options:
            options.write("address", "127.0.0.1:8000")
            options.press("Enter")
            options.wait("get('status').textContent")
            assert options.text("#status") == TEXTS["fr"]["wrong_address"]
            assert options.value("[document.activeElement.id, get('address').ariaInvalid]") == [
                "address",
                "true",
            ]
            options.write("address", f" {service.url}/ ")
            options.write("key", " sésame ")
            options.click("[name=language][value=en]")
            options.click("[name=length][value=long]")
            options.click("[type=submit]")
            options.wait(f"get('status').textContent === '{TEXTS['fr']['saved']}'")
            expected = {"address": service.url, "key": "sésame", "language": "en", "length": "long"}
            assert options.value("chrome.storage.local.get()") == expected
        with extension.popup(f"{site}/article") as popup:
            ask(popup)
            assert popup.text(".text").startswith("They say")
            assert popup.value("chrome.storage.local.get()") == expected
            store(popup, language="fr", length="medium", key="")


@needs_chromium
def test_without_access_it_needs_the_service_to_name_its_origin(tmp_path: Path, site: str) -> None:
    with installed(tmp_path, has_access=False, language="en") as extension:
        with running() as service, extension.popup(f"{site}/article") as popup:
            ask(popup, address=service.url)
            text = TEXTS["en"]["problem_no_access"].replace("$1", service.url)
            assert popup.text("#problem-text") == text
        named = Settings(cors_origins=extension.address)
        with running(settings=named) as service, extension.popup(f"{site}/article") as popup:
            ask(popup, address=service.url)
            assert popup.text(".headline") == TITLE
