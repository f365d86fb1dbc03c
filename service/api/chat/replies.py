"""A summary in OpenAI's form: whole, or in the chunks of a stream."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from service.api.chat.options import Options
from service.api.chat.requests import ChatRequest
from service.api.contract.layouts import lay_out
from service.api.work.answers import Answer

CUT: Final = "max_words"  # The warning about a sentence that was cut.
# Characters that end a line for `splitlines`, and that JSON does not escape.
_LINE_BREAK: Final = re.compile("[\x85\u2028\u2029]")
END: Final = "[DONE]"  # The last event of a stream.


@dataclass(frozen=True)
class Reply:
    """An answer: its id (`name`), its text in pieces, and its summary (a `SummaryBody`).

    Each piece ends where a sentence ends, or is the line that names the language. `created` is
    in seconds since 1970. `model` is the model that answered.
    """

    name: str
    created: int
    model: str
    pieces: Sequence[str]
    summary: dict[str, Any]

    @property
    def content(self) -> str:
        """The whole text."""
        return "".join(self.pieces)

    def whole(self, usage: dict[str, int]) -> dict[str, Any]:
        """The answer as a `ChatAnswer`."""
        message = {"role": "assistant", "content": self.content}
        choice = {"index": 0, "message": message, "finish_reason": self._finish_reason}
        return {
            **self._head("chat.completion"),
            "choices": [choice],
            "usage": usage,
            "breve": self.summary,
        }

    def chunks(self, usage: dict[str, int] | None) -> Iterator[str]:
        """Yields the data of each event of a stream, `[DONE]` included.

        `usage` follows the text; None leaves it out.
        """
        yield self._chunk({"role": "assistant", "content": ""})
        for piece in self.pieces:
            yield self._chunk({"content": piece})
        yield self._chunk({}, self._finish_reason, breve=self.summary)
        if usage is not None:
            yield write_json({**self._head("chat.completion.chunk"), "choices": [], "usage": usage})
        yield END

    def _chunk(self, delta: dict[str, str], finish_reason: str | None = None, **more: Any) -> str:
        choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
        return write_json({**self._head("chat.completion.chunk"), "choices": [choice], **more})

    def _head(self, kind: str) -> dict[str, Any]:
        return {"id": self.name, "object": kind, "created": self.created, "model": self.model}

    @property
    def _finish_reason(self) -> str:
        codes = [warning["code"] for warning in self.summary["warnings"]]
        return "length" if CUT in codes else "stop"


def make_reply(answer: Answer, request: ChatRequest, name: str, created: int, model: str) -> Reply:
    """Makes the reply to a chat, with the number of sentences and the layout that it asks for."""
    summary = json.loads(answer.json)
    if request.body.text is not None:
        # The client cannot know which part of its messages is the article.
        summary["article"]["text"] = request.body.text
    _shorten(summary, request.options.sentences)
    return Reply(name, created, model, _pieces(summary, request.options), summary)


def _pieces(summary: dict[str, Any], options: Options) -> list[str]:
    """The text in pieces of a sentence each, below a line with the language if that is wanted."""
    texts = [sentence["text"] for sentence in summary["sentences"]]
    ends = [len(lay_out(texts[: number + 1], options.layout)) for number in range(len(texts))]
    content = lay_out(texts, options.layout)
    pieces = [content[start:end] for start, end in zip([0, *ends], ends, strict=False)]
    return [f'Lang: "{summary["language"]}"\n', *pieces] if options.names_language else pieces


def _shorten(summary: dict[str, Any], most: int | None) -> None:
    """Leaves out the sentences after the first `most` ones, and the warnings about them."""
    sentences = summary["sentences"]
    if most is None or len(sentences) <= most:
        return
    summary["sentences"] = sentences[:most]
    summary["summary"] = " ".join(sentence["text"] for sentence in sentences[:most])
    summary["warnings"] = [
        warning
        for warning in summary["warnings"]
        if warning["sentence"] is None or warning["sentence"] < most
    ]


def write_json(value: Any) -> str:
    """A value as JSON on one line.

    Line breaks of Unicode are escaped: clients that use `splitlines` would cut the line there.
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return _LINE_BREAK.sub(lambda line_break: f"\\u{ord(line_break[0]):04x}", text)
