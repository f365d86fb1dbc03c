"""The package `openai`, as its users call it, against a running service."""

from collections.abc import Iterator

import openai
import pytest
from pydantic import SecretStr

from service.settings import Settings
from tests.engines import Service, running
from tests.service.api.chat.test_frames import TEXT

KEY = "clef"
MESSAGES = [
    {"role": "system", "content": "Résume l'article en deux phrases."},
    {"role": "user", "content": TEXT},
]


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    with running(settings=Settings(api_keys=SecretStr(KEY), rate_limit="20/minute")) as started:
        yield started


@pytest.fixture
def client(service: Service) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{service.url}/v1", api_key=KEY, max_retries=0) as made:
        yield made


def test_a_whole_answer(client: openai.OpenAI) -> None:
    answer = client.chat.completions.create(model="gpt-4o-mini", messages=MESSAGES)
    (choice,) = answer.choices
    assert (choice.index, choice.finish_reason, choice.message.role) == (0, "stop", "assistant")
    assert choice.message.content == answer.breve["summary"]
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens
    assert answer.id.startswith("chatcmpl-")
    assert answer._request_id == answer.id.removeprefix("chatcmpl-")


def test_a_stream(client: openai.OpenAI) -> None:
    whole = client.chat.completions.create(model="any", messages=MESSAGES)
    stream = client.chat.completions.create(
        model="any", messages=MESSAGES, stream=True, stream_options={"include_usage": True}
    )
    chunks = list(stream)
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert text == whole.choices[0].message.content
    assert [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices][-1] == "stop"
    assert chunks[-1].usage == whole.usage


def test_models(client: openai.OpenAI) -> None:
    (model,) = client.models.list()
    assert (model.id, model.object) == (Settings().model, "model")
    assert client.models.retrieve(model.id) == model
    with pytest.raises(openai.NotFoundError, match="'gpt-4o' is not served") as refused:
        client.models.retrieve("gpt-4o")
    assert (refused.value.code, refused.value.param) == ("not_found", "model")


def test_errors_are_of_the_client_s_own_kinds(service: Service, client: openai.OpenAI) -> None:
    with pytest.raises(openai.UnprocessableEntityError) as refused:
        client.chat.completions.create(model="any", messages=MESSAGES[:1])
    assert (refused.value.code, refused.value.param) == ("no_article", "messages")
    assert refused.value.type == "invalid_request_error"
    assert refused.value.request_id
    stranger = openai.OpenAI(base_url=f"{service.url}/v1", api_key="other", max_retries=0)
    with stranger, pytest.raises(openai.AuthenticationError, match="A valid key is needed"):
        stranger.models.list()
