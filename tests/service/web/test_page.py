"""The page: how it is served, that it loads nothing from elsewhere, and that it has French words
for all that can happen."""

import ast
import fnmatch
import html
import json
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from pydantic import SecretStr

from service.api.contract.examples import EXAMPLE_TEXT
from service.api.contract.problems import Problem
from service.api.contract.requests import SummarizeBody
from service.api.observing.metrics import STEPS
from service.api.page import MEDIA_TYPES
from service.api.refusals import State
from service.choosing.lengths import MAX_MAX_WORDS, MIN_MAX_WORDS, Length
from service.facts.fact import FactKind
from service.settings import Settings
from service.warning import WARNINGS
from tests.engines import ARTICLE, Service, running

ROOT = Path(__file__).parents[3]
WEB = ROOT / "service" / "web"
FILES = sorted(path for path in WEB.iterdir() if path.suffix not in (".py", "") and path.is_file())
SCRIPTS = {path.name: path.read_text(encoding="utf-8") for path in FILES if path.suffix == ".js"}
HTML = (WEB / "index.html").read_text(encoding="utf-8")
NODE, CHROMIUM = shutil.which("node"), shutil.which("chromium")
CODE = re.compile(r"[a-z]+(_[a-z]+)*")


class Elements(HTMLParser):
    """All elements of a page with their attributes, and the text in scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.inline = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        if self.cdata_elem:
            self.inline += data

    def values(self, name: str) -> set[str]:
        """The values of a group of radio buttons."""
        return {
            attributes["value"]
            for tag, attributes in self.found
            if tag == "input" and attributes.get("name") == name
        }

    def by_id(self, name: str) -> dict[str, str]:
        (attributes,) = [attributes for _, attributes in self.found if attributes.get("id") == name]
        return attributes


PAGE = Elements(HTML)


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    with running(settings=Settings(api_keys=SecretStr("secret"))) as started:
        yield started


# ---- How it is served


def path_of(file: Path) -> str:
    return "/" if file.name == "index.html" else f"/web/{file.name}"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_file_is_served_without_a_key(service: Service, file: Path) -> None:
    answer = service.client.get(path_of(file))
    assert (answer.status_code, answer.content) == (200, file.read_bytes())
    assert answer.headers["content-type"] == MEDIA_TYPES[file.suffix[1:]]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-cache"
    policy = dict(
        part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; ")
    )
    assert policy["default-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["object-src"] == "'none'"
    assert "unsafe" not in answer.headers["content-security-policy"]


def test_a_file_that_the_browser_has_is_not_sent_again(service: Service) -> None:
    first = service.client.get("/web/app.js")
    again = service.client.get(
        "/web/app.js", headers={"if-none-match": f'"other", W/{first.headers["etag"]}'}
    )
    assert (again.status_code, again.content, again.headers["etag"]) == (
        304,
        b"",
        first.headers["etag"],
    )
    assert (
        service.client.get("/web/app.js", headers={"if-none-match": '"other"'}).status_code == 200
    )


def test_nothing_else_is_served(service: Service) -> None:
    for path in (
        "/web/",
        "/web/__init__.py",
        "/web/../settings.py",
        "/web/%2e%2e/settings.py",
        "/web/index.html",
    ):
        assert service.client.get(path).status_code == 404, path
    assert service.client.post("/web/app.js", json={}).status_code == 405


def test_the_page_is_no_part_of_the_contract(service: Service) -> None:
    paths = service.client.get("/openapi.json").json()["paths"]
    assert not [path for path in paths if path == "/" or path.startswith("/web")]


def test_requests_of_the_page_are_counted_by_file(service: Service) -> None:
    service.client.get("/web/page.css")
    assert 'route="/web/page.css",status="200"' in service.client.get("/metrics").text


def test_every_file_is_packaged() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    setuptools = project["tool"]["setuptools"]
    patterns = setuptools["package-data"]["service.web"]
    assert "service*" in setuptools["packages"]["find"]["include"]
    assert not [
        file.name
        for file in FILES
        if not any(fnmatch.fnmatch(file.name, pattern) for pattern in patterns)
    ]


# ---- What is in it


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_no_file_names_another_address(file: Path) -> None:
    text = file.read_text(encoding="utf-8").replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert not re.findall(r"(?:https?:|[\"'(])//\w[^\"'\s]*", text)


def test_nothing_is_inline() -> None:
    assert not PAGE.inline.strip()
    assert not [tag for tag, _ in PAGE.found if tag == "style"]
    attributes = {name for _, attributes_of_tag in PAGE.found for name in attributes_of_tag}
    assert not [name for name in attributes if name == "style" or name.startswith("on")]


def test_texts_are_inserted_as_texts() -> None:
    forbidden = (
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|DOMParser"
        r"|\.style\b"
    )
    assert not {
        name for name, text in SCRIPTS.items() if re.search(forbidden, re.sub(r"//.*", "", text))
    }


def test_everything_that_the_page_refers_to_is_there() -> None:
    names = {path.name for path in FILES}
    linked = [
        attributes.get("href") or attributes.get("src", "")
        for tag, attributes in PAGE.found
        if tag in ("link", "script", "img")
    ]
    imported = [
        name for text in SCRIPTS.values() for name in re.findall(r'from "\./([\w.]+)"', text)
    ]
    assert {link.removeprefix("web/") for link in linked} | set(imported) <= names
    ids = {attributes["id"] for _, attributes in PAGE.found if "id" in attributes}
    asked = {
        name
        for text in SCRIPTS.values()
        for name in re.findall(r'(?<!\.)\bget\("([\w-]+)"\)', text)
    }
    assert asked <= ids
    referring = ("for", "aria-describedby", "aria-labelledby")
    assert {
        name
        for _, attributes in PAGE.found
        for key in referring
        for name in attributes.get(key, "").split()
    } <= ids


def test_the_example_is_where_the_page_looks_for_it(service: Service) -> None:
    contract = service.client.get("/openapi.json").json()
    assert contract["components"]["schemas"]["SummarizeBody"]["examples"][0]["text"] == EXAMPLE_TEXT


def test_every_field_has_a_label() -> None:
    labelled = {
        attributes["for"]
        for tag, attributes in PAGE.found
        if tag == "label" and "for" in attributes
    }
    fields = [attributes for tag, attributes in PAGE.found if tag in ("input", "textarea")]
    assert {
        attributes["id"]
        for attributes in fields
        if attributes.get("type") not in ("radio", "checkbox")
    } <= labelled  # Those stand in theirs


def test_choices_are_those_of_the_service() -> None:
    fields = SummarizeBody.model_json_schema()["properties"]
    assert PAGE.values("language") == set(fields["language"]["enum"])
    assert PAGE.values("length") == {length.value for length in Length}
    assert PAGE.values("kind") <= fields.keys()
    words = PAGE.by_id("max-words")
    assert (int(words["min"]), int(words["max"])) == (MIN_MAX_WORDS, MAX_MAX_WORDS)


# ---- What it says


def messages(name: str) -> dict[str, str]:
    """One of the objects in messages.js, which are written as JSON."""
    table = re.search(
        rf"^export const {name} = (\{{.*?^\}});$", SCRIPTS["messages.js"], re.DOTALL | re.MULTILINE
    )
    assert table, name
    read: dict[str, str] = json.loads(table[1])
    return read


def nodes(*places: str) -> Iterator[ast.AST]:
    """Everything in some modules, which are named themselves or by their folder."""
    for place in places:
        for path in (
            [ROOT / place] if place.endswith(".py") else sorted((ROOT / place).rglob("*.py"))
        ):
            yield from ast.walk(ast.parse(path.read_text(encoding="utf-8")))


def called(node: ast.AST) -> str:
    """The name of the function that is called, without what stands before it; empty if nothing
    is."""
    if not isinstance(node, ast.Call):
        return ""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def constants(node: ast.AST) -> set[str]:
    """The codes that stand in an expression."""
    values = {child.value for child in ast.walk(node) if isinstance(child, ast.Constant)}
    return {value for value in values if isinstance(value, str) and CODE.fullmatch(value)}


def problem_codes() -> set[str]:
    """The codes of all problems that the service answers: given to ApiError or problem(), or
    assigned to `code`."""
    codes = {state.value for state in State} - {State.READY}
    codes |= {
        HTTPStatus(status).phrase.lower().replace(" ", "_") for status in (404, 405)
    }  # Starlette's own
    for node in nodes(
        "service/api", "service/reading/article.py", "service/fetch", "service/reading/reader.py"
    ):
        name = called(node)
        if isinstance(node, ast.Call) and name in ("ApiError", "problem"):
            codes |= constants(node.args[1 if name == "ApiError" else 2])
        if isinstance(node, ast.Assign):
            codes |= assigned(node)
    return codes


def assigned(node: ast.Assign) -> set[str]:
    """The codes that an assignment gives to a variable `code`, alone or in a tuple."""
    codes = set()
    for target in node.targets:
        if isinstance(target, ast.Name) and target.id == "code":
            codes |= constants(node.value)
        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            pairs = zip(target.elts, node.value.elts, strict=True)
            codes |= {
                code
                for name, value in pairs
                if getattr(name, "id", "") == "code"
                for code in constants(value)
            }
    return codes


def step_names() -> set[str]:
    return {code for node in nodes("service/summarizer.py") if isinstance(node,
    ast.Call) and called(node) == "step"
            for code in constants(node.args[0])}  # fmt: skip


def test_codes_are_found_in_the_program() -> None:
    assert {
        "too_short",
        "not_french",
        "malformed_json",
        "deadline",
        "queue_full",
        "urls_disabled",
        "loading",
    } <= problem_codes()
    assert step_names() == set(STEPS)


HINT = "say it in service/web/messages.js"


def test_every_warning_has_french_words() -> None:
    assert messages("WARNINGS").keys() == WARNINGS.keys(), HINT


def test_every_problem_has_french_words() -> None:
    assert messages("PROBLEMS").keys() == problem_codes(), HINT


def test_every_step_state_and_kind_of_fact_has_french_words() -> None:
    assert messages("STEPS").keys() == step_names() | {"loading", "waiting"}, HINT
    assert messages("STATES").keys() == {state.value for state in State} | {
        "locked",
        "unreachable",
    }, HINT
    assert messages("FACTS").keys() == {kind.value for kind in FactKind}, HINT


def test_codes_of_real_answers_are_among_those_found(service: Service) -> None:
    headers = {"authorization": "Bearer secret"}
    bodies = [
        {"text": "court"},
        {"url": "https://example.org"},
        {"text": ARTICLE, "model": "other"},
        {},
    ]
    answers = [service.client.post("/summarize", json=body, headers=headers) for body in bodies]
    answers += [service.client.post("/summarize", json=bodies[0])]
    answers += [service.client.get("/nothing"), service.client.put("/summarize")]
    answers += [
        service.client.post("/summarize", content=content, headers=headers)
        for content in (b"", b"{")
    ]
    codes = {answer.json()["code"] for answer in answers}
    assert len(codes) == 8
    assert codes <= messages("PROBLEMS").keys()


def test_what_is_filled_in_is_known() -> None:
    limits = limits_of_the_service()
    known = {
        "WARNINGS": {"facts", "language", "place"},
        "PROBLEMS": limits | {"errors", "language"} | Problem.model_fields.keys(),
        "PAGE_PROBLEMS": limits | {"status", "characters", "address", "most"},
    }
    for name, names in known.items():
        used = {
            placeholder
            for text in messages(name).values()
            for placeholder in re.findall(r"\{(\w+)\}", text)
        }
        assert used <= names, name


def limits_of_the_service() -> set[str]:
    """The names of the limits in /info, as the page gets them."""
    with running() as open_service:
        return set(open_service.client.get("/info").json()["limits"])


def test_phrases_are_used_and_there() -> None:
    used = {name for text in SCRIPTS.values() for name in re.findall(r"\bPHRASES\.(\w+)", text)}
    assert used == messages("PHRASES").keys()
    named = set(re.findall(r'new Problem\("(\w+)"', "".join(SCRIPTS.values())))
    assert named <= messages("PAGE_PROBLEMS").keys() | messages("PROBLEMS").keys()


def test_typography_is_french() -> None:
    names = ("WARNINGS", "PROBLEMS", "PAGE_PROBLEMS", "PHRASES", "STEPS", "STATES", "FACTS")
    texts = [text for name in names for text in messages(name).values()]
    assert not [
        text for text in texts if re.search(r"(?<!\u00a0)[:;?!»](?!//)(?!\w)|«(?!\u00a0)|'", text)
    ]


# ---- Its scripts, where there is something to run them


def node_version() -> int:
    """The main version of Node.js; 0 if there is none."""
    if NODE is None:
        return 0
    version = subprocess.run(
        [NODE, "--version"], capture_output=True, text=True, check=False
    ).stdout
    return int(version.removeprefix("v").split(".")[0] or 0)


@pytest.mark.skipif(node_version() < 20, reason="needs Node.js 20 or newer")
def test_scripts_do_what_they_say() -> None:
    command = [NODE or "", "--test", str(Path(__file__).with_name("page.test.mjs"))]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")
def test_a_browser_starts_the_page_under_its_policy(tmp_path: Path) -> None:
    with running() as open_service:
        shown, log = browsed(open_service.url, tmp_path, milliseconds=30_000)
    assert re.search(r'id="state"[^>]*data-state="ready"', shown), log


def browsed(url: str, folder: Path, milliseconds: int) -> tuple[str, str]:
    """The page after so many milliseconds of the browser's own time, and what the browser said."""
    options = (
        "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run "
        "--disable-background-networking --disable-sync "
        "--disable-component-update --disable-dev-shm-usage --dump-dom"
    ).split()
    command = [
        CHROMIUM or "",
        *options,
        f"--virtual-time-budget={milliseconds}",
        f"--user-data-dir={folder}",
        f"{url}/",
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    return done.stdout, done.stderr[-2000:]


@contextmanager
def page_of(
    *answers: tuple[int, dict[str, Any]], script: str = "", sent: list[dict[str, Any]] | None = None
) -> Iterator[tuple[str, list[str]]]:
    """The page with a service that says `answers`, one after the other, and a `script` that uses
    it: its address, and what the page asked for. `sent` takes the bodies of its requests, each with
    the `authorization` that it came with. An answer's `origin` is its X-Cache."""
    asked: list[str] = []
    left = list(answers)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            file = WEB / (self.path.removeprefix("/web/").lstrip("/") or "index.html")
            if file.is_file():
                content = file.read_text(encoding="utf-8").replace(
                    "</body>", '<script type="module" src="probe"></script></body>'
                )
                return self._send(200, content, MEDIA_TYPES[file.suffix[1:]])
            if self.path == "/probe":
                return self._send(200, script, MEDIA_TYPES["js"])
            return self.do_POST()

        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if content and sent is not None:
                sent.append(
                    {**json.loads(content), "authorization": self.headers.get("Authorization")}
                )
            asked.append(self.path)
            status, body = left.pop(0) if left else (404, {})
            kind = "text/event-stream" if "summary" in body else "application/json"
            text = json.dumps(body)
            origin = body.get("origin", "miss")
            self._send(
                status,
                f"event: summary\ndata: {text}\n\n" if "summary" in body else text,
                kind,
                origin,
            )

        def _send(self, status: int, content: str, media_type: str, origin: str = "miss") -> None:
            self.send_response(status)
            self.send_header("X-Cache", origin)
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(content.encode())))
            self.end_headers()
            self.wfile.write(content.encode())

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()


