"""The routes for one article, for information and for operation.

Batches (`batch.py`), digests (`digest.py`), chats (`chat`), MCP (`mcp.py`) and the page (`page.py`)
have routes of their own.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST
from sse_starlette import EventSourceResponse, ServerSentEvent

from models.checkpoints.catalog import catalog
from models.engine import Task
from service import __version__
from service.api.contract import documentation, layouts, problems
from service.api.contract.examples import EXAMPLE_SUMMARY
from service.api.contract.requests import SummarizeBody
from service.api.contract.responses import CatalogBody, HealthBody, InfoBody, SummaryBody
from service.api.observing.logs import CLIENT_LEFT, note_problem
from service.api.refusals import State
from service.api.work.answers import Answer, Answers, Ticket, retrieve_error
from service.api.work.dependencies import (
    EVENTS,
    JSON,
    MARKDOWN,
    PLAIN,
    Accepted,
    Client,
    Parts,
    PartsOf,
)
from service.api.work.tickets import admit, next_step, take_ticket
from service.api.work.validation import Order, validate
from service.api.work.waiting import ClientLeft, while_connected
from service.choosing.lengths import MAX_MAX_WORDS, MIN_MAX_WORDS, Length

router = APIRouter()

# The settings that `GET /info` shows among the limits.
_SHOWN_LIMITS: Final = (
    "max_body_bytes",
    "max_characters",
    "batch_items",
    "concurrency",
    "queue_size",
    "queue_tokens",
    "deadline_seconds",
    "allow_urls",
)


@router.post(
    "/summarize",
    tags=[documentation.SUMMARIES],
    response_model=SummaryBody,
    responses={
        200: {
            "content": {
                EVENTS: {
                    "schema": {"type": "string"},
                    "example": 'event: step\ndata: {"step": "read"}\n\n',
                },
                MARKDOWN: {
                    "schema": {"type": "string"},
                    "example": layouts.as_markdown(EXAMPLE_SUMMARY, "bullets"),
                },
                PLAIN: {
                    "schema": {"type": "string"},
                    "example": layouts.as_plain(EXAMPLE_SUMMARY, "paragraph"),
                },
            }
        },
        **documentation.errors(400, 401, 403, 406, 408, 413, 415, 422, 429, 500, 502, 503, 504),
    },
)
async def summarize(
    request: Request, body: SummarizeBody, parts: PartsOf, accepted: Accepted, client: Client
) -> Response:
    """Summarises one article. With `Accept: text/event-stream`, events `step`, `sentence` and
    `summary` (or `problem`). With `text/markdown` or `text/plain`, the text alone."""
    order = validate(parts, body)
    await admit(parts, order, client)
    try:
        if accepted == EVENTS:
            return await _stream(request, order, parts)
        ticket, answer = await while_connected(request, _wait_for_answer(order, parts))
        return _whole(ticket, answer, accepted, body.format)
    except ClientLeft:
        return Response(status_code=CLIENT_LEFT)


async def _wait_for_answer(order: Order, parts: Parts) -> tuple[Ticket, Answer]:
    ticket = await take_ticket(parts, order)
    return ticket, await parts.answers.wait(ticket)


def _whole(ticket: Ticket, answer: Answer, media_type: str, layout: layouts.Layout) -> Response:
    """The whole answer as JSON, or its text alone, with the warnings in a header."""
    headers: dict[str, str] = {"X-Cache": ticket.origin}
    if media_type == JSON:
        return Response(answer.json, media_type=JSON, headers=headers)
    summary = json.loads(answer.json)
    if codes := dict.fromkeys(warning["code"] for warning in summary["warnings"]):
        headers["X-Warnings"] = ", ".join(codes)
    as_text = layouts.as_markdown if media_type == MARKDOWN else layouts.as_plain
    return Response(as_text(summary, layout), media_type=media_type, headers=headers)


async def _stream(request: Request, order: Order, parts: Parts) -> Response:
    steps: asyncio.Queue[str] = asyncio.Queue()
    ticket = await while_connected(request, take_ticket(parts, order, steps.put_nowait))
    events = _events(request, parts.answers, ticket, steps)
    return EventSourceResponse(
        events, ping=15, shutdown_grace_period=ticket.left, headers={"X-Cache": ticket.origin}
    )


async def _events(
    request: Request, answers: Answers, ticket: Ticket, steps: "asyncio.Queue[str]"
) -> AsyncIterator[ServerSentEvent]:
    """The steps as they begin, then the sentences and the whole summary, or a problem."""
    waiting = asyncio.ensure_future(answers.wait(ticket))
    waiting.add_done_callback(retrieve_error)
    try:
        while not waiting.done() or not steps.empty():
            step = await next_step(steps, waiting)
            if step is not None:
                yield _event("step", f'{{"step": "{step}"}}')
        answer = await waiting
        for sentence in answer.sentences:
            yield _event("sentence", sentence.decode())
        yield _event("summary", answer.json.decode())
    except Exception as error:
        problem, _ = problems.report_error(error, problems.request_id(request))
        note_problem(request.scope, problem.code)
        yield _event("problem", problem.model_dump_json(exclude_none=True))
    finally:
        waiting.cancel()  # The client has left, or the answer is complete.


def _event(name: str, data: str) -> ServerSentEvent:
    return ServerSentEvent(data, event=name)


@router.get(
    "/info",
    tags=[documentation.SERVICE],
    response_model=InfoBody,
    responses=documentation.errors(401),
)
async def info(parts: PartsOf, client: Client) -> InfoBody:
    """Version, model, languages and limits."""
    settings = parts.settings
    description = parts.worker.description
    state, _ = parts.worker.state()
    translates = description is None or Task.TRANSLATION in description.tasks
    limits = {name: getattr(settings, name) for name in _SHOWN_LIMITS}
    return InfoBody(
        version=__version__,
        model=settings.model,
        translator=_translator(parts),
        revision=description.revision if description else None,
        runtime=description.runtime if description else None,
        state=state.value,
        languages=["fr", "en"] if translates else ["fr"],
        lengths=[length.value for length in Length],
        own_terms=bool(settings.glossary_file),
        limits={**limits, "min_max_words": MIN_MAX_WORDS, "max_max_words": MAX_MAX_WORDS},
    )


def _translator(parts: Parts) -> str | None:
    """The id of the second checkpoint, which makes the English.

    None where there is none, or none is loaded yet.
    """
    description = parts.worker.description
    return (description.translator or None) if description else None


@router.get(
    "/models",
    tags=[documentation.SERVICE],
    response_model=list[CatalogBody],
    responses=documentation.errors(401),
)
async def models(parts: PartsOf, client: Client) -> list[CatalogBody]:
    """The checkpoints that the service knows, and which one it serves."""
    fields = CatalogBody.model_fields.keys() - {"served"}
    served = {parts.settings.model, parts.settings.translator, _translator(parts)}
    return [
        CatalogBody(
            served=bool(served & {entry.name, entry.id}),
            **{name: getattr(entry, name) for name in fields},
        )
        for entry in catalog().values()
    ]


@router.get("/livez", tags=[documentation.OPERATION], response_model=HealthBody)
async def livez() -> HealthBody:
    """Alive: the process answers."""
    return HealthBody(status="alive", detail="The process answers.")


@router.get(
    "/readyz",
    tags=[documentation.OPERATION],
    response_model=HealthBody,
    responses=documentation.errors(503),
)
async def readyz(request: Request, parts: PartsOf) -> Response:
    """Ready: the model has produced a warm-up summary, and its threads live and are not stuck."""
    state, detail = parts.worker.state()
    if state is State.READY:
        return JSONResponse(HealthBody(status=state.value, detail=detail).model_dump())
    body = problems.problem(problems.request_id(request), 503, state.value, detail)
    return problems.ProblemResponse(body, {"Retry-After": "5"})


@router.get(
    "/metrics",
    tags=[documentation.OPERATION],
    response_class=PlainTextResponse,
    responses={
        200: {
            "content": {
                "text/plain": {
                    "example": 'breve_requests_total{route="/summarize",status="200"} 7.0\n'
                }
            }
        }
    },
)
async def metrics(parts: PartsOf) -> Response:
    """What is counted, for Prometheus; no text, key or address in it."""
    return Response(parts.metrics.text(), media_type=CONTENT_TYPE_LATEST)
