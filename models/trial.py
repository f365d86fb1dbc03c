"""Tries a loaded checkpoint on two small texts: does it answer, and are its scores numbers?"""

import math
import time
from dataclasses import dataclass
from typing import Final

from models.engine import Engine, GenerateRequest, GenerateResult, ModelError, Task

ARTICLE: Final = (
    "Un éditeur de logiciels français annonce une nouvelle version de son outil de sauvegarde. "
    "Elle corrige une faille de sécurité découverte la semaine dernière par deux chercheurs de "
    "Rennes. "
    "Les administrateurs sont invités à installer la mise à jour sans attendre."
)
SENTENCE: Final = "La nouvelle version corrige une faille de sécurité."
TOKENS: Final = 60
LANGUAGES: Final = {Task.SUMMARY: "fr", Task.HEADLINE: "fr", Task.TRANSLATION: "en"}


@dataclass(frozen=True)
class Trial:
    """The result of one task.

    `text` is the answer, `language` the language that it should have. `problem` says what is wrong
    with the answer, or is None.
    """

    task: Task
    text: str
    language: str
    seconds: float
    problem: ModelError | None


def try_out(engine: Engine) -> list[Trial]:
    """One trial for each task of the engine."""
    return [_trial(engine, task) for task in engine.describe().tasks]


def _trial(engine: Engine, task: Task) -> Trial:
    # The same requests as for a real article.
    text, facts = (SENTENCE, "") if task is Task.TRANSLATION else (ARTICLE, ARTICLE)
    request = GenerateRequest(task, text, TOKENS, words=30, candidates=2, facts=facts)
    start = time.perf_counter()
    try:
        (result,) = engine.generate([request])
    except Exception as error:
        # Weights that do not fit make the libraries raise errors of any kind.
        failure = ModelError("it fails: {kind}: {reason}", kind=type(error).__name__, reason=error)
        return Trial(task, "", LANGUAGES[task], time.perf_counter() - start, failure)
    seconds = time.perf_counter() - start
    return Trial(task, result.candidates[0].text, LANGUAGES[task], seconds, _find_problem(result))


def _find_problem(result: GenerateResult) -> ModelError | None:
    best = result.candidates[0]
    if math.isnan(best.score):
        return ModelError("the probabilities are no numbers: are the weights damaged?")
    if not best.text:
        return ModelError("the answer is empty")
    if result.used_tokens < result.tokens:
        return ModelError(
            "it read {used} of {all} tokens", used=result.used_tokens, all=result.tokens
        )
    return None
