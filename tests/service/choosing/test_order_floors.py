"""Compares the sentences that the product trusts with readers' grades of them.

`order_labels.jsonl` holds the sentences of the four candidates that the built-in model, version 6
of its adapter (`tuning`: halfway through its last training, `held_out`: at its end), wrote for the
opening of 100 whole pages of OrangeSum's validation data, with the labels of strict readers: `ok`,
`wrong` (something that the page does not say) and `bad` (right, but unfit to print), and why. The
pages are the same in both halves; the rules were chosen on the first.
"""

import json
from collections import Counter
from pathlib import Path

import pytest

from service.checking.evidence import EvidenceFinder
from service.reading.reader import read_article
from tests.data import VALIDATION, skip_without
from tests.service.checking.evidence_set import articles

# Measured, tuning and held out: of the trusted sentences 0.084 and 0.091 are wrong, of the others
# 0.34 and 0.22.
MOST_WRONG_TRUSTED = 0.1
LEAST_WRONG_UNTRUSTED = 0.2


def rows() -> list[dict[str, str]]:
    return [
        json.loads(line)
        for line in Path(__file__)
        .with_name("order_labels.jsonl")
        .read_text(encoding="utf-8")
        .splitlines()
    ]


@pytest.fixture(scope="module")
def finders() -> dict[str, EvidenceFinder]:
    skip_without(VALIDATION)
    pages, finders = articles(VALIDATION), {}
    for page_id in {row["id"] for row in rows()}:
        page = pages[page_id]
        text = "\n\n".join([page.title, page.abstract, page.article.replace("\n", "\n\n")])
        article = read_article(text, language_check=False)
        finders[page_id] = EvidenceFinder(article.sentences, article.header.title)
    return finders


@pytest.mark.parametrize("half", ["tuning", "held_out"])
def test_trusted_sentences_are_wrong_less_often(
    finders: dict[str, EvidenceFinder], half: str
) -> None:
    counts = Counter(
        (finders[row["id"]].support(row["sentence"]).trusted, row["label"] == "wrong")
        for row in rows()
        if row["half"] == half
    )
    wrong_trusted, wrong_untrusted = (
        counts[trusted, True] / (counts[trusted, True] + counts[trusted, False])
        for trusted in (True, False)
    )
    assert wrong_trusted <= MOST_WRONG_TRUSTED
    assert wrong_untrusted >= LEAST_WRONG_UNTRUSTED
    assert counts[True, False] > 250
