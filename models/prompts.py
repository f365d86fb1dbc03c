"""The prompts of the built-in model, shared by training and inference.

A prompt is the source text followed by a marker; the target follows after one space. A model that
was trained with one wording answers badly to another, so training and inference must both take it
from here.
"""

from typing import Final

from models.engine import GenerateRequest, Task

MIN_SUMMARY_WORDS: Final = 10
MAX_SUMMARY_WORDS: Final = 140
# A summary never says the same four tokens twice; a translation may have to.
NO_REPEAT: Final = {Task.SUMMARY: 4, Task.HEADLINE: 3, Task.TRANSLATION: 8}


def round_words(words: int) -> int:
    """The number of words that a marker names: 10, 20 … 140."""
    return min(MAX_SUMMARY_WORDS, max(MIN_SUMMARY_WORDS, round(words / 10) * 10))


def summary_marker(words: int) -> str:
    """The marker that asks for a French summary of about `words` words: 10, 20 … 140."""
    return f"\n\nRésumé en {round_words(words)} mots :"


def headline_marker() -> str:
    """The marker that asks for a French headline."""
    return "\n\nTitre :"


def translation_marker() -> str:
    """The marker that asks for the English translation of a French sentence."""
    return "\n\nEnglish :"


def marker(request: GenerateRequest) -> str:
    """The marker that asks for the task of `request`."""
    if request.task is Task.SUMMARY:
        return summary_marker(request.words)
    return headline_marker() if request.task is Task.HEADLINE else translation_marker()
