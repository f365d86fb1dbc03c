"""A digest of feeds and articles, with one entry a story. No state is kept between requests."""

import asyncio
import json
import threading
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from models.engine import Cancelled
from service.api.batch import Batch
from service.api.contract import documentation
from service.api.contract.digests import MAX_SOURCES, DigestArticle, DigestBody, answers
from service.api.contract.problems import ApiError, invalid_body
from service.api.contract.requests import BadItem, BatchItem
from service.api.observing.logs import CLIENT_LEFT
from service.api.refusals import QueueFull
from service.api.work.dependencies import ClientOfDigest, Parts, PartsOf
from service.api.work.fetching import acquire, run_in_thread
from service.api.work.validation import check_fetching
from service.api.work.waiting import ClientLeft, while_connected
from service.feeds.digest import Digest, DigestMaker, Wishes
from service.feeds.entries import EntryWriter
from service.feeds.incoming.collecting import Reach
from service.feeds.incoming.given import GivenArticle, GivenArticles, invalid_article
from service.feeds.item import Collected
from service.feeds.store import open_store
from service.feeds.visiting import RunTime, Visitor
from service.feeds.writing.formats import FORMATS, MEDIA_TYPES
from service.reading.article import ArticleError

router = APIRouter()

_SPARE_SECONDS: Final = 1.0  # Time kept free to write and send a digest.
_NO_TIME: Final = "No time is left for this article."
_NOWHERE: Final = Path(":memory:")  # SQLite's name for a store in memory only.


@router.post(
    "/digest",
    tags=[documentation.SUMMARIES],
    response_class=Response,
    responses={
        200: {"content": answers()},
        **documentation.errors(400, 401, 403, 408, 413, 415, 422, 429, 500, 503),
    },
)
async def digest(
    request: Request, body: DigestBody, parts: PartsOf, client: ClientOfDigest
) -> Response:
    """Tells what is new in feeds and what given articles say, one entry a story. Feeds and articles
    that fail are listed at its end. Stories for which the time of a request is too short have
    their feed's or article's own words."""
    if body.has_addresses:
        check_fetching(parts)
    parts.worker.check()
    await parts.limit.take(client, body.cost)
    try:
        text = await while_connected(request, _make(parts, request, body))
    except ClientLeft:
        return Response(status_code=CLIENT_LEFT)
    return Response(text, media_type=MEDIA_TYPES[body.format])


async def _make(parts: Parts, request: Request, body: DigestBody) -> str:
    """Makes the digest in a thread, which stops when nobody waits for it any more."""
    # The time of the digest counts from here, the wait for a place included.
    work = _Work(parts, Batch(parts, request), asyncio.get_running_loop())
    holder = await acquire(parts.digests, parts.settings.url_timeout_seconds, "digests are made")
    try:
        return await run_in_thread(parts.digests, holder, lambda: work.run(body))
    finally:
        work.stop()


class _Work:
    """The work for one digest, within the time of one request."""

    def __init__(self, parts: Parts, batch: Batch, loop: asyncio.AbstractEventLoop) -> None:
        self._parts, self._batch, self._loop = parts, batch, loop
        self._stopped = threading.Event()
        self._run = RunTime(parts.settings.deadline_seconds - _SPARE_SECONDS, self._stopped)

    def stop(self) -> None:
        """Ends the work, once a page that is being fetched has come."""
        self._stopped.set()

    def run(self, body: DigestBody) -> str:
        """Makes the digest, in the format that the body asks for."""
        seconds = self._parts.settings.url_timeout_seconds
        visitor = Visitor(self._run, seconds, must_be_public=lambda address: True)
        writer = EntryWriter(
            self._summarise, visitor.fetch_page, body.language, lambda: self._batch.most
        )
        reach = Reach(most_feeds=MAX_SOURCES)
        maker = DigestMaker(visitor.fetch_feed, writer, body.language, reach=reach)
        now = datetime.now(UTC)
        wishes = Wishes(now - timedelta(hours=body.since_hours), body.max_items)
        given = self._collect_articles(body, visitor, now)
        with open_store(_NOWHERE) as store:
            made: Digest = maker.make(body.sources, store, wishes, now, given)
        return FORMATS[body.format](made)

    def _collect_articles(
        self, body: DigestBody, visitor: Visitor, now: datetime
    ) -> list[Collected]:
        """Reads the given articles. Each gives an item or an error, in order."""
        reader = GivenArticles(
            visitor.fetch_named_page,
            self._parts.settings.max_characters,
            lambda: self._run.left() > 0,
            now,
        )
        articles = body.named_articles
        read = reader.collect(
            _as_given(name, article)
            for name, article in articles.items()
            if isinstance(article, DigestArticle)
        )
        refused = [
            invalid_article(name, invalid_body(article.errors, "").detail)
            for name, article in articles.items()
            if isinstance(article, BadItem)
        ]
        by_name = {result.subscription.address: result for result in (*read, *refused)}
        return [by_name[name] for name in articles]

    def _summarise(self, fields: dict[str, Any]) -> dict[str, Any]:
        """The summary for the fields of `POST /summarize`.

        Raises ArticleError if the service refuses the article, if no time is left, or if the queue
        stays full until then. Raises Cancelled once the work is stopped.
        """
        if self._stopped.is_set():
            raise Cancelled
        left = self._run.left()
        if left < 1:
            raise ArticleError(_NO_TIME)
        item = BatchItem.model_validate({**fields, "deadline_seconds": min(left, 3600)})
        try:
            answer = self._in_loop(lambda: self._batch.answer(item))
        except (TimeoutError, ApiError, QueueFull) as error:
            raise ArticleError(str(error)) from error
        except Cancelled as error:
            if self._stopped.is_set():
                raise
            # The worker has noticed the deadline before the event loop.
            raise ArticleError(_NO_TIME) from error
        summary: dict[str, Any] = json.loads(answer.json)
        return summary

    def _in_loop(self, begin: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
        """Runs a coroutine in the event loop of the service, and waits for its result."""
        running = asyncio.run_coroutine_threadsafe(begin(), self._loop)
        while True:
            try:
                return running.result(timeout=0.5)
            except TimeoutError:
                if running.done():
                    raise
                if self._stopped.is_set():
                    running.cancel()
                    raise Cancelled from None


def _as_given(name: str, article: DigestArticle) -> GivenArticle:
    """Turns an article of the body into one that GivenArticles reads."""
    return GivenArticle(
        name,
        article.text,
        article.html,
        article.url,
        article.title,
        article.link or "",
        article.date or "",
        article.source,
    )
