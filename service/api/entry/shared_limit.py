"""The rate limit for each client, counted in a store that several services share."""

import logging
import time
from typing import TYPE_CHECKING, Final

import anyio
from limits.errors import StorageError
from limits.storage import RedisStorage
from pydantic import SecretStr

from service.api.contract.problems import ApiError
from service.api.entry.access import RateLimit

if TYPE_CHECKING:
    from redis import ConnectionPool

PREFIX: Final = "breve"  # Begins all names in the store.
SOCKET_SECONDS: Final = 1.0  # For the store to accept a connection, and for each of its answers.
# For all calls of one request to the store. Without it, nothing would limit the look-up of the
# store's host.
STORE_SECONDS: Final = 2.0
RETRY_SECONDS: Final = 5.0  # How long a store that did not answer is left alone.
MAX_CALLS: Final = 8  # Requests that ask the store at once, each in a thread.

logger = logging.getLogger("breve.limit")


class SharedLimit:
    """The rate limit for each client, counted for all services that name the same store.

    With an empty `address`, the process counts by itself. It also does so while the store does not
    answer, as a limit is no reason to refuse everybody.
    """

    def __init__(self, rule: str, address: SecretStr) -> None:
        """Raises ModuleNotFoundError where a store is named and the extra `redis` is missing."""
        self._own = RateLimit(rule)
        self._shared: RateLimit | None = None
        self._connections: ConnectionPool | None = None
        if rule and address:
            self._connections = _prepare_connections(address.get_secret_value())
            self._shared = RateLimit(rule, _store_behind(self._connections))
        self._calls = anyio.CapacityLimiter(MAX_CALLS)
        self._is_lost = False
        self._retry_at = 0.0

    async def take(self, client: str, articles: int) -> None:
        """Counts articles for a client. Raises the errors of `RateLimit.take`."""
        if self._shared is None or (self._is_lost and time.monotonic() < self._retry_at):
            self._own.take(client, articles)
            return
        # While the store is lost, only this request tries it. The others do not wait meanwhile.
        self._retry_at = time.monotonic() + RETRY_SECONDS
        try:
            await self._ask_store(self._shared, client, articles)
        except (StorageError, OSError) as error:  # TimeoutError is an OSError.
            self._note_loss(error)
        except ApiError:
            self._note_answer()
            raise
        else:
            self._note_answer()
            return
        self._own.take(client, articles)

    def close(self) -> None:
        """Ends the connections to the store."""
        if self._connections is not None:
            self._connections.disconnect()

    async def _ask_store(self, shared: RateLimit, client: str, articles: int) -> None:
        with anyio.fail_after(STORE_SECONDS):
            await anyio.to_thread.run_sync(
                shared.take, client, articles, abandon_on_cancel=True, limiter=self._calls
            )

    def _note_loss(self, error: Exception) -> None:
        """Notes the loss. Only the error's type is logged: its message may hold the address."""
        self._retry_at = time.monotonic() + RETRY_SECONDS
        if not self._is_lost:
            self._is_lost = True
            cause = error.storage_error if isinstance(error, StorageError) else error
            logger.warning(
                "the store of BREVE_RATE_LIMIT_STORE does not answer (%s): this process counts "
                "by itself until it does",
                type(cause).__name__,
            )

    def _note_answer(self) -> None:
        if self._is_lost:
            self._is_lost = False
            logger.warning("the store of BREVE_RATE_LIMIT_STORE answers again: its counts are used")


def _prepare_connections(address: str) -> "ConnectionPool":
    """Prepares a pool of connections to the store, each made when a call needs it."""
    try:
        import redis
        from redis.backoff import NoBackoff
        from redis.retry import Retry
    except ModuleNotFoundError as error:
        words = "BREVE_RATE_LIMIT_STORE needs more packages: pip install -e '.[redis]'."
        raise ModuleNotFoundError(words, name="redis") from error
    # The store may have closed an idle connection, so a call that cannot reach it is tried again.
    retry = Retry(NoBackoff(), 1, (redis.ConnectionError,))
    return redis.ConnectionPool.from_url(
        address,
        socket_connect_timeout=SOCKET_SECONDS,
        socket_timeout=SOCKET_SECONDS,
        retry=retry,
    )


def _store_behind(connections: "ConnectionPool") -> RedisStorage:
    # RedisStorage takes only the scheme of the address, as it is given connections.
    return RedisStorage(
        "redis://", connection_pool=connections, key_prefix=PREFIX, wrap_exceptions=True
    )
