"""The contract of the routes below /v1: every status, errors in OpenAI's form, and the same limits
as those of /summarize."""

import json
import logging
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from models.engine import GenerateRequest
from service.api.contract.openai_errors import OpenAIError
from service.settings import Settings
from tests.engines import ARTICLE, SECRET, ScriptedEngine, Service, running, until
from tests.service.api.chat.test_frames import FEEDER, TEXT
from tests.service.api.test_api import blocked, release, sent, waiting
from tests.service.api.test_logs import logged

CHAT, MODELS = "/v1/chat/completions", "/v1/models"
SETTINGS = Settings(max_body_bytes=60_000, max_characters=3_000)


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    with running(settings=SETTINGS) as started:
        yield started


def body_of(text: str, instruction: str = "", **more: Any) -> dict[str, Any]:
    system = [{"role": "system", "content": instruction}] if instruction else []
    return {"model": "any", "messages": [*system, {"role": "user", "content": text}], **more}


def ask(service: Service, text: str, instruction: str = "", **more: Any) -> httpx.Response:
    return service.client.post(CHAT, json=body_of(text, instruction, **more))


def error(response: httpx.Response, status: int, code: str, kind: str = "") -> dict[str, Any]:
    """The body of an error, whole and in OpenAI's form."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/json"
    assert response.headers["x-request-id"]
    body: dict[str, Any] = response.json()
    OpenAIError.model_validate(body)
    assert body.keys() == {"error"}
    detail: dict[str, Any] = body["error"]
    assert detail.keys() == {"message", "type", "param", "code"}
    assert (detail["code"], detail["type"]) == (code, kind or "invalid_request_error")
    assert detail["message"]
    return detail


def events(response: httpx.Response) -> list[Any]:
    """The data of the events of a stream; `[DONE]` as it is."""
    assert response.headers["content-type"].startswith("text/event-stream")
    lines = [line for line in response.text.split("\n") if line]
    assert all(line.startswith("data: ") for line in lines)
    data = [line.removeprefix("data: ") for line in lines]
    return [each if each == "[DONE]" else json.loads(each) for each in data]


def content_of(response: httpx.Response) -> str:
    assert response.status_code == 200, response.text
    return str(response.json()["choices"][0]["message"]["content"])


def test_an_answer_has_every_field(service: Service) -> None:
    before = int(time.time())
    response = service.client.post(
        CHAT,
        json=body_of(TEXT, "Résume en deux phrases."),
        headers={"x-request-id": "r-1"},
    )
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    assert response.headers["x-cache"] == "miss"
    body = response.json()
    assert body.keys() == {"id", "object", "created", "model", "choices", "usage", "breve"}
    assert (body["id"], body["object"]) == ("chatcmpl-r-1", "chat.completion")
    assert before <= body["created"] <= time.time()
    assert body["model"] == SETTINGS.model
    (choice,) = body["choices"]
    assert choice.keys() == {"index", "message", "finish_reason"}
    assert (choice["index"], choice["finish_reason"]) == (0, "stop")
    assert choice["message"]["role"] == "assistant"
    content = choice["message"]["content"]
    assert body["usage"] == {
        "prompt_tokens": len(f"Résume en deux phrases. {TEXT}".split()),
        "completion_tokens": len(content.split()),
        "total_tokens": len(f"Résume en deux phrases. {TEXT} {content}".split()),
    }


def test_evidence_and_warnings_come_with_it(service: Service) -> None:
    body = ask(service, f"Summarize in 2 sentences:\n\n{TEXT}").json()
    breve, content = body["breve"], body["choices"][0]["message"]["content"]
    assert breve["summary"] == content
    assert [warning["code"] for warning in breve["warnings"]] == ["extracted"]
    assert len(breve["sentences"]) == 2
    assert breve["article"]["text"] == TEXT
    for sentence in breve["sentences"]:
        for span in sentence["evidence"]:
            assert TEXT[span["start"] : span["end"]] == span["text"]


@pytest.mark.parametrize(
    ("instruction", "same"),
    [
        ("Résume.", {}),
        ("En anglais, en une phrase.", {"language": "en", "length": "short"}),
        ("In five sentences at most.", {"length": "long"}),
        ("En 30 mots.", {"max_words": 30}),
    ],
)
def test_the_summary_is_that_of_summarize(
    service: Service, instruction: str, same: dict[str, Any]
) -> None:
    text = f"{ARTICLE} {instruction.upper()} est son nom."
    whole = service.client.post("/summarize", json={"text": text, **same}).json()
    response = service.client.post(CHAT, json=body_of(text, instruction))
    assert response.headers["x-cache"] == "hit"
    texts = [sentence["text"] for sentence in whole["sentences"]]
    assert content_of(response) == " ".join(texts[:5])


def test_lists_of_parts_and_html(service: Service) -> None:
    parts = [{"type": "text", "text": "Résume en une phrase :"}, {"type": "text", "text": TEXT}]
    body = {"messages": [{"role": "user", "content": parts}]}
    response = service.client.post(CHAT, json=body)
    assert content_of(response) == content_of(ask(service, TEXT, "Résume en une phrase."))
    page = "".join(f"<p>{paragraph}</p>" for paragraph in TEXT.split("\n\n"))
    whole = ask(service, f"Title: Nuagis à Lille\nContent: {page}", "Résume.").json()
    assert whole["breve"]["article"]["title"] == "Nuagis à Lille"
    assert "<p>" not in whole["breve"]["article"]["text"]


def test_bullets_and_the_line_that_names_the_language(service: Service) -> None:
    bullets = content_of(ask(service, TEXT, "Résume en 3 puces.")).split("\n")
    assert len(bullets) == 3
    assert all(line.startswith("- ") for line in bullets)
    first, *others = content_of(ask(service, f"Summarize:\n\n{TEXT}", FEEDER)).split("\n")
    assert first == 'Lang: "fr"'
    assert all(line.startswith("- ") for line in others)


@pytest.mark.parametrize("field", ["max_tokens", "max_completion_tokens"])
def test_tokens_bound_the_words(service: Service, field: str) -> None:
    few: dict[str, Any] = {field: 40}
    many: dict[str, Any] = {field: 4_000}
    assert len(content_of(ask(service, TEXT, **few)).split()) <= 20
    assert content_of(ask(service, TEXT, **many)) == content_of(ask(service, TEXT))


def test_a_sentence_that_was_cut_is_told() -> None:
    sentences = [sentence for sentence in ARTICLE.split(". ") if len(sentence.split()) > 12]
    with running() as started:
        body = ask(started, ". ".join(sentences), max_tokens=1).json()
    assert "max_words" in [warning["code"] for warning in body["breve"]["warnings"]]
    assert body["choices"][0]["finish_reason"] == "length"


def test_fields_that_steer_a_model_are_not_read(service: Service) -> None:
    more: dict[str, Any] = {
        **{"temperature": 0.7, "top_p": 1, "n": 1, "user": "u", "stop": None, "seed": 1},
        **{"presence_penalty": 0, "tools": [], "response_format": {"type": "text"}},
        **{"stream": None, "stream_options": None, "logit_bias": {}, "store": False},
    }
    assert content_of(ask(service, TEXT, **more)) == content_of(ask(service, TEXT))


# ---- Streams


def test_a_stream_has_the_same_text(service: Service) -> None:
    whole = ask(service, TEXT, "Résume en 3 phrases.").json()
    response = ask(service, TEXT, "Résume en 3 phrases.", stream=True)
    assert response.status_code == 200
    assert response.headers["x-cache"] == "hit"
    *chunks, end = events(response)
    assert end == "[DONE]"
    for chunk in chunks:
        assert chunk["object"] == "chat.completion.chunk"
        assert (chunk["id"], chunk["model"]) == (chunks[0]["id"], SETTINGS.model)
        ((index, reason),) = [(each["index"], each["finish_reason"]) for each in chunk["choices"]]
        assert (index, reason) == (0, "stop" if chunk is chunks[-1] else None)
    deltas = [chunk["choices"][0]["delta"] for chunk in chunks]
    assert deltas[0] == {"role": "assistant", "content": ""}
    assert deltas[-1] == {}
    assert len(deltas) == 2 + len(whole["breve"]["sentences"])
    text = "".join(delta.get("content", "") for delta in deltas)
    assert text == whole["choices"][0]["message"]["content"]
    assert chunks[-1]["breve"]["sentences"] == whole["breve"]["sentences"]


def test_no_line_break_of_a_text_stands_within_a_line(service: Service) -> None:
    text = f"{TEXT} Le site\u2028de Lille\u2029est\x85neuf."
    for stream in (False, True):
        response = ask(service, text, stream=stream)
        assert "".join(response.text.splitlines()) == response.text.replace("\n", "")
    assert "\u2028" in ask(service, text).json()["breve"]["article"]["text"]


def test_a_stream_may_count_its_tokens(service: Service) -> None:
    options: dict[str, Any] = {"stream": True, "stream_options": {"include_usage": True}}
    *_, last, end = events(ask(service, TEXT, **options))
    assert (last["choices"], end) == ([], "[DONE]")
    assert last["usage"] == ask(service, TEXT).json()["usage"]


def test_what_is_no_article_has_a_status_also_where_a_stream_is_wanted(service: Service) -> None:
    error(ask(service, "Trop court.", stream=True), 422, "too_short")
    error(ask(service, "Résume cet article.", stream=True), 422, "no_article")


def test_what_fails_later_is_an_event() -> None:
    engine = ScriptedEngine(error=RuntimeError(SECRET))
    with running(engine) as service:
        engine.armed = True
        response = ask(service, TEXT, stream=True)
    (event,) = events(response)
    assert event["error"]["code"] == "internal"
    assert event["error"]["type"] == "server_error"
    assert SECRET not in response.text


# ---- Errors


@pytest.mark.parametrize("content", [b"{", b'{"messages": "caf\xe9"}', b"[" * 4_000])
def test_malformed_json(service: Service, content: bytes) -> None:
    headers = {"content-type": "application/json"}
    error(service.client.post(CHAT, content=content, headers=headers), 400, "malformed_json")


def test_a_body_in_small_pieces(service: Service) -> None:
    address = ("127.0.0.1", int(service.url.rsplit(":", 1)[1]))
    head = f"POST {CHAT} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    with socket.create_connection(address, timeout=10) as client:
        client.sendall(f"{head}Transfer-Encoding: chunked\r\n\r\n".encode())
        client.sendall(b"1\r\n \r\n" * 1_001)
        received = b""
        while part := client.recv(4_096):
            received += part
    assert received.startswith(b"HTTP/1.1 400")
    assert json.loads(received.split(b"\r\n\r\n", 1)[1])["error"]["code"] == "small_pieces"


def test_keys() -> None:
    with running(settings=Settings(api_keys=SecretStr("clef"))) as service:
        for headers in ({}, {"authorization": "Bearer wrong"}):
            for response in (
                service.client.post(CHAT, json=body_of(TEXT), headers=headers),
                service.client.get(MODELS, headers=headers),
            ):
                error(response, 401, "unauthorized", "authentication_error")
                assert response.headers["www-authenticate"] == "Bearer"
        key = {"authorization": "Bearer clef"}
        assert service.client.post(CHAT, json=body_of(TEXT), headers=key).status_code == 200
        assert service.client.get(MODELS, headers=key).status_code == 200


def test_unknown_paths_and_methods(service: Service) -> None:
    error(service.client.post("/v1/embeddings"), 404, "not_found", "not_found_error")
    error(service.client.get(CHAT), 405, "method_not_allowed")


def test_slow_body() -> None:
    with running(settings=Settings(body_seconds=0.2)) as service:
        address = ("127.0.0.1", int(service.url.rsplit(":", 1)[1]))
        head = f"POST {CHAT} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        with socket.create_connection(address, timeout=10) as client:
            client.sendall(f"{head}Content-Length: 100\r\n\r\n".encode())
            received = b""
            while part := client.recv(4_096):
                received += part
    assert received.startswith(b"HTTP/1.1 408")
    assert b'"code": "slow_body"' in received


def test_too_large_and_no_json(service: Service) -> None:
    error(ask(service, "a" * 60_000), 413, "too_large")
    error(service.client.post(CHAT, content=b"{}"), 415, "unsupported_media_type")


def test_wrong_host(service: Service) -> None:
    response = service.client.post(CHAT, json=body_of(TEXT), headers={"host": "news.example"})
    error(response, 421, "wrong_host")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"messages": []}, "messages"),
        ({"messages": None}, "messages"),
        ({"messages": [{"content": "a"}]}, "messages.0.role"),
        ({"messages": [{"role": "user", "content": 3}]}, "messages.0.content"),
        ({"messages": [{"role": "user", "content": [{"type": "image_url"}]}]},
         "messages.0.content"),
        ({"messages": [{"role": "user", "content": [{"type": "input_text", "text": "a"}]}]},
         "messages.0.content"),
        ({"messages": [{"role": "user", "content": "\ud800"}]}, "messages.0.content"),
        ({"n": 2}, "n"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"stream": "maybe"}, "stream"),
        ({"model": "m" * 201}, "model"),
    ],
)  # fmt: skip
def test_wrong_fields(service: Service, changes: dict[str, Any], field: str) -> None:
    content = json.dumps({**body_of(TEXT), **changes}).encode()
    response = service.client.post(
        CHAT, content=content, headers={"content-type": "application/json"}
    )
    detail = error(response, 422, "invalid_body")
    assert detail["param"] == field
    assert field in detail["message"]


@pytest.mark.parametrize(
    ("text", "more", "code", "param"),
    [
        ("Résume cet article en trois phrases.", {}, "no_article", "messages"),
        ("", {}, "no_article", "messages"),
        (f"Summarize in German:\n\n{TEXT}", {}, "not_supported", "messages"),
        (f"Translate to English:\n\n{TEXT}", {}, "not_supported", "messages"),
        (TEXT, {"response_format": {"type": "json_object"}}, "not_supported", "response_format"),
        ("a " * 12_000, {}, "text_too_long", "messages"),
        ("a " * 2_000, {}, "text_too_long", None),
        ("Résume :\n\nNuagis ouvre.", {}, "too_short", None),
        ("The hosting company opens a new region in Lille this week. It has many servers. "
         "They are cooled with rain water.", {}, "not_french", None),
    ],
)  # fmt: skip
def test_what_cannot_be_summarised(
    service: Service, text: str, more: dict[str, Any], code: str, param: str | None
) -> None:
    detail = error(ask(service, text, **more), 422, code)
    assert detail["param"] == param


def test_rate_limit() -> None:
    with running(settings=Settings(rate_limit="1/minute")) as service:
        assert ask(service, "Résume cet article.").status_code == 422, "is not counted"
        assert ask(service, TEXT).status_code == 200
        response = ask(service, TEXT)
        error(response, 429, "rate_limited", "rate_limit_error")
        assert int(response.headers["retry-after"]) >= 1
        assert service.client.post("/summarize", json={"text": TEXT}).status_code == 429


def test_internal_error() -> None:
    engine = ScriptedEngine(error=RuntimeError(SECRET))
    with running(engine) as service:
        engine.armed = True
        response = ask(service, TEXT)
        error(response, 500, "internal", "server_error")
        assert SECRET not in response.text


def test_queue_full_and_deadline() -> None:
    engine, settings = blocked(queue_size=1, deadline_seconds=1)
    with running(engine, settings) as service, ThreadPoolExecutor() as pool:
        engine.armed = True
        first = pool.submit(ask, service, f"{TEXT} Un.")
        assert engine.running.wait(5)
        second = pool.submit(ask, service, f"{TEXT} Deux.")
        until(lambda: waiting(service) == 1)
        response = ask(service, f"{TEXT} Trois.")
        error(response, 503, "queue_full", "server_error")
        assert int(response.headers["retry-after"]) >= 1
        for late in (first, second):
            error(late.result(), 504, "deadline", "server_error")


def test_a_model_that_loads() -> None:
    loaded = threading.Event()

    def load() -> ScriptedEngine:
        loaded.wait(10)
        return ScriptedEngine()

    with running(load=load) as service:
        error(ask(service, TEXT), 503, "loading", "server_error")
        assert service.client.get(MODELS).status_code == 200
        loaded.set()


@pytest.mark.parametrize("stream", [False, True])
def test_a_client_that_leaves_cancels_its_work(stream: bool) -> None:
    engine, settings = blocked()
    with running(engine, settings) as service:
        engine.armed = True
        client = sent(service, CHAT, body_of(TEXT, stream=stream), {})
        assert engine.running.wait(5)
        client.close()
        assert engine.was_cancelled.wait(5)
        release(engine)


# ---- Models, logs and metrics


def test_the_model_that_is_served_is_listed(service: Service) -> None:
    body = service.client.get(MODELS).json()
    (entry,) = body["data"]
    assert body["object"] == "list"
    assert (entry["id"], entry["object"], entry["owned_by"]) == (SETTINGS.model, "model", "breve")
    assert 0 < entry["created"] <= time.time()
    assert service.client.get(f"{MODELS}/{SETTINGS.model}").json() == entry
    detail = error(service.client.get(f"{MODELS}/other/name"), 404, "not_found", "not_found_error")
    assert "'other/name'" in detail["message"]


def test_no_word_of_a_message_is_logged() -> None:
    engine = ScriptedEngine(error=RuntimeError(SECRET))
    with logged(log_format="json") as lines, running(engine) as service:
        text = f"{TEXT} Le projet {SECRET} attend."
        for stream in (False, True):
            ask(service, text, f"Résume {SECRET} en anglais.", stream=stream)
            ask(service, f"Résume {SECRET} en chinois :\n\n{text}", stream=stream)
            ask(service, f"Résume {SECRET}.", stream=stream)
        engine.armed = True
        for stream in (False, True):
            ask(service, f"{text} Encore.", stream=stream)
    written = [json.loads(line) for line in lines.getvalue().splitlines()]
    # A request of the test before may be logged only now.
    answered = [line for line in written if line.get("route") == CHAT]
    assert [(line["route"], line["status"], line.get("problems")) for line in answered] == [
        *[(CHAT, 200, None), (CHAT, 422, "not_supported"), (CHAT, 422, "no_article")] * 2,
        *[(CHAT, 500, "internal"), (CHAT, 200, "internal")],
    ]
    for hidden in (SECRET, "Nuagis", "chinois"):
        assert hidden not in lines.getvalue()


def test_messages_are_no_matter_for_debugging_either() -> None:
    class Silent(ScriptedEngine):
        @staticmethod
        def _answer(request: GenerateRequest, rank: int) -> str:
            return ""

    with logged(log_level="debug") as lines, running(Silent()) as service:
        assert ask(service, TEXT, f"Résume {SECRET}.").status_code == 200
    assert logging.getLogger("breve").name in lines.getvalue()
    for hidden in (SECRET, "Nuagis"):
        assert hidden not in lines.getvalue()
