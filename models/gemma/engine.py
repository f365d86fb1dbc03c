"""The engine of Gemma 3 checkpoints on CPUs: prefix language models, with int8 weights where torch
has the products."""

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
from models.prompts import NO_REPEAT, marker

# Prompt and answer tokens of the requests under way, all beams counted, each given as many as the
# longest: bounds the memory of their keys and values (18 layers x 2 x 256 x 4 bytes = 37 kB a token
# of the built-in model, 300 MB in all). In bfloat16 they take half of that, and there may be twice
# as many. Each loop has its part.
SLOTS: Final = 8192
# what one request may need is rounded up to a multiple of so many, for others that come meanwhile
SLOTS_ROUNDING: Final = 1024
# Rows of a pass up to which tokens are guessed. Eight take a fifth longer than four with AMX, a
# third with VNNI alone, and more save little: see docs/decisions/reading-ahead.md.
PASS_ROWS: Final = 8
OWN_RUN: Final = 4  # tokens, two or three words: see `GenerateRequest.uncopied`


def runs_folder(folder: Path) -> bool:
    """True if the checkpoint in `folder` is one that this engine runs."""
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
    """One request: its prompt, how many tokens its whole text has, its search, and how many tokens
    may follow the prompt at a time. `number` is its source's."""

    prompt: list[int]
    tokens: int
    search: Search
    room: int
    number: int = 0

    @property
    def slots(self) -> int:
        """How much room it needs in a cache, in tokens."""
        return len(self.prompt) + self.room


