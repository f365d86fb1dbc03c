"""The documented contract does not change by accident, and the media type of an answer is the one
that was asked for."""

import difflib
import json
import os
import runpy
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.engine import GenerateRequest
from tests.engines import ARTICLE, ScriptedEngine, Service, running

ROOT = Path(__file__).parents[3]
SCRIPT = runpy.run_path(str(ROOT / "scripts" / "freeze_openapi.py"))
JSON, EVENTS, NDJSON = "application/json", "text/event-stream", "application/x-ndjson"
MARKDOWN, PLAIN = "text/markdown", "text/plain"
BODIES = {"/summarize": {"text": ARTICLE}, "/summarize/batch": {"items": [{"text": ARTICLE}]}}


def test_openapi_document_is_the_frozen_one() -> None:
    frozen, now = SCRIPT["FROZEN"].read_text(encoding="utf-8"), SCRIPT["contract"]()
    changed = "\n".join(
        difflib.unified_diff(
            frozen.splitlines(),
            now.splitlines(),
            "docs/openapi.json",
            "the service",
            n=2,
            lineterm="",
        )
    )
    assert frozen == now, (
        f"The contract differs from docs/openapi.json. If that is meant: .venv/bin/python "
        f"scripts/freeze_openapi.py\n{changed}"
    )


@pytest.mark.parametrize(
    "command", [["scripts/freeze_openapi.py"], ["-m", "scripts.freeze_openapi"]]
)
def test_each_checkout_freezes_its_own_contract(tmp_path: Path, command: list[str]) -> None:
    for folder in ("service", "scripts"):
        shutil.copytree(
            ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__")
        )
    (tmp_path / "models").symlink_to(ROOT / "models")
    (tmp_path / "docs").mkdir()
    (tmp_path / "service" / "__init__.py").write_text('__version__ = "9.9.9"\n', encoding="utf-8")
    another = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run(
        [sys.executable, *command], cwd=tmp_path, env=another, check=True, capture_output=True
    )
    frozen = json.loads((tmp_path / "docs" / "openapi.json").read_text(encoding="utf-8"))
    assert frozen["info"]["version"] == "9.9.9"


def test_document_says_how_to_send_a_key_and_which_headers_come() -> None:
    document = json.loads(SCRIPT["contract"]())
    ((name, scheme),) = document["components"]["securitySchemes"].items()
    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")
    for path, operations in document["paths"].items():
        for operation in operations.values():
            answers = operation["responses"]
            asked: list[dict[str, list[str]]] = [
                {name: []},
                {},
            ]  # No key is asked for where there are none
            assert operation.get("security") == (asked if "401" in answers else None), path
            for status, answer in answers.items():
                assert "X-Request-ID" in answer["headers"]
                assert ("Retry-After" in answer["headers"]) is (status in ("429", "503")), (
                    path,
                    status,
                )
                assert ("WWW-Authenticate" in answer["headers"]) is (status == "401")
                for header in answer["headers"].values():
                    assert header["$ref"].rsplit("/", 1)[1] in document["components"]["headers"]
    assert "X-Cache" in document["paths"]["/summarize"]["post"]["responses"]["200"]["headers"]


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    with running() as started:
        yield started


