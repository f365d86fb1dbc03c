"""An engine on PyTorch and transformers: encoder-decoders, and decoders used as prefix language models."""

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any, Final

import torch
from transformers import (
    AutoModelForCausalLM,
    AutoModelForSeq2SeqLM,
    AutoTokenizer,
    DynamicCache,
    LogitsProcessor,
    LogitsProcessorList,
    NoRepeatNGramLogitsProcessor,
    StoppingCriteria,
    StoppingCriteriaList,
    TextIteratorStreamer,
)
from transformers.utils import logging

from models.beam_cache import BeamCache
from models.catalog import CatalogEntry
from models.engine import (
    Cancelled,
    Candidate,
    EngineDescription,
    GenerateRequest,
    GenerateResult,
    ModelError,
    Task,
    never,
)
from models.narrow_linear import narrow
from models.processors import available_processors
from models.prompts import NO_REPEAT, marker
from models.streaming import stripped

# Padded prompt tokens in one forward pass, beams included: bounds the memory of a batch.
BATCH_TOKENS: Final = 16_384


class _OutputNoRepeat(LogitsProcessor):  # type: ignore[misc]
    """Blocks repeated n-grams of the answer only. Over the prompt too, it would forbid to quote the article."""

    def __init__(self, size: int, prompt_tokens: int) -> None:
        self._blocker = NoRepeatNGramLogitsProcessor(size)
        self._prompt_tokens = prompt_tokens

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        blocked: torch.Tensor = self._blocker(input_ids[:, self._prompt_tokens :], scores)
        return blocked


class _Stop(StoppingCriteria):  # type: ignore[misc]
    """Stops every sequence when the work is cancelled."""

    def __init__(self, cancelled: Callable[[], bool]) -> None:
        self._cancelled = cancelled

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor, **_: Any) -> torch.Tensor:
        return torch.full((input_ids.shape[0],), self._cancelled(), dtype=torch.bool, device=input_ids.device)


def _cpu_dtype() -> torch.dtype:
    """bfloat16 where the processor multiplies it natively; elsewhere it is six times slower than float32."""
    fast = torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
    return torch.bfloat16 if fast else torch.float32