class GemmaEngine:
    """The Gemma 3 checkpoint in `folder`. `int8` rounds its weights to 8 bits, where torch can
    multiply such.

    Raises ModelError if it cannot be loaded, or is not whole.
    """

    def __init__(
        self, folder: str, entry: CatalogEntry, revision: str, threads: int = 0, int8: bool = True
    ) -> None:
        self._threads = threads or available_processors()
        prepare(self._threads)
        self._entry, self._revision, self._int8 = entry, revision, int8 and kernels() is not None
        linear: MakeLinear = Int8Linear if self._int8 else _in_float32
        sizes = Sizes.of(Path(folder)) if self._int8 and takes_smoothed() else None
        try:
            self._tokenizer = _tokenizer(Path(folder))
            config = read_object(Path(folder, CONFIG))
            tensors = _tensors(Path(folder), config, entry)
            self._weights = _weights(tensors, self._int8)
            with torch.inference_mode():
                precision = many_rows() if self._int8 else torch.float32
                self._model = Gemma3(
                    config, tensors, linear, precision, _smoothing(sizes) if sizes else None
                )
            ends = {**config, **read_object(Path(folder, GENERATION_CONFIG), needed=False)}[
                "eos_token_id"
            ]
            self._ends, self._begin = (
                ends if isinstance(ends, list) else [ends],
                int(config["bos_token_id"]),
            )
        except ModelError:
            raise
        except (
            Exception
        ) as error:  # a damaged checkpoint makes the libraries raise whatever they meet first
            raise ModelError(
                f"The checkpoint {entry.id} could not be loaded from {folder}: {error}"
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
        return len(self._encode(text))

    def generate(
        self, requests: Sequence[GenerateRequest], cancelled: Callable[[], bool] = never
    ) -> list[GenerateResult]:
        """Answers all requests with beam search, or with draws, as many of them at once as SLOTS
        allows."""
        source = RequestList(requests, cancelled)
        self.serve(source)
        return source.results

    def serve(self, source: RequestSource) -> None:
        """Answers what `source` has, in one loop or in two, each request as soon as it is done."""
        if (first := self._taken(source)) is not None:
            crew = Crew(self._threads)
            crew.run(partial(self._loop, source, crew, first))

    def _encode(self, text: str) -> list[int]:
        ids: list[int] = self._tokenizer.encode(text, add_special_tokens=False).ids
        return ids

    def _prompt(self, request: GenerateRequest) -> tuple[list[int], int]:
        """The prompt, and how many tokens the whole text has."""
        tokens = self._encode(request.text)
        return [self._begin, *tokens[: self._entry.window], *self._encode(marker(request))], len(
            tokens
        )

    def _work(self, request: GenerateRequest) -> _Work:
        prompt, tokens = self._prompt(request)
        constraint = FactConstraint.of(self._pieces, request.facts) if request.facts else None
        runs = self._own_runs(request.text) if request.uncopied else ()
        rules = Rules(
            self._ends, NO_REPEAT[request.task], constraint.banned if constraint else None, runs
        )
        search: Search
        if request.temperature:
            search = Sampler(
                prompt, request.candidates, request.max_tokens, rules, request.temperature
            )
        else:
            search = BeamSearch(request.candidates, request.max_tokens, rules)
        return _Work(prompt, tokens, search, request.candidates * request.max_tokens + AHEAD)

    def _own_runs(self, text: str) -> set[tuple[int, ...]]:
        """The runs of tokens of a text that hold no capital and no digit: those of its names may be
        kept."""
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

    def _taken(self, source: RequestSource) -> _Work | None:
        taken = source.take()
        return taken and replace(self._work(taken[1]), number=taken[0])

    def _loop(self, source: RequestSource, crew: Crew, next_one: _Work | None, number: int) -> None:
        """Works on requests of `source`, `next_one` the first of them: one begins when there is
        room for it."""
        while next_one is not None:
            passing = _UnderWay(self._cache(next_one))
            while next_one is not None or passing.work:
                if next_one is not None and passing.has_room(next_one):
                    self._read(next_one, passing)
                    next_one = None
                elif passing.work:
                    self._step(passing)
                    self._give(source, passing)
                else:
                    break  # it needs another cache
                if crew.takes(number, len(passing.work)) and next_one is None:
                    next_one = self._taken(source)
                if next_one is not None and crew.worth_another(len(passing.work)):
                    crew.start(partial(self._loop, source, crew, next_one))
                    next_one = None

    def _cache(self, first: _Work) -> Cache:
        """A cache for requests like the first one."""
        slots = first.slots + -first.slots % SLOTS_ROUNDING
        places = (
            SLOTS
            * torch.float32.itemsize
            // self._model.precision.itemsize
            // min(LOOPS, self._threads)
            // slots
        )
        return self._model.cache(max(1, places), slots)

    @torch.inference_mode()
    def _read(self, work: _Work, passing: "_UnderWay") -> None:
        """Has the model read the prompt."""
        *prompt, begin = work.prompt
        tree = self._model.read(prompt, work.room, passing.cache)
        passing.work.append(work)
        passing.ahead.append(Lookahead(work.search, Drafts(prompt), tree, begin))

    @torch.inference_mode()
    def _step(self, passing: "_UnderWay") -> None:
        """Has the model read what all searches want next, and what they may want then, in one
        forward pass."""
        spare = PASS_ROWS - sum(len(one.wanted) for one in passing.ahead)
        for one in passing.ahead:
            one.grow(spare // len(passing.ahead))
        for one, following in zip(passing.ahead, self._model.step(passing.cache), strict=True):
            one.take(following)

    def _give(self, source: RequestSource, passing: "_UnderWay") -> None:
        """Gives out what is done, and lets go of it and of what nobody wants."""
        for place in reversed(range(len(passing.work))):
            work = passing.work[place]
            if work.search.done:
                source.put(work.number, self._result(work))
            elif source.wanted(work.number):
                continue
            passing.drop(place)

    def _result(self, work: _Work) -> GenerateResult:
        candidates = tuple(self._candidate(answer) for answer in work.search.answers)
        return GenerateResult(candidates, work.tokens, min(work.tokens, self._entry.window))

    def _candidate(self, answer: Answer) -> Candidate:
        text = self._tokenizer.decode(list(answer.tokens), skip_special_tokens=True).strip()
        return Candidate(text, len(answer.tokens), answer.score, answer.finished)


class _UnderWay:
    """The requests of one loop, and how far each is, each in the place of its cache."""

    def __init__(self, cache: Cache) -> None:
        self.cache = cache
        self.work: list[_Work] = []
        self.ahead: list[Lookahead] = []

    def has_room(self, work: _Work) -> bool:
        """True if this one may begin beside them."""
        beams = sum(one.search.beams for one in [*self.work, work])
        few = not self.work or beams <= FEW_ROWS
        return few and len(self.work) < self.cache.places and work.slots <= self.cache.slots

    def drop(self, place: int) -> None:
        """Forgets one; the last one takes its place."""
        self.cache.drop(place)
        take_out(self.work, place)
        take_out(self.ahead, place)


def _tokenizer(folder: Path) -> Tokenizer:
    """The tokenizer as it is, without the truncation and padding of what was last done with it
    before it was saved."""
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def _tensors(
    folder: Path, config: Mapping[str, Any], entry: CatalogEntry
) -> dict[str, torch.Tensor]:
    """The weights by name. Raises ModelError if they are not those that the configuration speaks
    of."""
    # Copied: what load_file gives is the mapped file, and a file that is cut short while we serve
    # would end the process.
    tensors = {
        name: tensor.clone() for name, tensor in load_file(folder / "model.safetensors").items()
    }
    expected = expected_shapes(config)
    known = {OUTPUT: expected[EMBEDDINGS], **expected}  # it may be there though it is tied
    found = {
        "missing_keys": expected.keys() - tensors.keys(),
        "mismatched_keys": [
            name for name in known.keys() & tensors.keys() if tensors[name].shape != known[name]
        ],
        "unexpected_keys": tensors.keys() - known.keys(),
    }
    refuse_parts(found, folder, entry)
    return tensors


def _is_marked(character: str) -> bool:
    return character.isupper() or character.isdigit()


def _smoothing(sizes: Sizes) -> Smoothing:
    """Products of bytes for all rows."""
    return Smoothing(sizes, partial(Int8Linear, precision=torch.int8, fine=False), _rotated)


def _rotated(weight: torch.Tensor) -> Linear:
    """A product whose inputs are rotated; they keep their remainder where blocks of them would be
    too small."""
    block = block_of(weight.shape[1])
    return Int8Linear(weight, precision=torch.int8, fine=block == 1, block=block)


def _in_float32(weight: torch.Tensor) -> Linear:
    return NarrowLinear(weight.float())


def _weights(tensors: Mapping[str, torch.Tensor], int8: bool) -> Weights:
    """How much of the checkpoint's matrices is read; what the vectors add is less than a
    hundredth."""
    layers = sum(
        tensor.numel()
        for name, tensor in tensors.items()
        if ".layers." in name and tensor.dim() == 2
    )
    logits = tensors.get(OUTPUT, tensors[EMBEDDINGS]).numel()
    return Weights((layers + logits) * (1 if int8 else torch.float32.itemsize), layers, logits)