READY: dict[str, Any] = {
    "version": "1", "model": "m", "state": "ready",
    "limits": {"allow_urls": True, "max_characters": 200_000},
}  # fmt: skip


@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")
def test_a_page_that_was_opened_too_early_asks_again(tmp_path: Path) -> None:
    with page_of(
        (502, {}), (503, {"code": "loading"}), (200, {"status": "ready"}), (200, READY)
    ) as (url, asked):
        shown, log = browsed(url, tmp_path, milliseconds=100_000)
    assert asked == ["/info", "/readyz", "/readyz", "/info"]
    assert re.search(r'id="state"[^>]*data-state="ready"', shown), log
    assert '<label id="url-kind">' in shown


@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")
def test_a_page_whose_service_stops_asks_again(tmp_path: Path) -> None:
    script = """
        const get = (id) => document.getElementById(id);
        const wait = () => new Promise((resolve) => setTimeout(resolve, 100));
        while (get("state").dataset.state !== "ready") await wait();
        get("box").value = "Un article.";
        get("submit").click();
    """
    answers: list[tuple[int, dict[str, Any]]] = [
        (200, READY), (503, {"code": "stopped"}), (502, {}), (200, {"status": "ready"}),
        (200, READY),
    ]  # fmt: skip
    with page_of(*answers, script=script) as (url, asked):
        shown, log = browsed(url, tmp_path, milliseconds=100_000)
    assert asked == ["/info", "/summarize", "/info", "/readyz", "/info"]
    assert re.search(r'id="state"[^>]*data-state="ready"', shown), log


