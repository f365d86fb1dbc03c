"""Who may ask, and how often: keys, and a limit for each client."""

import hashlib
import hmac
import math
from collections.abc import Sequence
from typing import Final

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from service.api.contract.problems import ApiError
from service.settings import HASHED

CLOCK_SECONDS: Final = (
    0.001  # what the clock's seconds, a fraction of the windows since 1970, are exact to, and some
)


class Keys:
    """The keys that open the service, as digests. `given` holds keys, or `sha256:` and the digest
    of one."""

    def __init__(self, given: Sequence[str]) -> None:
        self._digests = [
            bytes.fromhex(key.removeprefix(HASHED))
            if key.startswith(HASHED)
            else hashlib.sha256(key.encode()).digest()
            for key in given
        ]

    def client(self, authorization: str, address: str) -> str:
        """Who asks, for the limit: the digest of the key, or the address where no keys are needed.

        Raises ApiError 401 unless the header holds one of the keys. All are compared, each in
        constant time.
        """
        if not self._digests:
            return address
        scheme, _, key = authorization.partition(" ")
        # A header's bytes, as the server read them: some of those that end a letter of UTF-8 look
        # like spaces to `strip`.
        key = key.strip(" \t")
        # curl sends the letters as they are typed, in UTF-8; urllib, requests and the browsers'
        # `fetch` send Latin-1.
        digests = [
            hashlib.sha256(sent).digest()
            for sent in dict.fromkeys((key.encode("latin-1"), key.encode()))
        ]
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


class RateLimit:
    """So many articles in a time for each client, `rule` being `60/minute`; no limit if it is
    empty."""

    def __init__(self, rule: str) -> None:
        self._rule = parse(rule) if rule else None
        self._counts = MemoryStorage()
        self._limiter = SlidingWindowCounterRateLimiter(self._counts)

    def take(self, client: str, articles: int) -> None:
        """Counts so many articles. Raises ApiError 429 if they are too many now, 422 if they always
        will be."""
        if self._rule is None or self._limiter.hit(self._rule, client, cost=articles):
            return
        if articles > self._rule.amount:
            detail = f"items: {articles} were given, but {self._rule} is the limit for articles: send fewer at once."
            raise ApiError(422, "batch_too_long", detail)
        remaining = self._limiter.get_window_stats(self._rule, client).remaining
        seconds = self._seconds_until(self._rule, client, articles)
        detail = f"{self._rule} is the limit, and {remaining} are left to you now; try again in {seconds} s."
        raise ApiError(429, "rate_limited", detail, {"Retry-After": str(seconds)})

    def _seconds_until(self, rule: RateLimitItem, client: str, articles: int) -> int:
        """When so many articles will fit, if the client asks for no others.

        What was counted in the window before this one weighs as much as the share of it that the
        last `span` seconds hold.
        """
        span = rule.get_expiry()
        before, _, counted, expires = self._counts.get_sliding_window(rule.key_for(client), span)
        left, room = (
            expires - span,
            rule.amount - articles + 1,
        )  # of this window; what is counted must stay below
        within = left - (room - counted) * span / max(
            before, 1
        )  # while the window before this one weighs less and less
        behind = left + span * (1 - room / max(counted, room))  # while this one does
        return max(1, math.ceil((within if counted < room else behind) + CLOCK_SECONDS))
