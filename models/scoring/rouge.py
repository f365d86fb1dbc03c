"""ROUGE (Lin 2004) over Unicode words, for all figures and for the rewards in training.

Needs the extra `eval`.
"""

from typing import Final

from rouge_score.rouge_scorer import RougeScorer

from models.scoring.support import words

MEASURES: Final = ("rouge1", "rouge2", "rougeL")


class _Words:
    """The scorer's tokens: Unicode words, in lower case, no stemming."""

    def tokenize(self, text: str) -> list[str]:
        """The words of `text`."""
        return words(text)


_SCORER: Final = RougeScorer(list(MEASURES), tokenizer=_Words())


def rouge(reference: str, text: str) -> dict[str, float]:
    """ROUGE-1, -2 and -L (F1, from 0 to 1) of `text`."""
    return {name: score.fmeasure for name, score in _SCORER.score(reference, text).items()}