PROBE = """
    const get = (id) => document.getElementById(id);
    const wait = () => new Promise((resolve) => setTimeout(resolve, 50));
    const until = async (true_) => { while (!true_()) await wait(); };
    const give = (id, value) => {
        get(id).value = value;
        for (const name of ["input", "change"])
            get(id).dispatchEvent(new Event(name, { bubbles: true }));
    };
    const found = [];
    const marksOf = (field) => field.ariaInvalid + " " + field.getAttribute("aria-describedby");
    const marks = () => ["box", "max-words", "key"].map((id) => marksOf(get(id)));
    const tell = () => { document.title = "FOUND " + JSON.stringify(found); };
"""


def probed(shown: str, log: str) -> list[Any]:
    """What a script that begins with PROBE has found."""
    title = re.search("<title>FOUND (.*?)</title>", shown)
    assert title, log
    values: list[Any] = json.loads(html.unescape(title[1]))
    return values


@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")
def test_a_field_that_is_wrong_is_marked(tmp_path: Path) -> None:
    script = f"""{PROBE}
        await until(() => get("state").dataset.state === "locked");
        get("submit").click();
        found.push(get("problem-text").textContent, document.activeElement.id, marks());
        give("box", "Un article.");
        give("max-words", "3");
        get("submit").click();
        found.push(document.activeElement.id, marks());
        give("max-words", "");
        found.push(marks());
        give("key", "“clef-1”");
        found.push(get("problem-text").textContent, marks());
        give("key", " clef-\u200b1 ");
        await until(() => get("state").dataset.state === "ready");
        const kept = sessionStorage.getItem("breve-key");
        found.push(get("key").value, kept, get("problem").hidden, marks());
        tell();
    """
    with page_of((401, {"code": "unauthorized"}), (200, READY), script=script) as (url, asked):
        probes = probed(*browsed(url, tmp_path, milliseconds=100_000))
    right = ["null count", "null null", "null key-note"]
    bad_key = messages("PAGE_PROBLEMS")["bad_key"].replace(
        "{characters}", "«\u00a0“\u00a0», «\u00a0”\u00a0»"
    )
    assert probes == [
        messages("PAGE_PROBLEMS")["empty"], "box", ["true problem-text count", *right[1:]],
        "max-words", [right[0], "true problem-text", right[2]],
        right,
        bad_key, [*right[:2], "true problem-text key-note"],
        "clef-1", "clef-1", True, right,
    ]  # fmt: skip
    assert asked == ["/info", "/info"]  # A key that cannot be sent is not


