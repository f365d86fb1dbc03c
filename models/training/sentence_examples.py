"""Training examples for one sentence of a summary, from the gold summaries and their sources.

Each sentence of a gold summary is learnt from the sentences of the page that it rests on, as
`models/passages.py` shows them. The next one follows what was written before it or, as in use,
the page's lead. The sentences in `additions/` were written to follow the lead.
"""

import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from models.passages import Page
from models.prompts import sentence_marker
from models.scoring.support import foreign_facts, without_accents
from models.training.examples import Branch, Example, orangesum
from models.training.gold_examples import gold_rows, plain_quotes

ADDITIONS: Final = Path(__file__).with_name("additions")
# As the writers of the gold summaries counted.
_SENTENCE_END: Final = re.compile(r'(?<=[.!?»"])\s+(?=[A-ZÀ-Ý«"])')
TITLE_SHARE: Final = 0.8
# The share of the next sentences that are learnt behind the page's lead. The others follow the
# summary's own sentences.
LEAD_SHARE: Final = 0.65
# The share of the first sentences that are learnt.
FIRST_SHARE: Final = 0.4
# The share of the second and third additions of a page that are learnt behind an earlier one.
SECOND_SHARE: Final = 0.3
MIN_WORDS: Final = 6


def page_sentences(abstract: str, article: str) -> list[str]:
    """The sentences of a page as the gold summaries number them.

    Rows of other data sets bring theirs along (`sentences`).
    """
    return _SENTENCE_END.split(f"{abstract}\n{article}".replace("\n", " "))


def sentence_examples(data: Path, files: list[Path], rng: random.Random) -> list[Example]:
    """The sentences of the gold summaries in `files`, shuffled, each with its sources.

    A sentence is left out if it has a number or a name that is not shown.
    """
    summaries: dict[str, list[dict[str, Any]]] = {}
    for row in (row for path in files for row in gold_rows(path)):
        summaries.setdefault(str(row["id"]), []).append(row)
    examples = [
        example
        for page in orangesum(data / "orangesum_train.jsonl.gz")
        for row in summaries.get(page["id"], ())
        for example in _examples(page, row, rng)
    ]
    rng.shuffle(examples)
    return examples


def _examples(page: dict[str, Any], row: dict[str, Any], rng: random.Random) -> Iterator[Example]:
    sentences = row.get("sentences") or page_sentences(page["abstract"], page["article"])
    lead = len(page_sentences(page["abstract"], ""))
    quoted = "«" in " ".join(sentences)
    written = [text if quoted else plain_quotes(text) for text in row["fr"]]
    for number, (target, sources) in enumerate(zip(written, row["src"], strict=True)):
        title = page["title"] if rng.random() < TITLE_SHARE else ""
        shown = Page(title, sentences, lead)
        whole_lead = bool(number) and shown.shown_lead == lead
        told = whole_lead and rng.random() < LEAD_SHARE and min(sources) >= lead
        if (not number and rng.random() > FIRST_SHARE) or max(sources) >= len(sentences):
            continue
        before = [" ".join(sentences[:lead]), *written[1:number]] if told else written[:number]
        source = shown.passage(sources, " ".join(before), told=told)
        yield from _example(source, target, first=not number)


def addition_examples(data: Path, files: list[Path], rng: random.Random) -> list[Example]:
    """The sentences in `files` that follow a page's lead, shuffled, each with its sources.

    One is left out if it has a number or a name that is not shown, or if its lead is too long to
    stand in a summary.
    """
    rows = {str(row["id"]): row for path in files for row in gold_rows(path)}
    examples = [
        example
        for page in orangesum(data / "orangesum_train.jsonl.gz")
        if page["id"] in rows
        for example in _additions(page, rows[page["id"]], rng)
    ]
    rng.shuffle(examples)
    return examples


def _additions(page: dict[str, Any], row: dict[str, Any], rng: random.Random) -> Iterator[Example]:
    sentences = page_sentences(page["abstract"], page["article"])
    lead = len(page_sentences(page["abstract"], ""))
    quoted = "«" in " ".join(sentences)
    written = [text if quoted else plain_quotes(text) for text in row["fr"]]
    for number, (target, sources) in enumerate(zip(written, row["src"], strict=True)):
        shown = Page(page["title"] if rng.random() < TITLE_SHARE else "", sentences, lead)
        before = sentences[:lead]
        if number and rng.random() < SECOND_SHARE:
            before = [*before, rng.choice(written[:number])]
        if shown.shown_lead == lead and lead <= min(sources) and max(sources) < len(sentences):
            source = shown.passage(sources, " ".join(before), told=True)
            yield from _example(source, target, first=False)


def _example(source: str, target: str, *, first: bool) -> Iterator[Example]:
    words = len(target.split())
    if words >= MIN_WORDS and not foreign_facts(without_accents(source), without_accents(target)):
        yield Example(source, (Branch(sentence_marker(words, first=first), target),))
