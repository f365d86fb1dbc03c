"""Bounds the lists and objects of a JSON body before it is parsed.

A body of 2 MB can hold 700,000. Python's garbage collector would go through all of them again and
again, for seconds in which nobody else is served.
"""

import re
from typing import Final

from service.api.contract.problems import ApiError

MAX_DEPTH: Final = 32  # lists and objects within each other; a batch with glossaries has four
# What leads to the next bracket outside of strings. Nothing is tried twice: the time grows with the
# bytes.
_TO_BRACKET: Final = re.compile(rb'(?:[^"\[\]{}]++|"(?:[^"\\]++|\\.)*+")*+([\[\]{}])', re.DOTALL)
_OPENING: Final = (b"[", b"{")


def check_shape(body: bytes | bytearray, most: int) -> None:
    """Raises ApiError for a body of more than `most` lists and objects, or of more than MAX_DEPTH
    within each other.

    What is no JSON is left to the parser, which says where it is wrong.
    """
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
            detail = f"The body is nested too deeply: more than {MAX_DEPTH} lists and objects within each other."
            raise ApiError(400, "malformed_json", detail)
        if containers > most:
            detail = (
                f"The body holds more than {most} lists and objects, which is the most that is "
                f"read; an article is one "
                "object, in a batch one of a list."
            )
            raise ApiError(422, "too_many_values", detail)
