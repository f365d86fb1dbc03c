"""How well round-ups are told from articles with headings: `python -m
tests.service.reading.genre_set ARTICLES.jsonl[.gz]`.

Round-ups are made of four articles (title and three sentences each), articles with headings by
cutting one into four.
"""

import sys
from pathlib import Path

from service.reading.genre import is_round_up
from service.scoring.items import Item, read_items
from service.text.sentences import sentences

PARTS = 4
MIN_SENTENCES = 9


def mixture(items: list[Item]) -> list[str]:
    """The blocks of a round-up of these articles."""
    return [
        block
        for item in items
        for block in (item.title.rstrip(".!?»"), " ".join(sentences(item.source)[:3]))
    ]


def headed(item: Item) -> list[str]:
    """The blocks of one article in four parts, each with its first words as heading; none of a
    short one."""
    article_sentences = sentences(item.source)
    size = len(article_sentences) // PARTS
    parts = (
        [article_sentences[k * size : (k + 1) * size] for k in range(PARTS)]
        if len(article_sentences) >= MIN_SENTENCES
        else []
    )
    return [
        block
        for part in parts
        for block in (" ".join(part[0].split()[:5]).rstrip(".!?»,;:…"), " ".join(part))
    ]


if __name__ == "__main__":
    articles = read_items(Path(sys.argv[1]))
    mixtures = [
        mixture(articles[k : k + PARTS]) for k in range(0, len(articles) - PARTS + 1, PARTS)
    ]
    wholes = [blocks for blocks in map(headed, articles) if blocks]
    print(
        f"round-ups found: {sum(is_round_up('', blocks) for blocks in mixtures)} of {len(mixtures)}"
    )
    print(
        f"articles taken for one: {sum(is_round_up('', blocks) for blocks in wholes)} of "
        f"{len(wholes)}"
    )
