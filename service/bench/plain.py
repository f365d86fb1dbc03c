"""What a user would write instead of Brève: FastAPI around transformers, float32, beam search.

    python -m service.bench.plain FOLDER

Written to be fast in the ordinary way: inference mode, every processor, the key-value cache, no
padding. Articles are answered one at a time, because on a CPU several at once only share the
processors.
"""

import argparse
import threading
import zlib
from pathlib import Path
from typing import Any, Literal

import torch
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel
from transformers import AutoModelForSeq2SeqLM

from models.cpu.processors import available_processors
from service.bench.checkpoints import Recipe, read_recipe

# So many ids at the start of each vocabulary, and the last ids of Marian's, stand for no text.
SPECIAL_TOKENS = 4


class Body(BaseModel):
    """The fields of a request that this service knows."""

    text: str
    language: Literal["fr", "en"] = "fr"


class PlainSummarizer:
    """A summarising checkpoint and one that translates its answers into English."""

    def __init__(self, folder: Path) -> None:
        torch.set_num_threads(available_processors())
        self._recipe: Recipe = read_recipe(folder)
        self._summary = _load_model(folder / "summary")
        self._translation = _load_model(folder / "translation")

    def summarize(self, body: Body) -> dict[str, Any]:
        """Returns an answer of the recipe's length: tokens of a random model, as numbers."""
        recipe = self._recipe
        pieces = [
            body.text[k : k + recipe.characters]
            for k in range(0, len(body.text), recipe.characters)
        ]
        vocabulary = self._summary.config.vocab_size
        tokens = [_token_of(piece, vocabulary) for piece in pieces[: recipe.window - 1]]
        answer = self._generate(self._summary, tokens, recipe.new_tokens)
        if body.language == "en":
            vocabulary = self._translation.config.vocab_size
            french = [_token_of(str(token), vocabulary) for token in answer]
            answer = self._generate(self._translation, french, recipe.translation_tokens)
        coverage = {
            "tokens": len(pieces) + 1,
            "used_tokens": len(tokens) + 1,
            "truncated": len(tokens) < len(pieces),
        }
        return {
            "summary": " ".join(map(str, answer)),
            "language": body.language,
            "coverage": coverage,
        }

    @torch.inference_mode()
    def _generate(self, model: Any, tokens: list[int], new_tokens: int) -> list[int]:
        """Returns exactly `new_tokens` tokens that follow a text and its end token."""
        inputs = torch.tensor([[*tokens, model.config.eos_token_id]])
        output = model.generate(
            input_ids=inputs,
            attention_mask=torch.ones_like(inputs),
            do_sample=False,
            num_beams=self._recipe.beams,
            min_new_tokens=new_tokens,
            max_new_tokens=new_tokens,
        )
        answer: list[int] = output[0, 1:].tolist()
        return answer


def _load_model(folder: Path) -> Any:
    model = AutoModelForSeq2SeqLM.from_pretrained(
        folder, local_files_only=True, dtype=torch.float32
    )
    return model.eval()


def _token_of(piece: str, vocabulary: int) -> int:
    """Returns the token of a piece of text. Any token will do, if it is always the same."""
    return SPECIAL_TOKENS + zlib.crc32(piece.encode()) % (vocabulary - 2 * SPECIAL_TOKENS)


def create_app(folder: Path) -> FastAPI:
    """Loads the checkpoints in `folder`, and returns the service."""
    app = FastAPI()
    summarizer = PlainSummarizer(folder)
    one_at_a_time = threading.Lock()

    @app.get("/readyz")
    def ready() -> dict[str, str]:
        return {"status": "ready"}

    @app.post("/summarize")
    def summarize(body: Body) -> dict[str, Any]:
        with one_at_a_time:
            return summarizer.summarize(body)

    return app


def main() -> None:
    """Reads the command line and serves on loopback."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--port", type=int, required=True)
    arguments = parser.parse_args()
    app = create_app(arguments.folder)
    uvicorn.run(app, host="127.0.0.1", port=arguments.port, log_level="warning")


if __name__ == "__main__":
    main()
