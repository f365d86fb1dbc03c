"""Training examples for one sentence of a summary, from the gold summaries and their sources.

Each sentence of a gold summary is learnt from its sources, the sentences of the page that it rests
on. `passages.py` shows them. A later sentence follows the summary's earlier ones or, as in
use, the page's lead. The sentences in `additions/` were written to follow the lead.
"""

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from models.prompts import round_words
from models.scoring.support import foreign_facts, without_accents
from models.training.examples import Branch, Example, orangesum
from models.training.gold_examples import gold_rows, plain_quotes
from models.training.passages import Page

ADDITIONS: Final = Path(__file__).with_name("additions")
# The writers of the gold summaries counted sentences in this way.
_SENTENCE_END: Final = re.compile(r'(?<=[.!?»"])\s+(?=[A-ZÀ-Ý«"])')
TITLE_SHARE: Final = 0.8
# The share of the later sentences that are learnt behind the page's lead. The others follow the
# summary's own sentences.
LEAD_SHARE: Final = 0.65
# The share of the first sentences that are learnt.
FIRST_SHARE: Final = 0.4
# The share of the second and third additions of a page that are learnt behind an earlier one.
SECOND_SHARE: Final = 0.3
MIN_WORDS: Final = 6

_Make = Callable[[dict[str, Any], dict[str, Any], random.Random], Iterator[Example]]


def sentence_marker(words: int, *, first: bool) -> str:
    """The marker that asks for a summary's first or next sentence of about `words` words."""
    return f"\n\n{'Phrase' if first else 'Suite'} en {round_words(words)} mots :"


def page_sentences(abstract: str, article: str) -> list[str]:
    """The sentences of a page as the gold summaries number them.

    Rows of other data sets bring their own sentences along (`sentences`).
    """
    return _SENTENCE_END.split(f"{abstract}\n{article}".replace("\n", " "))


def sentence_examples(data: Path, files: list[Path], rng: random.Random) -> list[Example]:
    """The sentences of the gold summaries in `files`, shuffled, each with its sources.

    A sentence is left out if it has a number or a name that the shown text lacks.
    """
    return _shuffled(data, files, rng, _of_summary)


def addition_examples(data: Path, files: list[Path], rng: random.Random) -> list[Example]:
    """The sentences in `files` that follow a page's lead, shuffled, each with its sources.

    A sentence is left out if it has a number or a name that the shown text lacks, or if the page's
    lead is too long to stand in a summary.
    """
    return _shuffled(data, files, rng, _of_additions)


def _shuffled(data: Path, files: list[Path], rng: random.Random, make: _Make) -> list[Example]:
    """The examples that `make` makes from each row of `files` and its page, shuffled."""
    rows: dict[str, list[dict[str, Any]]] = {}
    for row in (row for path in files for row in gold_rows(path)):
        rows.setdefault(str(row["id"]), []).append(row)
    examples = [
        example
        for article in orangesum(data / "orangesum_train.jsonl.gz")
        for row in rows.get(article["id"], ())
        for example in make(article, row, rng)
    ]
    rng.shuffle(examples)
    return examples


def _of_summary(
    article: dict[str, Any], row: dict[str, Any], rng: random.Random
) -> Iterator[Example]:
    page, written = _read(article, row)
    for number, (target, sources) in enumerate(zip(written, row["src"], strict=True)):
        shown = _with_title_or_not(page, rng)
        whole_lead = bool(number) and page.shown_lead == page.lead
        told = whole_lead and rng.random() < LEAD_SHARE and min(sources) >= page.lead
        if (not number and rng.random() > FIRST_SHARE) or max(sources) >= len(page.sentences):
            continue
        before = [*page.sentences[: page.lead], *written[1:number]] if told else written[:number]
        source = shown.passage(sources, " ".join(before), told=told)
        yield from _example(source, target, first=not number)


def _of_additions(
    article: dict[str, Any], row: dict[str, Any], rng: random.Random
) -> Iterator[Example]:
    page, written = _read(article, row)
    for number, (target, sources) in enumerate(zip(written, row["src"], strict=True)):
        shown = _with_title_or_not(page, rng)
        before = [*page.sentences[: page.lead]]
        if number and rng.random() < SECOND_SHARE:
            before.append(rng.choice(written[:number]))
        in_body = page.lead <= min(sources) and max(sources) < len(page.sentences)
        if page.shown_lead == page.lead and in_body:
            source = shown.passage(sources, " ".join(before), told=True)
            yield from _example(source, target, first=False)


def _read(article: dict[str, Any], row: dict[str, Any]) -> tuple[Page, list[str]]:
    """The page, and the sentences that were written for it, with the page's quotation marks."""
    abstract = article["abstract"]
    sentences = row.get("sentences") or page_sentences(abstract, article["article"])
    quoted = "«" in " ".join(sentences)
    written = [text if quoted else plain_quotes(text) for text in row["fr"]]
    return Page(article["title"], sentences, len(page_sentences(abstract, ""))), written


def _with_title_or_not(page: Page, rng: random.Random) -> Page:
    return page if rng.random() < TITLE_SHARE else replace(page, title="")


def _example(source: str, target: str, *, first: bool) -> Iterator[Example]:
    words = len(target.split())
    if words >= MIN_WORDS and not foreign_facts(without_accents(source), without_accents(target)):
        yield Example(source, (Branch(sentence_marker(words, first=first), target),))
