"""Lowers the rewards of a file of `models.training.candidates` for what a summary would not be made
of.

    python -m service.scoring.rewards IN OUT

Such a file rewards a model's own drafts for their likeness to the reference. The product leaves out
sentences that its checks do not trust and puts the article's own in their place, so a model is
trained here to write sentences that may stay: the reward falls by OPENING_COST where the first
sentence may not open a summary, and by up to SENTENCE_COST for the others.
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
    """How much less a draft is worth because of sentences that would be left out."""
    found = find_complete_sentences(Candidate(text, 0, 0.0, finished=True))
    if not found:
        return OPENING_COST + SENTENCE_COST
    opening, *others = map(finder.support, found)
    left_out = sum(not sentence.trusted for sentence in others)
    may_open = opening.trusted and opening.standalone
    return OPENING_COST * (not may_open) + SENTENCE_COST * left_out / max(1, len(others))


def charged(row: dict[str, Any]) -> dict[str, Any]:
    """A row of the file with the costs taken off its rewards; as it is where its source is too
    short for an article."""
    try:
        article = read_article(row["source"], language_check=False)
    except ArticleError:
        return row
    finder = EvidenceFinder(article.sentences, article.header.title)
    return {
        **row,
        "candidates": [
            [text, round(reward - cost(finder, text), 4)] for text, reward in row["candidates"]
        ],
    }


def main() -> None:
    """Reads IN, writes OUT."""
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    rows = Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()
    with Path(sys.argv[2]).open("w", encoding="utf-8") as out:
        for line in rows:
            out.write(json.dumps(charged(json.loads(line)), ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