@pytest.mark.parametrize(
    ("path", "lines", "kind"),
    [
        ("/summarize", ["text/event-stream"], EVENTS),
        ("/summarize", ["application/json, text/event-stream"], EVENTS),
        ("/summarize", ["text/event-stream, */*"], EVENTS),
        ("/summarize", ["text/event-stream;q=0.5, application/json; q=0.4"], EVENTS),
        ("/summarize", ["Text/Event-Stream; charset=utf-8; Q=0.9, application/*;q=.8"], EVENTS),
        ("/summarize", ["text/*"], EVENTS),
        ("/summarize", ["application/json;q=0, */*;q=0.1"], EVENTS),
        ("/summarize", ["text/event-stream, application/problem+json"], EVENTS),
        ("/summarize", ["text/csv", "text/event-stream"], EVENTS),
        ("/summarize", ["text/event-stream;q=0, application/json"], JSON),
        ("/summarize", ["application/json, text/event-stream;q=0.1"], JSON),
        ("/summarize", ["text/event-stream;q=0.000, */*"], JSON),
        ("/summarize", ["text/html, text/*;q=0.5, */*;q=0.8"], JSON),
        ("/summarize", ["text/html, image/gif, *; q=.2, */*; q=.2"], JSON),
        ("/summarize", ["text/*, */*"], JSON),
        ("/summarize", ["application/problem+json"], JSON),
        ("/summarize", ["text/csv", "application/json"], JSON),
        ("/summarize", [""], JSON),
        ("/summarize", [], JSON),
        ("/summarize", ["application/json;q=0"], None),
        ("/summarize", ["text/markdown"], MARKDOWN),
        ("/summarize", ["text/markdown, application/json"], MARKDOWN),
        ("/summarize", ["text/markdown, text/plain;q=0.9, */*;q=0.1"], MARKDOWN),
        ("/summarize", ["application/json;q=0, text/event-stream;q=0.0, */*"], MARKDOWN),
        ("/summarize", ["Text/Plain; charset=utf-8"], PLAIN),
        ("/summarize", ["text/plain, */*"], PLAIN),
        ("/summarize", ["application/json, text/plain, */*"], JSON),
        ("/summarize", ["*/*"], JSON),
        ("/summarize", ["text/markdown;q=0, text/plain;q=0, image/*"], None),
        ("/summarize/batch", ["text/markdown"], None),
        ("/summarize", ["text/csv, image/*"], None),
        ("/summarize/batch", ["application/x-ndjson"], NDJSON),
        ("/summarize/batch", ["application/x-ndjson;q=0, application/json"], JSON),
        ("/summarize/batch", ["application/*"], JSON),
        ("/summarize/batch", ["application/json;q=0, application/*"], NDJSON),
        ("/summarize/batch", ["text/*"], None),
    ],
)
def test_accept_is_read_as_http_says(
    service: Service, path: str, lines: list[str], kind: str | None
) -> None:
    request = service.client.build_request("POST", path, json=BODIES[path])
    kept = [(name, value) for name, value in request.headers.raw if name.lower() != b"accept"]
    request.headers = type(request.headers)(
        [*kept, *((b"accept", line.encode()) for line in lines)]
    )
    response = service.client.send(request)
    assert response.status_code == (200 if kind else 406)
    assert response.headers["content-type"].split(";")[0] == (kind or "application/problem+json")


@pytest.mark.parametrize("kind", [MARKDOWN, PLAIN])
def test_a_text_has_the_headline_the_sentences_and_the_warnings(
    service: Service, kind: str
) -> None:
    body = {
        "text": f"Nuagis à Lille\n\n{ARTICLE}",
        "headline": True,
        "length": "long",
        "format": "bullets",
    }
    whole = service.client.post("/summarize", json=body).json()
    response = service.client.post("/summarize", json=body, headers={"accept": kind})
    assert response.headers["content-type"] == f"{kind}; charset=utf-8"
    bullets = "".join(f"- {sentence['text']}\n" for sentence in whole["sentences"])
    mark = "# " if kind == MARKDOWN else ""
    assert response.text == f"{mark}Nuagis à Lille\n\n{bullets}"
    assert response.headers["x-warnings"] == ", ".join(
        warning["code"] for warning in whole["warnings"]
    )


def test_a_text_without_warnings_has_no_header_for_them() -> None:
    class Shortening(ScriptedEngine):
        @staticmethod
        def _answer(request: GenerateRequest, rank: int) -> str:
            return "L'hébergeur Nuagis ouvre mardi une nouvelle région à Lille."

    body = {"text": ARTICLE, "length": "short"}
    with running(Shortening()) as service:
        assert service.client.post("/summarize", json=body).json()["warnings"] == []
        response = service.client.post("/summarize", json=body, headers={"accept": PLAIN})
    assert "x-warnings" not in response.headers
    assert response.headers["x-cache"] == "hit"


def test_a_format_that_is_none_is_refused(service: Service) -> None:
    response = service.client.post("/summarize", json={"text": ARTICLE, "format": "table"})
    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] == "format"
