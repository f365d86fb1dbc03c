"""Property tests: whatever the schema allows, and what it forbids, is answered as the schema says.

`make fuzz` runs them with CASES generated requests (10,000), new ones each time; `make test` with a
few, always the same.
"""

import os
import re
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from service.api.app import create_app
from service.settings import Settings
from tests.engines import ARTICLE, Service, running

OPERATIONS = [
    (path, method, mode)
    for path, item in create_app(Settings()).openapi()["paths"].items()
    for method in item
    for mode in GenerationMode
    if mode is GenerationMode.POSITIVE
    or method == "post"  # Without a body there is nothing to send wrongly
]
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
CASES = int(os.environ.get("FUZZ_CASES", "0"))
SENDING = sum(method == "post" for _, method, _ in OPERATIONS)
FEW = settings(
    max_examples=-(-CASES // SENDING) if CASES else 60,
    deadline=None,
    derandomize=not CASES,
    database=None,
    suppress_health_check=list(HealthCheck),
)
MARKS = (
    "# ## * ** ` [a](b) ![c](d) <p> </p> <br> &amp; « » \" ' ’ ( ) … . ! ? : , - – — 1 200 45,5 % "
    "€ \xa0 \u202f \ufeff 🙂 é"
).split(" ")
PIECES = st.sampled_from(
    [*ARTICLE.split(), *MARKS, *ARTICLE.split(". "), "\n", "\n\n", "\t", "\r\n", "\x00", "\u2028"]
)
TEXTS = st.lists(
    PIECES | st.text(st.characters(exclude_categories=["Cs"]), max_size=10), min_size=1, max_size=60
).map(" ".join)


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    with running(settings=Settings(max_characters=5_000)) as started:
        yield started
        counted = re.findall(
            r"^breve_requests_total\{(.*)\} ([1-9].*)$",
            started.client.get("/metrics").text,
            re.MULTILINE,
        )
        print("", *(f"{labels}: {float(count):.0f}" for labels, count in counted), sep="\n")


@pytest.fixture(scope="module")
def api(service: Service) -> Any:
    return schemathesis.openapi.from_url(f"{service.url}/openapi.json")


@pytest.mark.parametrize(("path", "method", "mode"), OPERATIONS)
@FEW
@given(data=st.data())
def test_answers_are_as_documented(
    api: Any, path: str, method: str, mode: GenerationMode, data: st.DataObject
) -> None:
    operation = api[path][method]
    case = data.draw(operation.as_strategy(generation_mode=mode))
    case.validate_response(case.call(), checks=CHECKS)


@settings(FEW, max_examples=max(150, CASES // 10))
@given(
    text=TEXTS,
    kind=st.sampled_from(["text", "html"]),
    language=st.sampled_from(["fr", "en"]),
    headline=st.booleans(),
)
def test_any_text_is_summarised_or_refused(
    service: Service, text: str, kind: str, language: str, headline: bool
) -> None:
    sent = text if kind == "text" else f"<html><body><article><p>{text}</p></article></body></html>"
    body = {
        kind: sent,
        "language": language,
        "headline": headline,
        "language_check": False,
        "length": "long",
    }
    response = service.client.post("/summarize", json=body)
    assert response.status_code in (200, 422), response.text
    if response.status_code == 200:
        summary = response.json()
        source = text if kind == "text" else summary["article"]["text"]
        assert summary["summary"]
        evidence = [item for sentence in summary["sentences"] for item in sentence["evidence"]]
        for span in evidence:
            assert 0 <= span["start"] < span["end"] <= len(source)
