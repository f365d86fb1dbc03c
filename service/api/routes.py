"""The routes."""

import asyncio
import time
from collections.abc import AsyncIterator
from functools import partial
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool

from models.catalog import catalog
from models.engine import Cancelled
from service import __version__
from service.api import problems
from service.api.dependencies import EVENTS, Accepted, Authorized, Parts, PartsOf
from service.api.problems import ApiError, Problem
from service.api.schemas import CatalogBody, HealthBody, InfoBody, SummarizeBody, SummaryBody
from service.api.worker import Job, State
from service.fetch import fetch
from service.lengths import MAX_MAX_WORDS, MIN_MAX_WORDS, Length
from service.summary import Summary

router = APIRouter()

CLIENT_LEFT: Final = 499  # never read by anybody; the usual mark in logs

_EXAMPLES: Final = {
    400: ("malformed_json", "The body is not JSON: Expecting value."),
    401: ("unauthorized", "A valid key is needed: Authorization: Bearer …"),
    403: ("urls_disabled", "This service does not fetch addresses (BREVE_ALLOW_URLS)."),
    406: ("not_acceptable", "The answer is application/json or text/event-stream, not text/csv."),
    413: ("too_large", "The body has 2500000 bytes; at most 2000000 are allowed."),
    415: ("unsupported_media_type", "The body should be application/json, not text/plain."),
    422: ("too_short", "The article has 5 words; at least 8 are needed."),
    500: ("internal", "Something went wrong on our side."),
    502: ("fetch_failed", "The page was answered with status 404."),
    503: ("queue_full", "16 requests are waiting already; try again in 48 s."),
    504: ("deadline", "The summary was not finished in time; send a shorter article or try again."),
}


def _documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Error responses for the documentation, each with an example."""
    documented: dict[int | str, dict[str, Any]] = {}
    for status in statuses:
        code, detail = _EXAMPLES[status]
        example = problems.problem("5f0c8a52e6a94b6d", status, code, detail).model_dump(exclude_none=True)
        documented[status] = {"model": Problem, "content": {problems.MEDIA_TYPE: {"example": example}}}
    return documented


@router.post(
    "/summarize",
    response_model=SummaryBody,
    responses={
        200: {"content": {EVENTS: {"schema": {"type": "string"}, "example": 'event: step\ndata: {"step": "read"}\n\n'}}},
        **_documented(400, 401, 403, 406, 413, 415, 422, 500, 502, 503, 504),
    },
    dependencies=[Authorized],
)
async def summarize(request: Request, body: SummarizeBody, parts: PartsOf, accepted: Accepted) -> Response:
    """Summarises one article. With `Accept: text/event-stream`, events `step`, `sentence` and `summary` (or `problem`)."""
    _check(body, parts)
    identifier = problems.request_id(request)
    page = None
    if body.url is not None:
        parts.worker.check()  # nothing is fetched for a service that cannot use it
        page = await run_in_threadpool(fetch, body.url, parts.settings.url_timeout_seconds)
    steps: asyncio.Queue[str] = asyncio.Queue()
    loop = asyncio.get_running_loop()
    job = parts.worker.submit(body.request(page), partial(_note, loop, steps))
    with_text = body.text is None
    if accepted == EVENTS:
        return EventSourceResponse(_events(job, steps, with_text, identifier), ping=15, shutdown_grace_period=_left(job))
    try:
        summary = await _finished(job, request)
    except Exception as error:
        return Response(status_code=CLIENT_LEFT) if job.left else problems.answer(error, identifier)
    return JSONResponse(SummaryBody.of(summary, with_text).model_dump())


def _note(loop: asyncio.AbstractEventLoop, steps: "asyncio.Queue[str]", step: str) -> None:
    """Tells the event loop, from the worker's thread, that a step begins."""
    if not loop.is_closed():
        loop.call_soon_threadsafe(steps.put_nowait, step)


def _check(body: SummarizeBody, parts: Parts) -> None:
    settings = parts.settings
    if body.text is not None and len(body.text) > settings.max_characters:
        detail = f"text: at most {settings.max_characters} characters are allowed, {len(body.text)} were given."
        raise ApiError(422, "text_too_long", detail)
    if body.model is not None and body.model != settings.model:
        raise ApiError(422, "unknown_model", f"model: this service serves {settings.model!r}, not {body.model!r}.")
    if body.url is not None and not settings.allow_urls:
        raise ApiError(403, "urls_disabled", "This service does not fetch addresses (BREVE_ALLOW_URLS).")


