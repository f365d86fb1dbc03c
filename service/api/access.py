"""Who may ask, and how often: keys, and a limit for each client."""

import hashlib
import hmac
import math
import time
from collections.abc import Sequence

from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from service.api.problems import ApiError
from service.settings import HASHED


class Keys:
    """The keys that open the service, as digests. `given` holds keys, or `sha256:` and the digest of one."""

    def __init__(self, given: Sequence[str]) -> None:
        self._digests = [
            bytes.fromhex(key.removeprefix(HASHED)) if key.startswith(HASHED) else hashlib.sha256(key.encode()).digest()
            for key in given
        ]

    def client(self, authorization: str, address: str) -> str:
        """Who asks, for the limit: the digest of the key, or the address where no keys are needed.

        Raises ApiError 401 unless the header holds one of the keys. All are compared, each in constant time.
        """
        if not self._digests:
            return address
        scheme, _, key = authorization.partition(" ")
        digest = hashlib.sha256(key.strip().encode("latin-1")).digest()  # a header's bytes, as the server read them
        matches = [hmac.compare_digest(digest, known) for known in self._digests]
        if scheme.lower() != "bearer" or not any(matches):
            detail = "A valid key is needed: Authorization: Bearer …"
            raise ApiError(401, "unauthorized", detail, {"WWW-Authenticate": "Bearer"})
        return digest.hex()


class RateLimit:
    """So many articles in a time for each client, `rule` being `60/minute`; no limit if it is empty."""

    def __init__(self, rule: str) -> None:
        self._rule = parse(rule) if rule else None
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage()) if rule else None

    def take(self, client: str, articles: int) -> None:
        """Counts so many articles. Raises ApiError 429 if they are too many."""
        if self._rule is None or self._limiter is None or self._limiter.hit(self._rule, client, cost=articles):
            return
        if articles > self._rule.amount:
            detail = f"{articles} articles were sent, but {self._rule} is the limit: send fewer at once."
            raise ApiError(429, "rate_limited", detail, {"Retry-After": str(self._rule.get_expiry())})
        window = self._limiter.get_window_stats(self._rule, client)
        seconds = max(1, math.ceil(window.reset_time - time.time()))
        detail = f"{self._rule} is the limit, and {window.remaining} are left to you now; try again in {seconds} s."
        raise ApiError(429, "rate_limited", detail, {"Retry-After": str(seconds)})
