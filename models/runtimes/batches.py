"""Chooses the requests that share a forward pass, for runtimes that read one batch a pass."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from models.engine import GenerateRequest

# The most padded prompt tokens in one forward pass, for all beams. This bounds a batch's memory.
BATCH_TOKENS: Final = 16_384


def batches(
    requests: Sequence[GenerateRequest], count_tokens: Callable[[str], int]
) -> Iterator[list[int]]:
    """The indices of requests that can share a forward pass, a list for each pass.

    The requests of a pass have the same task, length and number of candidates, and take at most
    BATCH_TOKENS. If one is `uncopied`, all are, and have the same text.
    """
    lengths = [count_tokens(request.text) for request in requests]
    order = sorted(range(len(requests)), key=lambda k: (_shape(requests[k]), lengths[k]))
    batch: list[int] = []
    for k in order:
        padded = (len(batch) + 1) * lengths[k] * requests[k].candidates
        if batch and (_shape(requests[batch[0]]) != _shape(requests[k]) or padded > BATCH_TOKENS):
            yield batch
            batch = []
        batch.append(k)
    if batch:
        yield batch


def _shape(request: GenerateRequest) -> tuple[str, int, int, str]:
    """The properties that the requests of a batch must share.

    A text that may not be copied is one of them: its words are forbidden to the whole batch.
    """
    forbidden = request.text if request.uncopied else ""
    return request.task, request.max_tokens, request.candidates, forbidden
