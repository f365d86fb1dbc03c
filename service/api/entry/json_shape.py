"""Bounds the lists and objects of a JSON body before it is parsed.

A body of 2 MB can hold 700,000 of them. Python's garbage collector would go through all of them
again and again, for seconds in which no other request is served.
"""

import re
from typing import Final

from service.api.contract.problems import ApiError

MAX_DEPTH: Final = 32  # Lists and objects within each other. A batch with glossaries has four.
# Matches up to the next bracket outside of strings. Its quantifiers are possessive, so its time is
# linear in the bytes.
_TO_BRACKET: Final = re.compile(rb'(?:[^"\[\]{}]++|"(?:[^"\\]++|\\.)*+")*+([\[\]{}])', re.DOTALL)
_OPENING: Final = (b"[", b"{")


def check_shape(body: bytes | bytearray, max_containers: int) -> None:
    """Raises ApiError for a body with too many lists and objects, or too deeply nested ones.

    At most `max_containers` are allowed, and at most MAX_DEPTH within each other. A body that is
    not JSON is left to the parser, which says where it is wrong. The parser would also read UTF-16,
    in which brackets are not found here. So a body with a NUL byte, as UTF-16 has them, is refused.
    """
    if b"\0" in body:
        raise ApiError(400, "malformed_json", "The body should be JSON in UTF-8, without a NUL.")
    if sum(map(body.count, _OPENING)) <= MAX_DEPTH:
        return
    depth = containers = place = 0
    while bracket := _TO_BRACKET.match(body, place):
        place = bracket.end()
        if bracket[1] not in _OPENING:
            depth -= 1
            continue
        depth, containers = depth + 1, containers + 1
        if depth > MAX_DEPTH:
            raise _too_deep()
        if containers > max_containers:
            raise _too_many(max_containers)


def _too_deep() -> ApiError:
    detail = (
        f"The body is nested too deeply: more than {MAX_DEPTH} lists and objects within each other."
    )
    return ApiError(400, "malformed_json", detail)


def _too_many(max_containers: int) -> ApiError:
    detail = (
        f"The body holds more than {max_containers} lists and objects, which is the most that is "
        "read; an article is one object, in a batch one of a list."
    )
    return ApiError(422, "too_many_values", detail)