SENTENCE = {
    "text": "Right.",
    "french": "Juste.",
    "evidence": [],
    "supported": False,
    "french_supported": True,
}
DOUBTFUL: dict[str, Any] = {
    "summary": "Right.", "language": "en", "headline": "h" * 300,
    "sentences": [{**SENTENCE, "unsupported": [{"kind": "number", "text": "12"}]}],
    "article": {"title": "", "byline": "", "published": "", "source": "", "language": "fr",
    "words": 9, "text": None},
    "coverage": {"tokens": 9, "used_tokens": 9, "truncated": False},
    "warnings": [
        {"code": "translation", "detail": "", "sentence": 0, "headline": False,
        "facts": [{"kind": "number", "text": "12"}]},
        {"code": "translation_repaired", "detail": "", "sentence": None, "headline": True,
        "facts": []},
    ],
    "model": {"id": "m", "revision": "r"}, "timings_ms": {"total": 9},
}  # fmt: skip


@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")
def test_what_is_shown_of_a_doubtful_translation(tmp_path: Path) -> None:
    script = f"""{PROBE}
        await until(() => get("state").dataset.state === "ready");
        found.push(get("skip").getAttribute("href"));
        give("box", "Un article.");
        get("submit").click();
        await until(() => !get("result").hidden);
        const isNarrow = document.documentElement.scrollWidth <= innerWidth;
        found.push(get("skip").getAttribute("href"), isNarrow);
        found.push(get("announce").textContent);
        const warnings = document.querySelectorAll("#result .warning li").length;
        found.push(document.querySelector(".badge").textContent, warnings);
        document.querySelector("#result .warning button").click();
        const note = document.querySelector("#sources .note").textContent;
        found.push(note, document.querySelector(".sentence").ariaPressed);
        tell();
    """
    with page_of((200, READY), (200, DOUBTFUL), script=script) as (url, _):
        probes = probed(*browsed(url, tmp_path, milliseconds=100_000))
    assert probes == [
        "#box",
        "#reading", True, "Résumé prêt. Phrases\u00a0: 1. À vérifier\u00a0: 2.",
        "traduction à vérifier", 2,
        "À vérifier, l’anglais et le français diffèrent\u00a0: «\u00a012\u00a0» (nombre).", "true",
    ]  # fmt: skip


