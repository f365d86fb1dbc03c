"""Lowers the rewards of a model's drafts for sentences that the product would leave out.

    python -m service.scoring.rewards IN OUT

IN is a file of `models.training.candidates`: it rewards drafts for their likeness to the reference.
The product leaves out sentences that its checks do not trust, and puts the article's own in their
place. So the reward falls by OPENING_COST where the first sentence may not open a summary, and by
up to SENTENCE_COST for the others.
"""

import json
import sys
from pathlib import Path
from typing import Any, Final

from models.engine import Candidate
from service.checking.evidence import EvidenceFinder
from service.choosing.candidates import find_complete_sentences
from service.reading.article import ArticleError
from service.reading.reader import read_article

# Rewards are means of ROUGE-1, -2 and -L from 0 to 1; those of the drafts of one article have a
# standard deviation of 0.08.
OPENING_COST: Final = 0.08
SENTENCE_COST: Final = 0.04


def cost(finder: EvidenceFinder, text: str) -> float:
    """Returns how much the reward of a draft falls for sentences that would be left out."""
    sentences = find_complete_sentences(Candidate(text, 0, 0.0, finished=True))
    if not sentences:
        return OPENING_COST + SENTENCE_COST
    opening, *others = map(finder.support, sentences)
    may_open = opening.trusted and opening.standalone
    opening_cost = 0.0 if may_open else OPENING_COST
    left_out = sum(not sentence.trusted for sentence in others)
    return opening_cost + SENTENCE_COST * left_out / max(1, len(others))


def lower_rewards(row: dict[str, Any]) -> dict[str, Any]:
    """Returns a row of the file with the cost of each draft taken off its reward.

    A row whose source is too short for an article stays as it is.
    """
    try:
        article = read_article(row["source"], language_check=False)
    except ArticleError:
        return row
    finder = EvidenceFinder(article.sentences, article.header.title)
    candidates = [
        [text, round(reward - cost(finder, text), 4)] for text, reward in row["candidates"]
    ]
    return {**row, "candidates": candidates}


def main() -> None:
    """Reads IN, writes OUT."""
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    rows = Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()
    with Path(sys.argv[2]).open("w", encoding="utf-8") as out:
        for line in rows:
            out.write(json.dumps(lower_rewards(json.loads(line)), ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
