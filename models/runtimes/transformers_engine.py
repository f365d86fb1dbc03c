"""An engine on PyTorch and transformers.

It runs encoder-decoders, and decoders used as prefix language models.
"""

from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from transformers import (
    DynamicCache,
    GenerationConfig,
    LogitsProcessor,
    LogitsProcessorList,
    NoRepeatNGramLogitsProcessor,
    StoppingCriteria,
    StoppingCriteriaList,
)

from models.checkpoints.catalog import CatalogEntry
from models.checkpoints.families import family_named
from models.checkpoints.tokenizer import load_tokenizer
from models.checkpoints.weights import load_weights
from models.constraint import FactConstraint, Pieces
from models.cpu.narrow_linear import narrow
from models.cpu.processors import available_processors, computes_bfloat16
from models.engine import (
    Candidate,
    EngineDescription,
    GenerateRequest,
    GenerateResult,
    never,
    stop_if,
)
from models.prompts import NO_REPEAT, marker
from models.runtimes.batches import batches
from models.runtimes.beam_cache import BeamCache
from models.runtimes.seq2seq import SearchOptions, Seq2SeqText, mean_score, own_runs


class _OutputNoRepeat(LogitsProcessor):  # type: ignore[misc]
    """Blocks repeated n-grams of the answer, but not n-grams of the prompt, which it may quote."""

    def __init__(self, size: int, prompt_tokens: int) -> None:
        self._blocker = NoRepeatNGramLogitsProcessor(size)
        self._prompt_tokens = prompt_tokens

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        blocked: torch.Tensor = self._blocker(input_ids[:, self._prompt_tokens :], scores)
        return blocked


class _FactsOnly(LogitsProcessor):  # type: ignore[misc]
    """Bans the tokens that the constraint of each row's request forbids. None is no constraint."""

    def __init__(
        self, constraints: Sequence[FactConstraint | None], beams: int, prompt_tokens: int
    ) -> None:
        self._constraints, self._beams, self._prompt_tokens = constraints, beams, prompt_tokens

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        for row, tokens in enumerate(input_ids[:, self._prompt_tokens :].tolist()):
            constraint = self._constraints[row // self._beams]
            if constraint is not None:
                scores[row, torch.from_numpy(constraint.banned(tokens))] = -torch.inf
        return scores


class _Stop(StoppingCriteria):  # type: ignore[misc]
    """Stops all sequences when the work is cancelled."""

    def __init__(self, cancelled: Callable[[], bool]) -> None:
        self._cancelled = cancelled

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor, **_: Any) -> torch.Tensor:
        rows = input_ids.shape[0]
        return torch.full((rows,), self._cancelled(), dtype=torch.bool, device=input_ids.device)


def _torch_options(search: SearchOptions) -> dict[str, Any]:
    """The options of a search under transformers' names, without those that `_options` sets."""
    return {
        "max_new_tokens": search.max_tokens,
        "min_new_tokens": search.min_tokens or None,
        "length_penalty": search.length_penalty if search.beams > 1 else None,
        "decoder_start_token_id": search.start,
        "forced_bos_token_id": search.forced,
        "bad_words_ids": [*([token] for token in search.banned), *map(list, search.runs)] or None,
    }


