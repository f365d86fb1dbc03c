"""Access to the service: its keys, and a rate limit for each client."""

import hashlib
import hmac
import math
from collections.abc import Sequence
from typing import Final

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from service.api.contract.problems import ApiError
from service.settings import HASHED

# More than the rounding error of the limiter's times. It computes them from the number of windows
# since 1970, which is a fraction.
CLOCK_SECONDS: Final = 0.001


class Keys:
    """The keys that open the service, kept as SHA-256 digests.

    Each of `keys` is a key itself, or `sha256:` and the digest of a key in hexadecimal.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        self._digests = [_digest_of(key) for key in keys]

    def client(self, authorization: str, address: str) -> str:
        """The name under which a client is counted: the digest of its key.

        Where the service has no keys, it is `address`. Raises ApiError 401 unless the header holds
        one of the keys. All keys are compared, each in constant time.
        """
        if not self._digests:
            return address
        scheme, _, key = authorization.partition(" ")
        # Only space and tab: the server reads a header as Latin-1, in which the last byte of a
        # UTF-8 letter may look like another space: "à" ends in A0, the no-break space.
        key = key.strip(" \t")
        # curl sends the letters as they are typed, in UTF-8. urllib, requests and the browsers'
        # `fetch` send Latin-1.
        encoded_keys = dict.fromkeys((key.encode("latin-1"), key.encode()))
        digests = [hashlib.sha256(encoded).digest() for encoded in encoded_keys]
        matches = [
            known
            for known in self._digests
            for digest in digests
            if hmac.compare_digest(digest, known)
        ]
        if scheme.lower() != "bearer" or not matches:
            detail = "A valid key is needed: Authorization: Bearer …"
            raise ApiError(401, "unauthorized", detail, {"WWW-Authenticate": "Bearer"})
        return matches[0].hex()


def _digest_of(key: str) -> bytes:
    if key.startswith(HASHED):
        return bytes.fromhex(key.removeprefix(HASHED))
    return hashlib.sha256(key.encode()).digest()


class RateLimit:
    """Limits the articles of each client by a rule like `60/minute`. An empty rule is no limit.

    It counts in `store`, or in this process. A store that does not answer raises StorageError.
    """

    def __init__(self, rule: str, store: RedisStorage | None = None) -> None:
        self._rule = parse(rule) if rule else None
        self._counts = store or MemoryStorage()
        self._limiter = SlidingWindowCounterRateLimiter(self._counts)

    def take(self, client: str, articles: int) -> None:
        """Counts articles for a client.

        Raises ApiError 429 if they are too many now, and 422 if they would always be too many.
        """
        rule = self._rule
        if rule is None or self._limiter.hit(rule, client, cost=articles):
            return
        if articles > rule.amount:
            detail = (
                f"The request counts as {articles} articles, and {rule} is the limit: ask for "
                "fewer at once."
            )
            raise ApiError(422, "batch_too_long", detail)
        remaining = self._limiter.get_window_stats(rule, client).remaining
        seconds = self._seconds_until(rule, client, articles)
        detail = (
            f"{rule} is the limit, and {remaining} are left to you now; try again in {seconds} s."
        )
        raise ApiError(429, "rate_limited", detail, {"Retry-After": str(seconds)})

    def _seconds_until(self, rule: RateLimitItem, client: str, articles: int) -> int:
        """The seconds until the articles will fit, if the client asks for no others.

        The limiter adds the count of this window and a share of the previous window's count. The
        share is the part of the previous window that lies within the last `span` seconds.
        """
        span = rule.get_expiry()
        before, _, counted, expires = self._counts.get_sliding_window(rule.key_for(client), span)
        left = expires - span  # Seconds that are left of this window.
        room = rule.amount - articles + 1  # The count must stay below it.
        if counted < room:
            # They will fit within this window: the previous one weighs less and less.
            seconds = left - (room - counted) * span / max(before, 1)
        else:
            # They will fit within the next window: then this one weighs less and less.
            seconds = left + span * (1 - room / counted)
        return max(1, math.ceil(seconds + CLOCK_SECONDS))
