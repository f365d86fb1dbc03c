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
from service.api.contract.requests import BadItem, BatchBody, BatchItem
from service.api.contract.responses import BatchAnswer
from service.api.observing.logs import CLIENT_LEFT, note_problem
from service.api.refusals import QueueFull
from service.api.work.admission import estimate_tokens
from service.api.work.answers import Answer, ignore_step
from service.api.work.dependencies import (
    JSON,
    NDJSON,
    AcceptedForBatch,
    ClientOfBatch,
    Parts,
    PartsOf,
)
from service.api.work.fetching import CompleteRequest, complete
from service.api.work.validation import validate
from service.api.work.waiting import ClientLeft, while_connected

router = APIRouter()

ROOM_POLL_SECONDS: Final = 0.25  # How often an item asks for room in a full queue.
_EXAMPLE_LINES: Final = "".join(
    json.dumps(result, ensure_ascii=False) + "\n" for result in EXAMPLE_RESULTS
)


@router.post(
    "/summarize/batch",
    tags=[documentation.SUMMARIES],
    description=documentation.SUMMARIZE_BATCH,
    response_model=BatchAnswer,
    responses={
        200: {"content": {NDJSON: {"schema": {"type": "string"}, "example": _EXAMPLE_LINES}}},
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
    """Answers a batch as one JSON object, or as NDJSON with one result a line.

    OpenAPI describes this route by `documentation.SUMMARIZE_BATCH`, not by this docstring.
    """
    _check_capacity(parts, body.items)
    await parts.limit.take(client, len(body.items))
    results = Batch(parts, request).results(body.items)
    if accepted == NDJSON:
        return StreamingResponse(_as_lines(results), media_type=NDJSON)
    try:
        collected = await while_connected(request, _collect(results))
    except ClientLeft:
        return Response(status_code=CLIENT_LEFT)
    return Response(b'{"results":[' + b",".join(collected) + b"]}", media_type=JSON)


def _check_capacity(parts: Parts, items: Sequence[BatchItem | BadItem]) -> None:
    """Refuses the batch if a single request with its first article would be refused."""
    parts.worker.check()
    first = next((item for item in items if isinstance(item, BatchItem)), None)
    parts.worker.queue.check(estimate_tokens(first.request()) if first else 1)


async def _collect(results: AsyncIterator[bytes]) -> list[bytes]:
    return [result async for result in results]


async def _as_lines(results: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    async for result in results:
        yield result + b"\n"


def _result_json(
    identifier: str | int | None, index: int, summary: bytes = b"null", problem: bytes = b"null"
) -> bytes:
    """The JSON of a `BatchResult`, made of the JSON of its summary or its problem."""
    name = json.dumps(identifier, ensure_ascii=False).encode()
    return b'{"id":%b,"index":%d,"summary":%b,"problem":%b}' % (name, index, summary, problem)


class Batch:
    """The articles of one request, which share its turns in the queue.

    `most` is how many of them may be under way at a time.
    """

    def __init__(self, parts: Parts, request: Request) -> None:
        self._parts, self._request = parts, request
        # Half of what the service can work on at once: the other half is left to other requests.
        self.most = max(1, parts.settings.concurrency // 2)

    async def results(self, items: Sequence[BatchItem | BadItem]) -> AsyncIterator[bytes]:
        """Yields the results as JSON, in order, each once it and those before it are finished.

        Items under way are cancelled when nobody takes the results any more.
        """
        tasks: deque[asyncio.Task[bytes]] = deque()
        try:
            for index, item in enumerate(items):
                if len(tasks) == self.most:
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
                answer = await self.answer(item)
                return _result_json(item.id, index, summary=answer.json)
            problem = problems.invalid_body(item.errors, identifier)
        except Exception as error:
            problem, _ = problems.report_error(error, identifier)
        note_problem(self._request.scope, problem.code)
        return _result_json(item.id, index, problem=problem.model_dump_json().encode())

    async def answer(self, item: BatchItem) -> Answer:
        """The answer to one item.

        While the queue is full, the item waits, at most as long as its answer may take. Then it
        raises QueueFull.
        """
        order = validate(self._parts, item)
        end = time.monotonic() + order.seconds
        completed: CompleteRequest | None = None
        while True:
            try:
                completed = completed or await complete(self._parts, order)
                deadline = time.monotonic() + order.seconds - completed.seconds
                ticket = self._parts.answers.ask(completed.request, deadline, ignore_step, self)
            except QueueFull:
                if time.monotonic() + ROOM_POLL_SECONDS > end:
                    raise
                await asyncio.sleep(ROOM_POLL_SECONDS)
            else:
                return await self._parts.answers.wait(ticket)