async def _finished(job: Job, request: Request) -> Summary:
    """The result of `job`. Cancels it, and raises, when the deadline passes, the client leaves or the server stops."""
    result = asyncio.wrap_future(job.result)
    gone: asyncio.Future[Any] = asyncio.ensure_future(_disconnected(request))
    try:
        both: set[asyncio.Future[Any]] = {result, gone}
        await asyncio.wait(both, timeout=_left(job), return_when=asyncio.FIRST_COMPLETED)
        if result.done():
            return result.result()
        raise Cancelled if gone.done() else TimeoutError
    finally:
        job.cancel(left=gone.done() and not result.done())
        gone.cancel()
        result.cancel()


def _left(job: Job) -> float:
    """Seconds until the job's deadline."""
    return max(0.0, job.deadline - time.monotonic())


async def _disconnected(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def _events(job: Job, steps: "asyncio.Queue[str]", with_text: bool, identifier: str) -> AsyncIterator[ServerSentEvent]:
    """The steps as they begin, then the sentences and the whole summary, or a problem."""
    result = asyncio.wrap_future(job.result)
    try:
        while not result.done() or not steps.empty():
            step = await _next(steps, result, job)
            if step is not None:
                yield _event("step", f'{{"step": "{step}"}}')
        body = SummaryBody.of(await result, with_text)
        for sentence in body.sentences:
            yield _event("sentence", sentence.model_dump_json())
        yield _event("summary", body.model_dump_json())
    except Exception as error:
        yield _event("problem", bytes(problems.answer(error, identifier).body).decode())
    finally:
        job.cancel()  # the client has left, or all is done
        result.cancel()


async def _next(steps: "asyncio.Queue[str]", result: "asyncio.Future[Summary]", job: Job) -> str | None:
    """The next step, or None when the result comes first. Raises TimeoutError at the deadline."""
    step: asyncio.Future[str] = asyncio.ensure_future(steps.get())
    try:
        both: set[asyncio.Future[Any]] = {step, result}
        done, _ = await asyncio.wait(both, timeout=_left(job), return_when=asyncio.FIRST_COMPLETED)
        if not done:
            raise TimeoutError
        return step.result() if step.done() else None
    finally:
        step.cancel()


def _event(name: str, data: str) -> ServerSentEvent:
    return ServerSentEvent(data, event=name)


@router.get("/models", response_model=list[CatalogBody], responses=_documented(401), dependencies=[Authorized])
async def models(parts: PartsOf) -> list[CatalogBody]:
    """The checkpoints that the service knows, and which one it serves."""
    fields = CatalogBody.model_fields.keys() - {"served"}
    served = {parts.settings.model, parts.settings.translator}
    return [
        CatalogBody(served=bool(served & {entry.name, entry.id}), **{name: getattr(entry, name) for name in fields})
        for entry in catalog().values()
    ]


@router.get("/info", response_model=InfoBody, responses=_documented(401), dependencies=[Authorized])
async def info(parts: PartsOf) -> InfoBody:
    """Version, model, languages and limits."""
    settings = parts.settings
    described = parts.worker.description
    return InfoBody(
        version=__version__,
        model=settings.model,
        translator=settings.translator or None,
        revision=described.revision if described else None,
        runtime=described.runtime if described else None,
        state=parts.worker.state()[0].value,
        languages=["fr", "en"],
        lengths=[length.value for length in Length],
        limits={
            "max_body_bytes": settings.max_body_bytes,
            "max_characters": settings.max_characters,
            "min_max_words": MIN_MAX_WORDS,
            "max_max_words": MAX_MAX_WORDS,
            "queue_size": settings.queue_size,
            "deadline_seconds": settings.deadline_seconds,
            "allow_urls": settings.allow_urls,
        },
    )


@router.get("/livez", response_model=HealthBody)
async def livez() -> HealthBody:
    """Alive: the process answers."""
    return HealthBody(status="alive", detail="The process answers.")


@router.get("/readyz", response_model=HealthBody, responses=_documented(503))
async def readyz(request: Request, parts: PartsOf) -> Response:
    """Ready: the model has produced a warm-up summary, and its thread lives and is not stuck."""
    state, detail = parts.worker.state()
    if state is State.READY:
        return JSONResponse(HealthBody(status=state.value, detail=detail).model_dump())
    body = problems.problem(problems.request_id(request), 503, state.value, detail)
    return problems.response(body, {"Retry-After": "5"})


@router.get("/", include_in_schema=False)
async def home() -> RedirectResponse:
    """Leads to the documentation."""
    return RedirectResponse("/docs")
