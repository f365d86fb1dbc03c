"""What every engine does alike: which requests share a forward pass, and how many threads it may use."""

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from models.engine import GenerateRequest

# Padded prompt tokens in one forward pass, beams included: bounds the memory of a batch.
BATCH_TOKENS: Final = 16_384


def available_processors() -> int:
    """The processors that this process may use: its affinity and, in a container, its CPU quota."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text(encoding="ascii").split()
        return count if quota == "max" else max(1, min(count, int(quota) // int(period)))
    except (OSError, ValueError):
        return count


def batches(requests: Sequence[GenerateRequest], count_tokens: Callable[[str], int]) -> Iterator[list[int]]:
    """Indices of requests that can share a forward pass: same task, length and beams, within BATCH_TOKENS."""
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


def _shape(request: GenerateRequest) -> tuple[str, int, int]:
    return request.task, request.max_tokens, request.candidates
