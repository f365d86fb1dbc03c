"""The application of the ingress is one that Serve can take, and its arguments are checked."""

import asyncio
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.responses import Response

from service.cluster.arguments import read_arguments
from service.cluster.ingress import make_ingress_app
from service.settings import Settings
from tests.engines import SECRET
from tests.service.cluster.local import LocalReplicas


def test_serve_can_add_its_handlers_of_errors_and_its_header() -> None:
    async def ask(app: FastAPI) -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return await client.get("/livez")

    app = make_ingress_app(LocalReplicas([], places=0), Settings())
    app.add_exception_handler(ConnectionError, lambda request, error: Response(""))
    answer = asyncio.run(ask(app))
    assert answer.status_code == 200
    assert "x-request-id" not in answer.headers


def test_arguments_are_settings_and_numbers_of_replicas() -> None:
    settings, scaling = read_arguments({"min_replicas": "2", "queue_size": 7})
    assert settings.queue_size == 7
    assert scaling == {"min_replicas": 2}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"replicas": 2}, "replicas: expected are"),
        ({"queue_size": 0}, "queue_size: "),
        ({"min_replicas": None}, "min_replicas: None is no number"),
        ({"max_replicas": "many"}, "max_replicas: 'many' is no number"),
        ({"host": "0.0.0.0"}, "BREVE_API_KEYS"),
        ({"api_keys": SECRET}, "BREVE_API_KEYS"),
        ({"rate_limit_store": f"redis://:{SECRET}@a"}, "BREVE_RATE_LIMIT_STORE"),
    ],
    ids=str,
)
def test_wrong_arguments_are_refused(arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words) as refusal:
        read_arguments(arguments)
    assert SECRET not in str(refusal.value)


def test_a_wrong_key_of_the_environment_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BREVE_API_KEYS", f"sha256:{SECRET}")
    with pytest.raises(ValueError, match="hexadecimal") as refusal:
        read_arguments({})
    assert SECRET not in f"{refusal.value} {refusal.value.__cause__} {refusal.value.__context__}"