class TransformersEngine:
    """A checkpoint in `folder`, loaded with safetensors only and no code of its own.

    Raises ModelError if it cannot be loaded.
    """

    def __init__(self, folder: str, entry: CatalogEntry, revision: str, threads: int = 0) -> None:
        logging.disable_progress_bar()
        torch.set_num_threads(threads or available_processors())
        self._entry, self._revision = entry, revision
        self._decoder_only = entry.family == "prefix-lm"
        loader = AutoModelForCausalLM if self._decoder_only else AutoModelForSeq2SeqLM
        try:
            self._tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
            self._model = loader.from_pretrained(folder, local_files_only=True, use_safetensors=True, dtype=_cpu_dtype()).eval()
        except Exception as error:  # a damaged checkpoint makes the libraries raise whatever they meet first
            raise ModelError(f"The checkpoint {entry.id} could not be loaded from {folder}: {error}") from error
        narrow(self._model)
        if self._decoder_only:
            self._tokenizer.padding_side = "left"

    def describe(self) -> EngineDescription:
        """What this engine is and can do."""
        entry = self._entry
        dtype = str(self._model.dtype).removeprefix("torch.")
        return EngineDescription(
            entry.id, self._revision, entry.family, f"torch {dtype}", entry.tasks, entry.window, entry.licence
        )

    def count_tokens(self, text: str) -> int:
        """The length of `text` in tokens."""
        return len(self._encode(text))

    def generate(self, requests: Sequence[GenerateRequest], cancelled: Callable[[], bool] = never) -> list[GenerateResult]:
        """Answers all requests with beam search, those of one shape in one batch."""
        results: dict[int, GenerateResult] = {}
        for batch in self._batches(requests):
            answers = self._generate_batch([requests[k] for k in batch], cancelled)
            results.update(zip(batch, answers, strict=True))
        return [results[k] for k in range(len(requests))]

    def stream(self, request: GenerateRequest, cancelled: Callable[[], bool] = never) -> Iterator[str]:
        """Yields the greedy answer piece by piece."""
        left = Event()  # set when nobody takes the pieces any more
        request = dataclasses.replace(request, candidates=1)
        inputs, _ = self._inputs([request])
        options = self._options([request], inputs, lambda: left.is_set() or cancelled())
        streamer = TextIteratorStreamer(self._tokenizer, skip_prompt=self._decoder_only, skip_special_tokens=True)
        with ThreadPoolExecutor(1) as pool:
            work = pool.submit(self._model.generate, **inputs, **options, streamer=streamer)
            work.add_done_callback(lambda _: streamer.end())  # an error in the thread ends the stream too
            try:
                yield from stripped(streamer)
            finally:
                left.set()
            work.result()
        if cancelled():
            raise Cancelled

    def _encode(self, text: str) -> list[int]:
        ids: list[int] = self._tokenizer(text, add_special_tokens=False).input_ids
        return ids

    def _batches(self, requests: Sequence[GenerateRequest]) -> Iterator[list[int]]:
        """Indices of requests that can share a forward pass: same task, length and beams, within BATCH_TOKENS."""
        lengths = [self.count_tokens(request.text) for request in requests]
        order = sorted(range(len(requests)), key=lambda k: (self._shape(requests[k]), lengths[k]))
        batch: list[int] = []
        for k in order:
            padded = (len(batch) + 1) * lengths[k] * requests[k].candidates
            if batch and (self._shape(requests[batch[0]]) != self._shape(requests[k]) or padded > BATCH_TOKENS):
                yield batch
                batch = []
            batch.append(k)
        if batch:
            yield batch

    @staticmethod
    def _shape(request: GenerateRequest) -> tuple[str, int, int]:
        return request.task, request.max_tokens, request.candidates

    def _prompt(self, request: GenerateRequest) -> tuple[list[int], int]:
        """The prompt of one request in tokens, and how many tokens its whole text has."""
        tokens = self._encode(request.text)
        if self._decoder_only:
            kept = tokens[: self._entry.window]
            return [self._tokenizer.bos_token_id, *kept, *self._encode(marker(request))], len(tokens)
        if self._entry.codes:
            self._tokenizer.src_lang = self._entry.codes["fr"]
        around = len(self._encode(self._entry.prefix)) + self._tokenizer.num_special_tokens_to_add()
        most = self._entry.window + around
        prompt: list[int] = self._tokenizer(self._entry.prefix + request.text, truncation=True, max_length=most).input_ids
        return prompt, len(tokens)

    def _inputs(self, requests: Sequence[GenerateRequest]) -> tuple[dict[str, torch.Tensor], list[int]]:
        """The padded prompts [requests, tokens] with their mask, and the token count of each whole text."""
        prompts = [self._prompt(request) for request in requests]
        padded = self._tokenizer.pad({"input_ids": [prompt for prompt, _ in prompts]}, return_tensors="pt")
        inputs = {"input_ids": padded["input_ids"], "attention_mask": padded["attention_mask"]}
        return inputs, [tokens for _, tokens in prompts]

    def _options(
        self, requests: Sequence[GenerateRequest], inputs: dict[str, torch.Tensor], cancelled: Callable[[], bool]
    ) -> dict[str, Any]:
        first = requests[0]
        prompt_tokens = inputs["input_ids"].shape[1] if self._decoder_only else 0
        options: dict[str, Any] = {
            "do_sample": False,
            "num_beams": first.candidates,
            "num_return_sequences": first.candidates,
            "max_new_tokens": first.max_tokens,
            "early_stopping": first.candidates > 1,
            "logits_processor": LogitsProcessorList([_OutputNoRepeat(NO_REPEAT[first.task], prompt_tokens)]),
            "stopping_criteria": StoppingCriteriaList([_Stop(cancelled)]),
        }
        if self._entry.force_language:
            target = "en" if first.task is Task.TRANSLATION else "fr"
            options["forced_bos_token_id"] = self._tokenizer.convert_tokens_to_ids(self._entry.codes[target])
        return options

    def _read_prompts(self, inputs: dict[str, torch.Tensor], beams: int, new_tokens: int) -> BeamCache:
        """Reads the prompts, less their last token, once for all beams."""
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
    def _generate_batch(self, requests: Sequence[GenerateRequest], cancelled: Callable[[], bool]) -> list[GenerateResult]:
        if cancelled():
            raise Cancelled
        inputs, lengths = self._inputs(requests)
        options = self._options(requests, inputs, cancelled)
        if self._decoder_only:
            options["cache"] = self._read_prompts(inputs, options["num_beams"], options["max_new_tokens"])
        output = self._model.generate(**inputs, **options, return_dict_in_generate=True, output_scores=True)
        if cancelled():
            raise Cancelled
        start = inputs["input_ids"].shape[1] if self._decoder_only else 1
        answers = output.sequences[:, start:]
        scores = self._scores(output, answers)
        each = len(answers) // len(requests)
        return [
            GenerateResult(
                tuple(self._candidate(answers[row], scores[row]) for row in range(k * each, (k + 1) * each)),
                length,
                min(length, self._entry.window),
            )
            for k, length in enumerate(lengths)
        ]

    def _scores(self, output: Any, answers: torch.Tensor) -> list[float]:
        """The mean log-probability of each answer's tokens (beam search reports it; greedy search does not)."""
        if getattr(output, "sequences_scores", None) is not None:
            values: list[float] = output.sequences_scores.tolist()
            return values
        steps = torch.stack(output.scores, dim=1).log_softmax(-1)
        chosen = steps.gather(-1, answers[..., None])[..., 0]
        real = answers != self._tokenizer.pad_token_id
        means: list[float] = ((chosen.masked_fill(~real, 0)).sum(1) / real.sum(1)).tolist()
        return means

    def _candidate(self, answer: torch.Tensor, score: float) -> Candidate:
        end = self._model.generation_config.eos_token_id
        ends = end if isinstance(end, list) else [end]
        tokens = int((answer != self._tokenizer.pad_token_id).sum())
        text = self._tokenizer.decode(answer, skip_special_tokens=True).strip()
        return Candidate(text, tokens, score, bool(torch.isin(answer, torch.tensor(ends)).any()))
