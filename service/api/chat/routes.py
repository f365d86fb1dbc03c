"""`POST /v1/chat/completions`, `GET /v1/models` and `GET /v1/models/{model}`."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Final

import anyio
from fastapi import APIRouter, Request
from fastapi.responses import Response
from sse_starlette import EventSourceResponse, ServerSentEvent

from service.api.chat.bodies import EXAMPLE_CHUNK, ChatAnswer, ChatBody, ModelEntry, ModelList
from service.api.chat.replies import Reply, make_reply, write_json
from service.api.chat.requests import ChatRequest, read_chat
from service.api.contract import documentation, problems
from service.api.contract.problems import ApiError
from service.api.observing.logs import CLIENT_LEFT, note_problem
from service.api.work.answers import Answer, retrieve_error
from service.api.work.dependencies import EVENTS, JSON, Client, Parts, PartsOf
from service.api.work.tickets import admit, next_step, take_ticket
from service.api.work.validation import Order, validate
from service.api.work.waiting import ClientLeft, while_connected

router = APIRouter()

OWNER: Final = "breve"
MAX_NAME: Final = 200  # Characters of a model's name that an error repeats.
READING: Final = "read"  # The first step, after which the input is known to be an article.
LINE_END: Final = "\n"  # As OpenAI's: some clients look for two of these between events.
_STARTED: Final = int(time.time())


@router.post(
    "/v1/chat/completions",
    tags=[documentation.OPENAI],
    response_model=ChatAnswer,
    responses={
        200: {"content": {EVENTS: {"schema": {"type": "string"}, "example": EXAMPLE_CHUNK}}},
        **documentation.openai_errors(400, 401, 408, 413, 415, 421, 422, 429, 500, 503, 504),
    },
)
async def complete_chat(
    request: Request, body: ChatBody, parts: PartsOf, client: Client
) -> Response:
    """Summarises the article of a conversation, as OpenAI's clients ask for it. With `stream`,
    events as OpenAI sends them."""
    most = parts.settings.max_characters
    # In a thread: messages that are built to be slow take a second.
    chat = await anyio.to_thread.run_sync(read_chat, body, most, limiter=parts.measures)
    order = validate(parts, chat.body)
    await admit(parts, order, client)
    exchange = _Exchange(request, parts, chat)
    try:
        if body.stream:
            with_usage = bool(body.stream_options and body.stream_options.include_usage)
            return await while_connected(request, exchange.begin_stream(order, with_usage))
        return await while_connected(request, exchange.answer_whole(order))
    except ClientLeft:
        return Response(status_code=CLIENT_LEFT)


class _Exchange:
    """One chat and its answer."""

    def __init__(self, request: Request, parts: Parts, chat: ChatRequest) -> None:
        self._request, self._parts, self._chat = request, parts, chat

    async def answer_whole(self, order: Order) -> Response:
        """The whole answer."""
        ticket = await take_ticket(self._parts, order)
        reply = self._reply(await self._parts.answers.wait(ticket))
        content = write_json(reply.whole(await self._usage(reply)))
        return Response(content, media_type=JSON, headers={"X-Cache": ticket.origin})

    async def begin_stream(self, order: Order, with_usage: bool) -> Response:
        """Begins the stream, once the article is read.

        So an input that is no article gets an HTTP status of its own. Few clients read errors
        within streams.
        """
        steps: asyncio.Queue[str] = asyncio.Queue()
        ticket = await take_ticket(self._parts, order, steps.put_nowait)
        waiting = asyncio.ensure_future(self._parts.answers.wait(ticket))
        waiting.add_done_callback(retrieve_error)
        try:
            while await next_step(steps, waiting) == READING:
                pass
            if waiting.done():
                await waiting  # Raises what the reading has raised.
        except BaseException:
            waiting.cancel()
            raise
        return EventSourceResponse(
            self._events(waiting, with_usage),
            ping=15,
            sep=LINE_END,
            shutdown_grace_period=ticket.left,
            headers={"X-Cache": ticket.origin},
        )

    async def _events(
        self, waiting: "asyncio.Future[Answer]", with_usage: bool
    ) -> AsyncIterator[ServerSentEvent]:
        """Yields the chunks of the answer, or an error. The whole summary is checked first."""
        try:
            reply = self._reply(await waiting)
            usage = await self._usage(reply) if with_usage else None
            for chunk in reply.chunks(usage):
                yield _event(chunk)
        except Exception as error:
            problem, _ = problems.report_error(error, problems.request_id(self._request))
            note_problem(self._request.scope, problem.code)
            yield _event(write_json(problems.in_openai_form(problem)))
        finally:
            waiting.cancel()  # The client has left, or the answer is complete.

    def _reply(self, answer: Answer) -> Reply:
        name = f"chatcmpl-{problems.request_id(self._request)}"
        model = self._parts.settings.model
        return make_reply(answer, self._chat, name, int(time.time()), model)

    async def _usage(self, reply: Reply) -> dict[str, int]:
        """The tokens of the messages and of the answer, counted in a thread."""
        count, limiter = self._parts.worker.count_tokens, self._parts.measures
        prompt, text = [
            await anyio.to_thread.run_sync(count, counted, limiter=limiter)
            for counted in (self._chat.prompt, reply.content)
        ]
        return {
            "prompt_tokens": prompt,
            "completion_tokens": text,
            "total_tokens": prompt + text,
        }


def _event(data: str) -> ServerSentEvent:
    return ServerSentEvent(data, sep=LINE_END)


@router.get(
    "/v1/models",
    tags=[documentation.OPENAI],
    response_model=ModelList,
    responses=documentation.openai_errors(401, 421),
)
async def list_models(parts: PartsOf, client: Client) -> ModelList:
    """The model that is served, as OpenAI's clients list models."""
    return ModelList(object="list", data=[_describe_model(parts)])


@router.get(
    "/v1/models/{model:path}",
    tags=[documentation.OPENAI],
    response_model=ModelEntry,
    responses=documentation.openai_errors(401, 404, 421, 422),
)
async def get_model(model: str, parts: PartsOf, client: Client) -> ModelEntry:
    """The model of this name, if it is served."""
    served = parts.settings.model
    if model != served:
        detail = f"The model {model[:MAX_NAME]!r} is not served; {served!r} is."
        raise ApiError(404, "not_found", detail, field="model")
    return _describe_model(parts)


def _describe_model(parts: Parts) -> ModelEntry:
    return ModelEntry(id=parts.settings.model, object="model", created=_STARTED, owned_by=OWNER)
