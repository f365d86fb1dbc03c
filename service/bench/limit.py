"""Measures how near the model's runtime is to what the machine can do.

    python -m service.bench.limit ARTICLE REPEATS

It prints JSON. To write a token, every weight is read once. To read a prompt, each of its tokens is
multiplied with each weight. An answer that is written a token at a time takes at least:

    new tokens x bytes of weights / memory bandwidth
    + 2 x parameters x prompt tokens / operations per second

Both speeds are measured here. Keys, values, embeddings and everything else are left out. A search
that reads several tokens at once (`models/gemma/search/lookahead.py`) may come below this limit.
Answers that are written together share the reading of the weights. But each answer needs the
products of all its beams, so it takes at least:

    2 x (parameters x (prompt tokens + beams x new tokens) + output parameters x beams x new tokens)
    / operations per second
    + new tokens x bytes of weights / memory bandwidth / answers written together
"""

import json
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any, Final

import torch

from models.checkpoints.catalog import BUILTIN
from models.cpu.int8_linear import int8_product_seconds
from models.cpu.processors import least_seconds, seconds_of
from models.engine import (
    Cancelled,
    Engine,
    EngineDescription,
    GenerateRequest,
    GenerateResult,
    ModelError,
    Weights,
    never,
)
from models.loading import load_engine
from service.bench.texts import BenchError
from service.settings import Settings
from service.summarizer import Summarizer, SummaryRequest

READ_BYTES: Final = 512_000_000  # far beyond any cache
SIDE: Final = 2048  # of the square matrices that are multiplied: 16 MB each in float32
SMALL_SIDE: Final = 256
TOGETHER: Final = 16  # answers at once
TRIES: Final = 7  # the best one counts: it shows what the machine can do


@dataclass(frozen=True)
class Machine:
    """The measured speeds of the machine.

    `bandwidth` is the bytes per second that all threads read together. `flops` are the operations
    per second for each type of number. The limit takes the fastest type: float32, bfloat16 where
    the processor is fast at it, or int8 where prompts are read in it.
    """

    bandwidth: float
    flops: dict[str, float]

    @property
    def fastest(self) -> str:
        """The type of number that is multiplied fastest."""
        return max(self.flops, key=self.flops.__getitem__)

    def seconds(self, weights: Weights, prompt_tokens: int, new_tokens: int) -> float:
        """Returns the least time of an answer, in seconds."""
        reading = 2 * weights.prompt_parameters * prompt_tokens / self.flops[self.fastest]
        return reading + new_tokens * weights.step_bytes / self.bandwidth

    def seconds_together(
        self, weights: Weights, prompt_tokens: int, new_tokens: int, beams: int
    ) -> float:
        """Returns the least time of each of TOGETHER answers written together, in seconds."""
        rows = beams * new_tokens
        products = (
            weights.prompt_parameters * (prompt_tokens + rows) + weights.output_parameters * rows
        )
        reading = new_tokens * weights.step_bytes / self.bandwidth
        return 2 * products / self.flops[self.fastest] + reading / TOGETHER


def measure_machine() -> Machine:
    """Measures the speeds of this machine with the threads that torch has."""
    values = torch.ones(READ_BYTES // 4)
    bandwidth = READ_BYTES / least_seconds(values.sum, TRIES)
    kinds = (torch.float32, torch.bfloat16)
    on_small_matrices = {kind: _measure_flops(kind, SMALL_SIDE) for kind in kinds}
    least = on_small_matrices[torch.float32]
    # A processor without instructions for bfloat16 takes minutes for it at full size. So a type is
    # measured at full size only if it is at least as fast as float32 on small matrices.
    fast_kinds = [kind for kind in kinds if on_small_matrices[kind] >= least]
    flops = {kind: _measure_flops(kind, SIDE) for kind in fast_kinds}
    rates = {str(kind).removeprefix("torch."): rate for kind, rate in flops.items()}
    seconds = int8_product_seconds(SIDE, TRIES)
    if seconds:
        rates["int8"] = 2 * SIDE**3 / seconds
    return Machine(bandwidth, rates)


def _measure_flops(kind: torch.dtype, side: int) -> float:
    """Floating-point operations per second of a product of square matrices."""
    matrix = torch.rand(side, side).to(kind)
    return 2 * side**3 / least_seconds(lambda: matrix @ matrix, TRIES)


class _Recorder:
    """An engine that records the first requests of the pipeline, and then stops the pipeline."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.requests: list[GenerateRequest] = []

    def describe(self) -> EngineDescription:
        return self._engine.describe()

    def count_tokens(self, text: str) -> int:
        return self._engine.count_tokens(text)

    def generate(
        self, requests: Sequence[GenerateRequest], cancelled: Callable[[], bool] = never
    ) -> list[GenerateResult]:
        self.requests += requests
        raise Cancelled


def first_request(engine: Engine, text: str) -> GenerateRequest:
    """Returns the product's first request to the engine for an article.

    Raises BenchError if the product needs no model for the article.
    """
    recorder = _Recorder(engine)
    with suppress(Cancelled):
        Summarizer(recorder).summarize(SummaryRequest(text=text))
    if not recorder.requests:
        raise BenchError(
            "the engine is not asked for a summary: the article is too short, or its lead is the "
            "summary; name another one with --article"
        )
    return recorder.requests[0]


def measure_answer(engine: Engine, text: str, repeats: int, machine: Machine) -> dict[str, Any]:
    """Measures the answer to the product's request, and how many times above the limit it is.

    Raises BenchError if the runtime does not say how many weights it reads.
    """
    weights = engine.describe().weights
    if weights is None:
        raise BenchError(
            f"the runtime {engine.describe().runtime!r} does not say how many weights it reads"
        )
    answer = _run(engine, first_request(engine, text), repeats, machine, weights)
    together = machine.seconds_together(
        weights, answer["prompt_tokens"], answer["new_tokens"], answer["beams"]
    )
    speeds = {
        "bandwidth_gb_s": machine.bandwidth / 1e9,
        "gflops": {kind: rate / 1e9 for kind, rate in machine.flops.items()},
    }
    return {
        "runtime": engine.describe().runtime,
        **speeds,
        "gflops_used": machine.fastest,
        "weights": asdict(weights),
        "answer": answer,
        "together_limit_seconds": together,
    }


def _run(
    engine: Engine, request: GenerateRequest, repeats: int, machine: Machine, weights: Weights
) -> dict[str, Any]:
    (result,) = engine.generate([request])  # untimed: the first one takes longer
    seconds = median(seconds_of(lambda: engine.generate([request])) for _ in range(repeats))
    new_tokens = max(candidate.tokens for candidate in result.candidates)
    least = machine.seconds(weights, result.used_tokens, new_tokens)
    return {
        "beams": request.candidates,
        "prompt_tokens": result.used_tokens,
        "new_tokens": new_tokens,
        "seconds": seconds,
        "limit_seconds": least,
        "times_above": seconds / least,
    }


def main() -> None:
    """Loads the built-in model, measures, prints."""
    text = Path(sys.argv[1]).read_text(encoding="utf-8")
    try:
        engine = load_engine(BUILTIN, Settings().threads)
        print(json.dumps(measure_answer(engine, text, int(sys.argv[2]), measure_machine())))
    except (BenchError, ModelError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