class TransformersEngine:
    """A checkpoint in `folder`, loaded with safetensors only and no code of its own.

    Raises ModelError if it cannot be loaded.
    """

    def __init__(
        self,
        folder: str,
        entry: CatalogEntry,
        revision: str,
        threads: int = 0,
        allow_pickle: bool = False,
    ) -> None:
        torch.set_num_threads(threads or available_processors())
        self._entry, self._revision, self._window = entry, revision, entry.window
        self._decoder_only = family_named(entry.family).decoder_only
        self._tokenizer = load_tokenizer(Path(folder), entry)
        precision = torch.bfloat16 if computes_bfloat16() else torch.float32
        self._model = load_weights(Path(folder), entry, precision, allow_pickle)
        narrow(self._model)
        if self._decoder_only:
            self._tokenizer.padding_side = "left"
        else:
            self._text = Seq2SeqText(self._tokenizer, entry, Path(folder))
            self._window = self._text.window
            self._model.generation_config = self._own_defaults()

    def _own_defaults(self) -> GenerationConfig:
        """The checkpoint's special tokens. `Seq2SeqText.search` uses its other defaults."""
        defaults = self._model.generation_config
        names = ("decoder_start_token_id", "bos_token_id", "eos_token_id", "pad_token_id")
        return GenerationConfig(**{name: getattr(defaults, name) for name in names})

    def describe(self) -> EngineDescription:
        """What this engine is and can do."""
        entry = self._entry
        dtype = str(self._model.dtype).removeprefix("torch.")
        return EngineDescription(
            entry.id,
            self._revision,
            entry.family,
            f"torch {dtype}",
            entry.tasks,
            self._window,
            entry.licence,
        )

    def count_tokens(self, text: str) -> int:
        """The length of `text` in tokens."""
        return len(self._encode(text))

    def generate(
        self, requests: Sequence[GenerateRequest], cancelled: Callable[[], bool] = never
    ) -> list[GenerateResult]:
        """Answers all requests with beam search, those of one shape in one batch."""
        results: dict[int, GenerateResult] = {}
        for batch in batches(requests, self.count_tokens):
            answers = self._generate_batch([requests[k] for k in batch], cancelled)
            results.update(zip(batch, answers, strict=True))
        return [results[k] for k in range(len(requests))]

    def _encode(self, text: str) -> list[int]:
        ids: list[int] = self._tokenizer(text, add_special_tokens=False, verbose=False).input_ids
        return ids

    def _prompt(self, request: GenerateRequest) -> tuple[list[int], int]:
        """The prompt of one request in tokens, and how many tokens its whole text has."""
        if self._decoder_only:
            tokens = self._encode(request.text)
            kept = tokens[: self._entry.window]
            prompt = [self._tokenizer.bos_token_id, *kept, *self._encode(marker(request))]
            return prompt, len(tokens)
        source = self._text.encode(request)
        return source.ids, source.tokens

    def _inputs(
        self, requests: Sequence[GenerateRequest]
    ) -> tuple[dict[str, torch.Tensor], list[int]]:
        """The padded prompts [requests, tokens] and their mask, and the length of each text."""
        prompts = [self._prompt(request) for request in requests]
        padded = self._tokenizer.pad(
            {"input_ids": [prompt for prompt, _ in prompts]}, return_tensors="pt"
        )
        inputs = {"input_ids": padded["input_ids"], "attention_mask": padded["attention_mask"]}
        return inputs, [tokens for _, tokens in prompts]

    def _options(
        self,
        requests: Sequence[GenerateRequest],
        inputs: dict[str, torch.Tensor],
        cancelled: Callable[[], bool],
    ) -> dict[str, Any]:
        first = requests[0]
        prompt_tokens = inputs["input_ids"].shape[1] if self._decoder_only else 0
        options: dict[str, Any] = {
            "do_sample": False,
            "num_beams": first.candidates,
            "num_return_sequences": first.candidates,
            "max_new_tokens": first.max_tokens,
            "early_stopping": first.candidates > 1,
            "logits_processor": LogitsProcessorList(
                [
                    _OutputNoRepeat(NO_REPEAT[first.task], prompt_tokens),
                    self._facts_only(requests, prompt_tokens),
                ]
            ),
            "stopping_criteria": StoppingCriteriaList([_Stop(cancelled)]),
        }
        if self._decoder_only:
            return options | {"bad_words_ids": [list(run) for run in self._own_runs(first)] or None}
        return options | _torch_options(self._text.search(first))

    def _own_runs(self, request: GenerateRequest) -> tuple[tuple[int, ...], ...]:
        """The token runs of the request's text that a decoder's answer may not have."""
        tokens = self._encode(request.text) if request.uncopied else []
        names = self._tokenizer.convert_ids_to_tokens(tokens)
        return own_runs([list(zip(tokens, names, strict=True))])

    def _facts_only(self, requests: Sequence[GenerateRequest], prompt_tokens: int) -> _FactsOnly:
        constraints = [
            FactConstraint.of(self._pieces, request.facts) if request.facts else None
            for request in requests
        ]
        return _FactsOnly(constraints, requests[0].candidates, prompt_tokens)

    @cached_property
    def _pieces(self) -> Pieces:
        rows = self._model.config.get_text_config().vocab_size
        special = set(self._tokenizer.all_special_ids)
        return Pieces.of_rows(self._tokenizer.get_vocab(), special, rows)

    def _read_prompts(
        self, inputs: dict[str, torch.Tensor], beams: int, new_tokens: int
    ) -> BeamCache:
        """Reads the prompts, without their last token, once for all beams."""
        cache = DynamicCache(config=self._model.config)
        mask = inputs["attention_mask"][:, :-1]
        self._model(
            input_ids=inputs["input_ids"][:, :-1],
            attention_mask=mask,
            position_ids=(mask.cumsum(-1) - 1).clamp(min=0),
            cache=cache,
            use_cache=True,
            logits_to_keep=1,
        )
        return BeamCache(cache, beams, new_tokens + 1)

    @torch.inference_mode()
    def _generate_batch(
        self, requests: Sequence[GenerateRequest], cancelled: Callable[[], bool]
    ) -> list[GenerateResult]:
        stop_if(cancelled)
        inputs, lengths = self._inputs(requests)
        options = self._options(requests, inputs, cancelled)
        if self._decoder_only:
            options["cache"] = self._read_prompts(
                inputs, options["num_beams"], options["max_new_tokens"]
            )
        output = self._model.generate(
            **inputs, **options, return_dict_in_generate=True, output_scores=True
        )
        stop_if(cancelled)
        start = inputs["input_ids"].shape[1] if self._decoder_only else 1
        answers = output.sequences[:, start:]
        scores = self._scores(output, answers, options.get("length_penalty") or 1.0)
        each = len(answers) // len(requests)
        return [
            GenerateResult(
                tuple(
                    self._candidate(answers[row], scores[row])
                    for row in range(k * each, (k + 1) * each)
                ),
                length,
                min(length, self._window),
            )
            for k, length in enumerate(lengths)
        ]

    def _scores(self, output: Any, answers: torch.Tensor, penalty: float) -> list[float]:
        """The mean log-probability of each answer's tokens. Greedy search does not report it."""
        real = answers != self._tokenizer.pad_token_id
        if getattr(output, "sequences_scores", None) is not None:
            lengths = real.sum(1).tolist()
            return [
                mean_score(*pair, penalty)
                for pair in zip(output.sequences_scores.tolist(), lengths, strict=True)
            ]
        steps = torch.stack(output.scores, dim=1).log_softmax(-1)
        chosen = steps.gather(-1, answers[..., None])[..., 0]
        means: list[float] = ((chosen.masked_fill(~real, 0)).sum(1) / real.sum(1)).tolist()
        return means

    def _candidate(self, answer: torch.Tensor, score: float) -> Candidate:
        end = self._model.generation_config.eos_token_id
        ends = end if isinstance(end, list) else [end]
        tokens = int((answer != self._tokenizer.pad_token_id).sum())
        if self._decoder_only:
            text = self._tokenizer.decode(answer, skip_special_tokens=True).strip()
        else:
            text = self._text.decode(answer.tolist())
        return Candidate(text, tokens, score, bool(torch.isin(answer, torch.tensor(ends)).any()))
