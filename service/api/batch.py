"""Many articles in one request: one result or one problem for each, in order."""

import asyncio
import json
import time
from collections import deque
from collections.abc import AsyncIterator, Sequence
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse

from service.api.contract import documentation, problems
from service.api.contract.examples import EXAMPLE_RESULTS
from service.api.contract.schemas import BadItem, BatchAnswer, BatchBody, BatchItem
from service.api.refusals import QueueFull
from service.api.work.admission import estimated_tokens
from service.api.work.answers import Answer, unheard
from service.api.work.dependencies import (
    JSON,
    NDJSON,
    AcceptedForBatch,
    ClientOfBatch,
    Parts,
    PartsOf,
)
from service.api.work.fetching import Completed, completed
from service.api.work.validation import validated
from service.api.work.waiting import ClientLeft, while_there

router = APIRouter()

ROOM_POLL_SECONDS: Final = 0.25  # how often an item asks for room in a full queue
_LINES: Final = "".join(json.dumps(result, ensure_ascii=False) + "\n" for result in EXAMPLE_RESULTS)


@router.post(
    "/summarize/batch",
    tags=[documentation.SUMMARIES],
    response_model=BatchAnswer,
    responses={
        200: {"content": {NDJSON: {"schema": {"type": "string"}, "example": _LINES}}},
        **documentation.errors(400, 401, 406, 408, 413, 415, 422, 429, 500, 503),
    },
)
async def summarize_batch(
    request: Request,
    body: BatchBody,
    parts: PartsOf,
    accepted: AcceptedForBatch,
    client: ClientOfBatch,
) -> Response:
    """Summarises several articles. Each has its own result or its own problem, in order, whatever
    becomes of the others.

    With `Accept: application/x-ndjson`, results are sent as soon as they and those before them are
    finished, one a line. Items enter the same queue as single requests, a few at a time; the
    deadline of each runs from then on.
    """
    _check(parts, body.items)
    parts.limit.take(client, len(body.items))
    work = _Batch(parts, request)
    if accepted == NDJSON:
        return StreamingResponse(_lines(work.results(body.items)), media_type=NDJSON)
    try:
        results = await while_there(request, _all(work.results(body.items)))
    except ClientLeft:
        return Response(status_code=problems.CLIENT_LEFT)
    return Response(b'{"results":[' + b",".join(results) + b"]}", media_type=JSON)


def _check(parts: Parts, items: Sequence[BatchItem | BadItem]) -> None:
    """Refuses what would be refused to a single request with the first article."""
    parts.worker.check()
    first = next((item for item in items if isinstance(item, BatchItem)), None)
    parts.worker.queue.check(estimated_tokens(first.request()) if first else 1)


async def _all(results: AsyncIterator[bytes]) -> list[bytes]:
    return [result async for result in results]


async def _lines(results: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    async for result in results:
        yield result + b"\n"


def _written(
    identifier: str | int | None, index: int, summary: bytes = b"null", problem: bytes = b"null"
) -> bytes:
    """A `BatchResult` in JSON, of the JSON of its summary or its problem."""
    name = json.dumps(identifier, ensure_ascii=False).encode()
    return b'{"id":%b,"index":%d,"summary":%b,"problem":%b}' % (name, index, summary, problem)


class _Batch:
    """The items of one request on their way; they share their turns in the queue."""

    def __init__(self, parts: Parts, request: Request) -> None:
        self._parts, self._request = parts, request
        # Half of what can be worked on: a batch that fills the service leaves the other half to
        # others.
        self._most = max(1, parts.settings.concurrency // 2)

    async def results(self, items: Sequence[BatchItem | BadItem]) -> AsyncIterator[bytes]:
        """The results in JSON, in order, as they are finished. Those under way are cancelled when
        nobody takes them."""
        tasks: deque[asyncio.Task[bytes]] = deque()
        try:
            for index, item in enumerate(items):
                if len(tasks) == self._most:
                    yield await tasks.popleft()
                tasks.append(asyncio.create_task(self._result(index, item)))
            while tasks:
                yield await tasks.popleft()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _result(self, index: int, item: BatchItem | BadItem) -> bytes:
        identifier = problems.request_id(self._request)
        try:
            if not isinstance(item, BadItem):
                answer = await self._answer(item)
                return _written(item.id, index, summary=answer.json)
            problem = problems.invalid_body(item.errors, identifier)
        except Exception as error:
            problem, _ = problems.told(error, identifier)
        noted = problems.noted(self._request.scope, problem)
        return _written(item.id, index, problem=noted.model_dump_json().encode())

    async def _answer(self, item: BatchItem) -> Answer:
        """The answer to one item, which waits for room in the queue for as long as the answer may
        take."""
        asked = validated(self._parts, item)
        end = time.monotonic() + asked.seconds
        whole: Completed | None = None
        while True:
            try:
                whole = whole or await completed(self._parts, asked)
                deadline = time.monotonic() + asked.seconds - whole.seconds
                ticket = self._parts.answers.ask(whole.request, deadline, unheard, self)
            except QueueFull:
                if time.monotonic() + ROOM_POLL_SECONDS > end:
                    raise
                await asyncio.sleep(ROOM_POLL_SECONDS)
            else:
                return await self._parts.answers.wait(ticket)
