"""The engine of Gemma 3 checkpoints on CPUs, used as prefix language models.

Weights are rounded to int8 where torch has such products. Requests share forward passes.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any, Final

import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer

from models.checkpoints.catalog import CatalogEntry
from models.checkpoints.completeness import refuse_parts
from models.checkpoints.config_files import CONFIG, GENERATION_CONFIG, read_object
from models.constraint import FactConstraint, Pieces
from models.cpu.int8_linear import FEW_ROWS, Int8Linear, kernels, many_rows, takes_smoothed
from models.cpu.narrow_linear import NarrowLinear
from models.cpu.processors import available_processors
from models.cpu.rotation import block_of
from models.cpu.smoothing import Sizes
from models.engine import (
    Candidate,
    EngineDescription,
    GenerateRequest,
    GenerateResult,
    ModelError,
    RequestList,
    RequestSource,
    Weights,
    never,
)
from models.gemma.cache import Cache, take_out
from models.gemma.config import EMBEDDINGS, OUTPUT, expected_shapes, runs
from models.gemma.decoder import Gemma3, Linear, MakeLinear, Smoothing
from models.gemma.loops import LOOPS, Crew, prepare
from models.gemma.search.beam_search import Answer, BeamSearch, Rules
from models.gemma.search.drafts import Drafts
from models.gemma.search.lookahead import AHEAD, Lookahead, Search
from models.gemma.search.sampling import Sampler
from models.gemma.tokenizer import count_tokens, load_tokenizer
from models.prompts import NO_REPEAT, marker

# The most tokens of the requests under way: their prompts, and the answers of all their beams. All
# requests of a cache get equally many slots. This bounds the memory of keys and values: a token of
# the built-in model takes 18 layers x 2 x 256 x 4 bytes = 37 kB, all tokens 300 MB. In bfloat16 a
# token takes half of that, and there are twice as many slots. The loops share the slots.
SLOTS: Final = 8192
# The slots of a request are rounded up to a multiple of this, so that longer requests may follow
# it.
SLOTS_ROUNDING: Final = 1024
# Guessed tokens fill a pass up to this many rows. Eight rows take a fifth longer than four with
# AMX, and a third longer with VNNI alone. More rows save little: see
# docs/decisions/reading-ahead.md.
PASS_ROWS: Final = 8
# The length in tokens of a run that may not be copied, two or three words. See
# `GenerateRequest.uncopied`.
OWN_RUN: Final = 4


def runs_folder(folder: Path) -> bool:
    """True if this engine runs the checkpoint in `folder`."""
    try:
        config = read_object(folder / CONFIG)
        tokens = {**config, **read_object(folder / GENERATION_CONFIG, needed=False)}
    except ModelError:
        return False
    begins_and_ends = (
        config.get("bos_token_id") is not None and tokens.get("eos_token_id") is not None
    )
    return runs(config) and begins_and_ends and (folder / "model.safetensors").exists()


@dataclass
class _Work:
    """One request under way.

    `tokens` is the length of its whole text. `room` says how many tokens may follow the prompt at a
    time. `number` is the number that the source gave the request.
    """

    prompt: list[int]
    tokens: int
    search: Search
    room: int
    number: int = 0

    @property
    def slots(self) -> int:
        """The slots that the request needs in a cache."""
        return len(self.prompt) + self.room


class GemmaEngine:
    """The Gemma 3 checkpoint in `folder`.

    With `int8`, its weights are rounded to 8 bits where torch has such products. `tokenizer` is the
    checkpoint's own, if it is loaded already. Raises ModelError if the checkpoint cannot be loaded
    or is incomplete.
    """

    def __init__(  # noqa: PLR0913, PLR0917
        self,
        folder: str,
        entry: CatalogEntry,
        revision: str,
        threads: int = 0,
        int8: bool = True,
        tokenizer: Tokenizer | None = None,
    ) -> None:
        self._threads = threads or available_processors()
        prepare(self._threads)
        self._entry, self._revision, self._int8 = entry, revision, int8 and kernels() is not None
        linear: MakeLinear = Int8Linear if self._int8 else _in_float32
        sizes = Sizes.of(Path(folder)) if self._int8 and takes_smoothed() else None
        try:
            self._tokenizer = tokenizer or load_tokenizer(Path(folder))
            config = read_object(Path(folder, CONFIG))
            tensors = _tensors(Path(folder), config, entry)
            self._weights = _weights(tensors, self._int8)
            with torch.inference_mode():
                precision = many_rows() if self._int8 else torch.float32
                self._model = Gemma3(
                    config, tensors, linear, precision, _smoothing(sizes) if sizes else None
                )
            defaults = read_object(Path(folder, GENERATION_CONFIG), needed=False)
            ends = {**config, **defaults}["eos_token_id"]
            self._ends = ends if isinstance(ends, list) else [ends]
            self._begin = int(config["bos_token_id"])
        except ModelError:
            raise
        except Exception as error:
            # A damaged checkpoint makes the libraries raise whatever they meet first.
            raise ModelError(
                "The checkpoint {id} could not be loaded from {folder}: {reason}",
                id=entry.id,
                folder=folder,
                reason=error,
            ) from error

    def describe(self) -> EngineDescription:
        """What this engine is and can do."""
        entry = self._entry
        runtime = "breve int8" if self._int8 else "breve float32"
        return EngineDescription(
            entry.id,
            self._revision,
            entry.family,
            runtime,
            entry.tasks,
            entry.window,
            entry.licence,
            mixes=True,
            draws=True,
            weights=self._weights,
        )

    def count_tokens(self, text: str) -> int:
        """The length of `text` in tokens."""
        return count_tokens(self._tokenizer, text)

    def generate(
        self, requests: Sequence[GenerateRequest], cancelled: Callable[[], bool] = never
    ) -> list[GenerateResult]:
        """Answers all requests with beam search, or draws, as many at once as SLOTS allows."""
        source = RequestList(requests, cancelled)
        self.serve(source)
        return source.results

    def serve(self, source: RequestSource) -> None:
        """Answers the requests of `source` in one loop or two.

        Each answer is returned as soon as it is done.
        """
        if (first := self._take(source)) is not None:
            crew = Crew(self._threads)
            crew.run(partial(self._loop, source, crew, first))

    def _encode(self, text: str) -> list[int]:
        ids: list[int] = self._tokenizer.encode(text, add_special_tokens=False).ids
        return ids

    def _prompt(self, request: GenerateRequest) -> tuple[list[int], int]:
        """The prompt, and how many tokens the whole text has."""
        tokens = self._encode(request.text)
        kept = tokens[: self._entry.window]
        return [self._begin, *kept, *self._encode(marker(request))], len(tokens)

    def _prepare(self, request: GenerateRequest) -> _Work:
        prompt, tokens = self._prompt(request)
        constraint = FactConstraint.of(self._pieces, request.facts) if request.facts else None
        runs = self._own_runs(request.text) if request.uncopied else ()
        banned = constraint.banned if constraint else None
        rules = Rules(self._ends, NO_REPEAT[request.task], banned, runs)
        search: Search
        if request.temperature:
            search = Sampler(
                prompt, request.candidates, request.max_tokens, rules, request.temperature
            )
        else:
            search = BeamSearch(request.candidates, request.max_tokens, rules)
        return _Work(prompt, tokens, search, request.candidates * request.max_tokens + AHEAD)

    def _own_runs(self, text: str) -> set[tuple[int, ...]]:
        """The token runs of a text that may not be copied: those without a capital or a digit."""
        tokens = self._encode(" " + text)
        runs = (
            tuple(tokens[start : start + OWN_RUN]) for start in range(len(tokens) - OWN_RUN + 1)
        )
        return {run for run in runs if not any(map(_is_marked, self._pieces.text(run)))}

    @cached_property
    def _pieces(self) -> Pieces:
        special = {
            token
            for token, added in self._tokenizer.get_added_tokens_decoder().items()
            if added.special
        }
        return Pieces.of_rows(self._tokenizer.get_vocab(), special, self._model.vocabulary)

    def _take(self, source: RequestSource) -> _Work | None:
        taken = source.take()
        if taken is None:
            return None
        number, request = taken
        return replace(self._prepare(request), number=number)

    def _loop(self, source: RequestSource, crew: Crew, waiting: _Work | None, number: int) -> None:
        """Works on requests of `source`, first on the `waiting` one.

        A request begins when there is room for it. A loop ends when it has no request left and gets
        no new one.
        """
        while waiting is not None:
            under_way = _UnderWay(self._cache(waiting))
            while waiting is not None or under_way.work:
                if waiting is not None and under_way.has_room(waiting):
                    self._read(waiting, under_way)
                    waiting = None
                elif under_way.work:
                    self._step(under_way)
                    self._return_finished(source, under_way)
                else:
                    # The waiting request needs another cache.
                    break
                if crew.takes(number, len(under_way.work)) and waiting is None:
                    waiting = self._take(source)
                if waiting is not None and crew.worth_another(len(under_way.work)):
                    crew.start(partial(self._loop, source, crew, waiting))
                    waiting = None

    def _cache(self, first: _Work) -> Cache:
        """A cache for requests that need as much room as the first one."""
        slots = first.slots + -first.slots % SLOTS_ROUNDING
        all_slots = SLOTS * torch.float32.itemsize // self._model.precision.itemsize
        places = all_slots // min(LOOPS, self._threads) // slots
        return self._model.cache(max(1, places), slots)

    @torch.inference_mode()
    def _read(self, work: _Work, under_way: "_UnderWay") -> None:
        """Has the model read the prompt."""
        *prompt, begin = work.prompt
        tree = self._model.read(prompt, work.room, under_way.cache)
        under_way.work.append(work)
        under_way.lookaheads.append(Lookahead(work.search, Drafts(prompt), tree, begin))

    @torch.inference_mode()
    def _step(self, under_way: "_UnderWay") -> None:
        """Has the model read the next tokens of all searches, and some guesses, in one pass."""
        lookaheads = under_way.lookaheads
        spare = PASS_ROWS - sum(len(lookahead.wanted) for lookahead in lookaheads)
        for lookahead in lookaheads:
            lookahead.grow(spare // len(lookaheads))
        following = self._model.step(under_way.cache)
        for lookahead, next_tokens in zip(lookaheads, following, strict=True):
            lookahead.take(next_tokens)

    def _return_finished(self, source: RequestSource, under_way: "_UnderWay") -> None:
        """Returns results; drops finished requests and those that nobody wants any more."""
        for place in reversed(range(len(under_way.work))):
            work = under_way.work[place]
            if work.search.done:
                source.put(work.number, self._result(work))
            elif source.wanted(work.number):
                continue
            under_way.drop(place)

    def _result(self, work: _Work) -> GenerateResult:
        candidates = tuple(self._candidate(answer) for answer in work.search.answers)
        return GenerateResult(candidates, work.tokens, min(work.tokens, self._entry.window))

    def _candidate(self, answer: Answer) -> Candidate:
        text = self._tokenizer.decode(list(answer.tokens), skip_special_tokens=True).strip()
        return Candidate(text, len(answer.tokens), answer.score, answer.finished)


class _UnderWay:
    """The requests of one loop and their lookaheads, in the order of its cache."""

    def __init__(self, cache: Cache) -> None:
        self.cache = cache
        self.work: list[_Work] = []
        self.lookaheads: list[Lookahead] = []

    def has_room(self, work: _Work) -> bool:
        """True if `work` may begin beside the others."""
        beams = sum(each.search.beams for each in [*self.work, work])
        few = not self.work or beams <= FEW_ROWS
        return few and len(self.work) < self.cache.places and work.slots <= self.cache.slots

    def drop(self, place: int) -> None:
        """Removes the request at `place`; the last one moves there."""
        self.cache.drop(place)
        take_out(self.work, place)
        take_out(self.lookaheads, place)


def _tensors(
    folder: Path, config: Mapping[str, Any], entry: CatalogEntry
) -> dict[str, torch.Tensor]:
    """The weights by name. Raises ModelError if they do not fit the configuration."""
    mapped = load_file(folder / "model.safetensors")
    # These tensors are a mapped file. They are copied, since the process would end if the file were
    # cut short while we serve.
    tensors = {name: tensor.clone() for name, tensor in mapped.items()}
    expected = expected_shapes(config)
    # The output layer may be in the file though it is tied.
    known = {OUTPUT: expected[EMBEDDINGS], **expected}
    faults = {
        "missing_keys": expected.keys() - tensors.keys(),
        "mismatched_keys": [
            name for name in known.keys() & tensors.keys() if tensors[name].shape != known[name]
        ],
        "unexpected_keys": tensors.keys() - known.keys(),
    }
    refuse_parts(faults, folder, entry)
    return tensors


def _is_marked(character: str) -> bool:
    return character.isupper() or character.isdigit()


def _smoothing(sizes: Sizes) -> Smoothing:
    """Smoothing by `sizes`, with products in int8 for any number of rows."""
    return Smoothing(sizes, partial(Int8Linear, precision=torch.int8, fine=False), _rotated)


def _rotated(weight: torch.Tensor) -> Linear:
    """A product of rotated inputs. Where blocks would be too small, inputs keep fine numbers."""
    block = block_of(weight.shape[1])
    return Int8Linear(weight, precision=torch.int8, fine=block == 1, block=block)


def _in_float32(weight: torch.Tensor) -> Linear:
    return NarrowLinear(weight.float())


def _weights(tensors: Mapping[str, torch.Tensor], int8: bool) -> Weights:
    """How much of the checkpoint's matrices is used.

    Its vectors are left out: they are less than a hundredth.
    """
    layers = sum(
        tensor.numel()
        for name, tensor in tensors.items()
        if ".layers." in name and tensor.dim() == 2
    )
    logits = tensors.get(OUTPUT, tensors[EMBEDDINGS]).numel()
    bytes_each = 1 if int8 else torch.float32.itemsize
    return Weights((layers + logits) * bytes_each, layers, logits)
