"""Requests that a service of one process and one on a cluster answer alike."""

import runpy
import time
from pathlib import Path
from typing import Any

import httpx

from tests.engines import ARTICLE, ENGLISH_TEXT

LOAD = runpy.run_path(str(Path(__file__).parents[3] / "scripts" / "load_run.py"))
PAGE = (
    "<html><head><title>Nuagis à Lille</title></head>"
    f"<body><article><h1>Nuagis à Lille</h1><p>{ARTICLE}</p></article></body></html>"
)
# Good and bad bodies of `POST /summarize`.
BODIES: list[dict[str, Any]] = [
    {"text": ARTICLE},
    {"text": ARTICLE, "length": "short", "headline": True},
    {"text": ARTICLE, "language": "en"},
    {"html": PAGE, "length": "long"},
    {"text": ARTICLE, "max_words": 3},
    {"text": ENGLISH_TEXT},
    {"text": "Bonjour."},
    {"text": ""},
    {"url": "https://example.org/"},
    {"text": ARTICLE, "model": "another"},
    {"word": "unknown"},
    {},
]
MOST_SECONDS = 60.0
# Fields that differ from one answer to the next, and headers that are the same.
VOLATILE = ("timings_ms", "request_id")
HEADERS = ("content-type", "x-warnings", "retry-after")


def articles(count: int, first: int = 700_000) -> list[str]:
    """So many articles of several lengths, each with a number of its own."""
    return [LOAD["article"](first + number, number % 12 + 2) for number in range(count)]


def without_volatile(value: Any) -> Any:
    """An answer without what differs from one to the next."""
    if isinstance(value, dict):
        kept = {name: inner for name, inner in value.items() if name not in VOLATILE}
        return {name: without_volatile(inner) for name, inner in kept.items()}
    return [without_volatile(inner) for inner in value] if isinstance(value, list) else value


def find_differences(
    single: httpx.Client, cluster: httpx.Client, count: int
) -> list[tuple[dict[str, Any], object, object]]:
    """The bodies that the two services answer otherwise, BODIES and `count` articles."""
    bodies = [*BODIES, *({"text": text} for text in articles(count))]
    both = [(body, _ask(single, body), _ask(cluster, body)) for body in bodies]
    return [triple for triple in both if triple[1] != triple[2]]


def _ask(client: httpx.Client, body: dict[str, Any]) -> object:
    """An answer, as far as it is the same everywhere."""
    response = client.post("/summarize", json=body)
    assert len(response.headers.get_list("x-request-id")) == 1
    headers = {name: response.headers.get(name) for name in HEADERS}
    return response.status_code, headers, without_volatile(response.json())


def find_mixed(client: httpx.Client, texts: list[str], beginnings: dict[str, str]) -> list[Any]:
    """English answers whose sentences are not all of the revision that they name.

    A service that takes no work for a moment is asked again.
    """
    mixed = []
    for text in texts:
        answer = _ask_until_taken(client, {"text": text, "language": "en"})
        sentences = [each["text"] for each in answer["sentences"]]
        beginning = beginnings[answer["model"]["revision"]].strip()
        if not sentences or not all(each.startswith(beginning) for each in sentences):
            mixed.append((beginning, sentences))
    return mixed


def _ask_until_taken(client: httpx.Client, body: dict[str, Any]) -> Any:
    """The answer to a body, however often it is refused with 503 in MOST_SECONDS."""
    end = time.monotonic() + MOST_SECONDS
    while (response := client.post("/summarize", json=body)).status_code == 503:
        assert time.monotonic() < end, response.text
        time.sleep(0.2)
    assert response.status_code == 200, response.text
    return response.json()
