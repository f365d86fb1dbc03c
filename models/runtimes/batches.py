"""Which requests share a forward pass, where passes are made of one batch."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from models.engine import GenerateRequest

# Padded prompt tokens in one forward pass, beams included: bounds the memory of a batch.
BATCH_TOKENS: Final = 16_384


def batches(
    requests: Sequence[GenerateRequest], count_tokens: Callable[[str], int]
) -> Iterator[list[int]]:
    """Indices of requests that can share a forward pass: same task, length and beams, all of them
    or none `uncopied` from the same text, within BATCH_TOKENS."""
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
    """What the requests of a batch have in common; what one may not copy is forbidden to its whole
    batch."""
    own = request.text if request.uncopied else ""
    return request.task, request.max_tokens, request.candidates, own
