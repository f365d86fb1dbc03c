"""An engine on CTranslate2: encoder-decoders with int8 weights on a CPU. Imports no torch.

Cancellation: only greedy search can be stopped between two tokens. A batch of beam search runs to
its end, so batches are kept small, and `cancelled` is asked before each of them.

Threads: a translator gets the sentences of a summary together, and works on several batches at
once, each on one thread. A step is too short to be shared: two threads take three times as long for
a sentence as one thread (docs/decisions/threads.md). A summariser mostly gets one article, and uses
all threads for it.
"""

import json
import math
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

import ctranslate2

from models.checkpoint_finder import Checkpoint
from models.checkpoints.tokenizer import load_tokenizer
from models.cpu.processors import available_processors, in_thread_of_its_own
from models.engine import (
    Candidate,
    EngineDescription,
    GenerateRequest,
    GenerateResult,
    ModelError,
    Task,
    never,
    stop_if,
)
from models.runtimes.batches import batches
from models.runtimes.conversion import VOCABULARY
from models.runtimes.seq2seq import SearchOptions, Seq2SeqText, mean_score

# The most texts in one batch. A batch of beam search cannot be cancelled, so it must be short.
BATCH_ROWS: Final = 8
# A summary does not have more sentences than this.
MOST_WORKERS: Final = 8


class CTranslateEngine:
    """A checkpoint whose weights were converted into `folder`.

    The tokenizer and the configuration are read from the checkpoint's own folder. Raises ModelError
    if it cannot be loaded.
    """

    def __init__(
        self, folder: Path, checkpoint: Checkpoint, threads: int = 0, compute_type: str = "int8"
    ) -> None:
        self._checkpoint = checkpoint
        tokenizer = load_tokenizer(checkpoint.folder, checkpoint.entry)
        self._end = tokenizer.eos_token_id
        self._text = Seq2SeqText(tokenizer, checkpoint.entry, checkpoint.folder)
        threads = threads or available_processors()
        translates = checkpoint.entry.tasks == (Task.TRANSLATION,)
        self._workers = min(threads, MOST_WORKERS) if translates else 1
        make = partial(
            ctranslate2.Translator,
            str(folder),
            device="cpu",
            compute_type=compute_type,
            inter_threads=self._workers,
        )
        # The translator is made in a thread of its own: from then on that thread has as many OpenMP
        # threads as the translator, in torch too.
        work = partial(make, intra_threads=1 if translates else threads)
        outcome = in_thread_of_its_own(work, "breve-translator")
        try:
            self._translator = outcome.result()
        except RuntimeError as error:
            raise ModelError(
                "The converted {id} could not be loaded from {folder}: {reason}",
                id=checkpoint.entry.id,
                folder=folder,
                reason=error,
            ) from error
        # CTranslate2 has its own names for tokens: the tokenizer may have one name for two tokens,
        # or none for a token.
        self._names: list[str] = json.loads((folder / VOCABULARY).read_text(encoding="utf-8"))
        self._ids = {name: k for k, name in enumerate(self._names)}

    def describe(self) -> EngineDescription:
        """What this engine is and can do."""
        entry, kind = self._checkpoint.entry, self._translator.compute_type
        return EngineDescription(
            entry.id,
            self._checkpoint.revision,
            entry.family,
            f"ctranslate2 {kind}",
            entry.tasks,
            self._text.window,
            entry.licence,
            # Beam search is silent, and nearly all requests ask for it.
            silent=entry.tasks,
            # The tokens that facts ban depend on the tokens written so far.
            ignores=tuple((task, "facts") for task in entry.tasks),
        )

    def count_tokens(self, text: str) -> int:
        """The length of `text` in tokens."""
        return self._text.count_tokens(text)

    def generate(
        self, requests: Sequence[GenerateRequest], cancelled: Callable[[], bool] = never
    ) -> list[GenerateResult]:
        """Answers all requests with beam search, those of one shape in one batch."""
        results: dict[int, GenerateResult] = {}
        for batch in batches(requests, self.count_tokens):
            most = BATCH_ROWS * self._workers
            for k in range(0, len(batch), most):
                part = batch[k : k + most]
                answers = self._generate_batch([requests[place] for place in part], cancelled)
                results.update(zip(part, answers, strict=True))
        return [results[k] for k in range(len(requests))]

    def _generate_batch(
        self, requests: Sequence[GenerateRequest], cancelled: Callable[[], bool]
    ) -> list[GenerateResult]:
        stop_if(cancelled)
        search = self._text.search(requests[0])
        sources = [self._text.encode(request) for request in requests]
        answers = self._translator.translate_batch(
            [self._names_of(source.ids) for source in sources],
            [self._prefix(search)] * len(requests),
            **self._options(search),
            max_batch_size=math.ceil(len(requests) / self._workers),
            return_scores=True,
            return_end_token=True,
            callback=(lambda _: cancelled()) if search.beams == 1 else None,
        )
        stop_if(cancelled)
        return [
            GenerateResult(self._candidates(answer, search), source.tokens, source.used_tokens)
            for source, answer in zip(sources, answers, strict=True)
        ]

    def _names_of(self, ids: list[int]) -> list[str]:
        return [self._names[token] for token in ids]

    def _prefix(self, search: SearchOptions) -> list[str] | None:
        """The tokens that an answer must begin with: in some families, its language's token."""
        return None if search.forced is None else self._names_of([search.forced])

    def _options(self, search: SearchOptions) -> dict[str, Any]:
        return {
            "beam_size": search.beams,
            "num_hypotheses": search.beams,
            "length_penalty": search.length_penalty,
            "max_decoding_length": search.max_tokens,
            "min_decoding_length": search.min_tokens,
            "no_repeat_ngram_size": search.no_repeat,
            "suppress_sequences": self._suppressed(search) or None,
            # The text was cut to the window already. CTranslate2 would not report what it cuts.
            "max_input_length": 0,
        }

    def _suppressed(self, search: SearchOptions) -> list[list[str]]:
        """The token runs that an answer must not have, if the weights have rows for them."""
        sequences = [*((token,) for token in search.banned), *search.runs]
        return [
            self._names_of(list(tokens)) for tokens in sequences if max(tokens) < len(self._names)
        ]

    def _candidates(self, answer: Any, search: SearchOptions) -> tuple[Candidate, ...]:
        return tuple(
            self._candidate(tokens, score, search)
            for tokens, score in zip(answer.hypotheses, answer.scores, strict=True)
        )

    def _candidate(self, tokens: list[str], score: float, search: SearchOptions) -> Candidate:
        ids = [self._ids[token] for token in tokens]
        finished = bool(ids) and ids[-1] == self._end
        mean = mean_score(score, max(1, len(tokens)), search.length_penalty)
        return Candidate(self._text.decode(ids), len(tokens), mean, finished)
