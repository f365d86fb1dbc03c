"""The shapes of OpenAI's chat completions: the fields read from requests, and those of answers.

The docstrings of classes and the descriptions of fields are published in `docs/openapi.json`.
"""

from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, Field, WithJsonSchema

from service.api.contract.examples import EXAMPLE_SUMMARY, EXAMPLE_TEXT, example
from service.api.contract.fields import Text
from service.api.contract.responses import SummaryBody

TEXT_PART: Final = "text"
_EXAMPLE_ID: Final = "chatcmpl-5f0c8a52e6a94b6d"
_EXAMPLE_CREATED: Final = 1_764_408_600
_EXAMPLE_CONTENT: Final = EXAMPLE_SUMMARY["summary"]


def _join_parts(value: Any) -> Any:
    """Joins the texts of a list of parts by line breaks. Other values are left to pydantic."""
    if not isinstance(value, list):
        return value
    return "\n".join(map(_text_of, value))


def _text_of(part: Any) -> str:
    if isinstance(part, str):
        return part
    if isinstance(part, dict) and part.get("type", TEXT_PART) == TEXT_PART:
        text = part.get("text")
        if isinstance(text, str):
            return text
    raise ValueError("only texts are read: a text, or a list of parts with type text")


_PARTS_SCHEMA: Final = {
    "anyOf": [
        {"type": "string"},
        {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "type": {"type": "string", "const": "text"},
                    "text": {"type": "string"},
                },
                "required": ["type", "text"],
            },
        },
        {"type": "null"},
    ]
}
Content = Annotated[Text | None, BeforeValidator(_join_parts), WithJsonSchema(_PARTS_SCHEMA)]


class ChatMessage(BaseModel):
    """One message. Roles are `system`, `developer`, `user` and `assistant`; others are not read."""

    role: Text = Field(max_length=40)
    content: Content = Field(None, description="A text, or a list of parts with texts.")


class StreamOptions(BaseModel):
    """What a stream holds besides the text."""

    include_usage: bool | None = Field(None, description="Whether its last chunk counts tokens.")


class ResponseFormat(BaseModel):
    """The form of the answer. Only `text` is served."""

    type: Text = Field("text", max_length=40)


class ChatBody(BaseModel):
    """A conversation that holds an article and says how to summarise it.

    Fields that only steer how a model writes, such as `temperature`, are not read.
    """

    model_config = example(
        {
            "model": "breve-270m",
            "messages": [
                {"role": "system", "content": "Résume l'article en deux phrases, en français."},
                {"role": "user", "content": EXAMPLE_TEXT},
            ],
        }
    )

    messages: list[ChatMessage] = Field(min_length=1)
    model: Text | None = Field(
        None,
        description="Any name: the model that is served answers, and the answer names it.",
        max_length=200,
    )
    stream: bool | None = Field(None, description="Whether the answer comes as events.")
    stream_options: StreamOptions | None = None
    max_tokens: int | None = Field(None, ge=1, description="Bounds the words of the summary.")
    max_completion_tokens: int | None = Field(None, ge=1, description="The same as `max_tokens`.")
    n: int | None = Field(None, ge=1, le=1, description="How many answers: one.")
    response_format: ResponseFormat | None = None


class ChatUsage(BaseModel):
    """Tokens, by the model's own count."""

    prompt_tokens: int = Field(description="Those of all messages.")
    completion_tokens: int = Field(description="Those of the answer's text.")
    total_tokens: int


class ChatReply(BaseModel):
    """The text of the answer."""

    role: Literal["assistant"]
    content: str


class ChatChoice(BaseModel):
    """The answer. `finish_reason` is `length` where a sentence had to be cut."""

    index: Literal[0]
    message: ChatReply
    finish_reason: Literal["stop", "length"]


class ChatAnswer(BaseModel):
    """A summary as a chat completion. `breve` is what `/summarize` answers: with it come evidence
    and warnings. Its `article.text` is the article that was found in the messages."""

    model_config = example(
        {
            "id": _EXAMPLE_ID,
            "object": "chat.completion",
            "created": _EXAMPLE_CREATED,
            "model": "breve-270m",
            "choices": [
                {
                    "index": 0,
                    "message": {"role": "assistant", "content": _EXAMPLE_CONTENT},
                    "finish_reason": "stop",
                }
            ],
            "usage": {"prompt_tokens": 96, "completion_tokens": 22, "total_tokens": 118},
            "breve": EXAMPLE_SUMMARY,
        }
    )

    id: str
    object: Literal["chat.completion"]
    created: int = Field(description="Seconds since 1970.")
    model: str
    choices: list[ChatChoice]
    usage: ChatUsage
    breve: SummaryBody


_EXAMPLE_MODEL: Final = {
    "id": "breve-270m",
    "object": "model",
    "created": _EXAMPLE_CREATED,
    "owned_by": "breve",
}


class ModelEntry(BaseModel):
    """A model that is served."""

    model_config = example(_EXAMPLE_MODEL)

    id: str
    object: Literal["model"]
    created: int = Field(description="Since when it is served, in seconds since 1970.")
    owned_by: str


class ModelList(BaseModel):
    """The models that are served: one."""

    model_config = example({"object": "list", "data": [_EXAMPLE_MODEL]})

    object: Literal["list"]
    data: list[ModelEntry]


EXAMPLE_CHUNK: Final = (
    f'data: {{"id":"{_EXAMPLE_ID}","object":"chat.completion.chunk","created":{_EXAMPLE_CREATED},'
    '"model":"breve-270m","choices":[{"index":0,"delta":{"content":"Nuagis ouvre une région."},'
    '"finish_reason":null}]}\n\ndata: [DONE]\n\n'
)
