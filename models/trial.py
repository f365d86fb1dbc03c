"""Tries a loaded checkpoint on two small texts: does it answer, and with numbers that are
numbers?"""

import math
import time
from dataclasses import dataclass
from typing import Final

from models.engine import Engine, GenerateRequest, Task

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
    """What came of one task: the answer, the language that it should be in, and what is wrong with
    it, if anything is."""

    task: Task
    text: str
    language: str
    seconds: float
    problem: str | None


def try_out(engine: Engine) -> list[Trial]:
    """One trial for each task of the engine."""
    return [_trial(engine, task) for task in engine.describe().tasks]


def _trial(engine: Engine, task: Task) -> Trial:
    text, facts = (
        (SENTENCE, "") if task is Task.TRANSLATION else (ARTICLE, ARTICLE)
    )  # as articles are asked for
    start = time.perf_counter()
    try:
        (result,) = engine.generate([GenerateRequest(task, text, TOKENS, 30, 2, facts)])
    except (
        Exception
    ) as error:  # weights that do not fit make the libraries raise whatever they meet first
        failure = f"it fails: {type(error).__name__}: {error}"
        return Trial(task, "", LANGUAGES[task], time.perf_counter() - start, failure)
    best = result.candidates[0]
    problem: str | None = None
    if math.isnan(best.score):
        problem = "the probabilities are no numbers: are the weights damaged?"
    elif not best.text:
        problem = "the answer is empty"
    elif result.used_tokens < result.tokens:
        problem = f"it read {result.used_tokens} of {result.tokens} tokens"
    return Trial(task, best.text, LANGUAGES[task], time.perf_counter() - start, problem)