@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")
def test_a_service_that_is_cut_off_is_asked_again_and_english_offered_where_there_is_some(
    tmp_path: Path,
) -> None:
    script = f"""{PROBE}
        const chosen = () => document.querySelector("[name=language]:checked").value;
        const english = () => [get("english").hidden, chosen()];
        document.querySelector("[name=language][value=en]").click();
        await until(() => get("state").dataset.state === "ready");
        found.push(english());
        give("box", "Un article.");
        get("submit").click();
        await until(() => get("english").hidden);
        found.push(english());
        tell();
    """
    french = {**READY, "languages": ["fr"]}
    answers = [(200, {**READY, "languages": ["fr", "en"]}), (200, {}), (200, french)]
    with page_of(*answers, script=script) as (url, asked):
        probes = probed(*browsed(url, tmp_path, milliseconds=100_000))
    assert probes == [[False, "en"], [True, "fr"]]
    assert asked == ["/info", "/summarize", "/info"]


@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")
def test_files_are_opened_and_dropped(tmp_path: Path) -> None:
    script = f"""{PROBE}
        await until(() => get("state").dataset.state === "ready");
        const given = (...files) => {{
            const data = new DataTransfer();
            for (const [content, name] of files) data.items.add(new File([content], name));
            return data;
        }};
        const kind = () => document.querySelector("[name=kind]:checked").value;
        const look = () => found.push([get("box").value, kind(),
            get("offer-text").textContent, get("offer-yes").hidden]);
        const said = async (action) => {{
            get("offer-text").textContent = "";
            action();
            await until(() => get("offer-text").textContent);
            look();
        }};
        const drop = (data) => {{
            const options = {{ dataTransfer: data, bubbles: true, cancelable: true }};
            const event = new DragEvent("drop", options);
            document.body.dispatchEvent(event);
            found.push(event.defaultPrevented);
        }};
        await said(() => {{
            get("file").files = given(["Un article.", "a.txt"]).files;
            get("file").dispatchEvent(new Event("change"));
        }});
        await said(() => drop(given(["<p>Une page.", "b.html"])));
        await said(() => drop(given(["%PDF\\0", "c.pdf"])));
        get("offer").hidden = true;
        await said(() => drop(given(["a", "a"], ["b", "b"])));
        await said(() => drop(given(["Autre.", "d.md"])));
        get("offer-yes").click();
        look();
        drop(new DataTransfer());
        tell();
    """
    with page_of((200, READY), script=script) as (url, _):
        probes = probed(*browsed(url, tmp_path, milliseconds=100_000))
    opened, page, problems = (
        messages("PHRASES")["file"],
        ["<p>Une page.", "html"],
        messages("PAGE_PROBLEMS"),
    )
    assert probes == [
        ["Un article.", "text", opened.replace("{name}", "a.txt"), True],
        True, [*page, opened.replace("{name}", "b.html"), False],
        True, [*page, problems["not_text"], True],
        True, [*page, problems["one_file"], True],
        True, ["Autre.", "text", opened.replace("{name}", "d.md"), False],
        [*page, opened.replace("{name}", "d.md"), False],
        False,
    ]  # fmt: skip
