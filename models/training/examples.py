"""Training examples from two data sets.

OrangeSum has articles with their abstracts and titles; the other has French-English sentence pairs.
"""

import gzip
import json
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final

from models.prompts import headline_marker, summary_marker, translation_marker
from models.scoring.support import covered_share, foreign_facts, words

Encode = Callable[[str], list[int]]

HELD_OUT_FILES: Final = tuple(
    Path(__file__).parent / folder / "held_out.jsonl" for folder in ("gold", "summaries")
)
BOS: Final = "<bos>"
EOS: Final = "<eos>"
# The most tokens of a target. A long gold summary has up to 250.
MAX_TARGET_TOKENS: Final = 280
MIN_ABSTRACT_WORDS: Final = 12
MIN_SHORT_WORDS: Final = 8
# The least share of a reference's longer words that the article must have. Below it the reference
# tells another story. It is low on purpose: 0.6 would leave out four in ten of the abstracts that
# have no number or name of their own. These are the abstracts that rephrase. Without them a model
# learns to copy.
MIN_COVERED: Final = 0.3
# The first words of a source: about what a short window of 352 tokens shows.
SHORT_WORDS: Final = 240
# A question or a cliff-hanger is no summary.
TEASER: Final = re.compile(r"\?|(?:…|\.\.\.)\s*$")
# The share of the articles that have their title as first line, like a reader's page.
TITLE_SHARE: Final = 0.4
# The part of a title that names the site, not the article: 4 % of the titles have it.
SITE_SUFFIX: Final = re.compile(r"\s*:\s*actualité .*scoop.*$")
# The share of each kind of sentence pair that is kept, by the start of its name. News and speech
# are kept more often than documentation. Repetitive texts (security notices, a weekly newsletter)
# are kept less often.
PAIR_SHARES: Final = {
    "news_debian": 0.25,
    "news_bitcoinops": 0.5,
    "news": 1.0,
    "politics": 0.6,
    "science": 0.3,
    "tatoeba": 0.3,
    "tech": 0.1,
}
# How many French words a pair must have to be kept. Shorter pairs teach little.
PAIR_WORDS: Final = range(8, 61)

_MONTH: Final = (
    "(?:janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre)"
)
_DATE: Final = (
    r"(?P<day>lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)"
    rf"(?: (?P<number>\d{{1,2}})(?:er)?(?: {_MONTH})?+(?: \d{{4}})?+)?+(?: (?:matin|midi|après-midi"
    rf"|soir))?+"
)
_OPENING_DATE: Final = re.compile(
    rf"(?:^|(?<=[.!?…] ))(?:ce |le )?{_DATE}, (?P<next>\w)", re.IGNORECASE
)
# Words that bind a date ("à partir de lundi", "dans la nuit de lundi à mardi").
_BINDING: Final = (
    "de", "du", "des", "au", "à", "et", "ou", "dès", "ici", "avant", "après", "depuis", "entre",
    "jusqu'au", "pour", "[Cc]e", "[Ll]e", "survenu", "survenue", "prévu", "prévue", "daté", "datée",
)  # fmt: skip
_DATE_INSIDE: Final = re.compile(
    "".join(rf"(?<!\b{word})" for word in _BINDING)
    + rf"(?P<comma>,?)(?<!\d,) (?:ce )?{_DATE}(?=(?P<mark>[,.;:)]| |$))"
    + r"(?! (?:et|ou|à|au|dernier|prochain)\b)"
)
_SENTENCE_END: Final = re.compile(r"(?<=[.!…])\s+(?=[A-ZÀ-Ý«])")


@dataclass(frozen=True)
class Branch:
    """One target of a source text: the marker that asks for it, and the text that answers.

    `reward` says how good the target is, if it is one of the model's own answers. Such targets are
    compared with each other, and not learnt as they stand. A target without a reward is to be
    learnt.
    """

    marker: str
    target: str
    reward: float | None = None


@dataclass(frozen=True)
class Example:
    """A source text and the targets that share it (the source is encoded once for all of them).

    `long` says that a target has a fact which the source tells only after its first SHORT_WORDS
    words. A model that is shown less would learn to invent it.
    """

    source: str
    branches: tuple[Branch, ...]
    long: bool = False


def is_supported(article: str, reference: str, least: float = MIN_COVERED) -> bool:
    """True if `article` supports `reference`, so that training on it teaches no inventions.

    The article must have every number and every capitalised word inside a sentence of the
    reference, and the share `least` of its longer words.
    """
    return covered_share(article, reference) >= least and not foreign_facts(article, reference)


def orangesum(path: Path) -> Iterator[dict[str, Any]]:
    """The articles of one of OrangeSum's files, their titles without the site's own words."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            row["title"] = SITE_SUFFIX.sub("", row["title"])
            yield row


def held_out_ids() -> frozenset[str]:
    """The articles of OrangeSum's training file that no model learns."""
    lines = [line for path in HELD_OUT_FILES for line in path.read_text("utf-8").splitlines()]
    return frozenset(str(json.loads(line)["id"]) for line in lines)


def without_foreign_days(article: str, abstract: str) -> str:
    """`abstract` without the days that `article` does not name ("a annoncé lundi 3 juin").

    Days that other words bind ("à partir de lundi") stay.
    """
    known = frozenset(words(article))

    def is_foreign(date: re.Match[str]) -> bool:
        return not known.issuperset(part.lower() for part in date.group("day", "number") if part)

    def replace_opening(date: re.Match[str]) -> str:
        return date["next"].upper() if is_foreign(date) else date.group()

    def replace_inside(date: re.Match[str]) -> str:
        if not is_foreign(date):
            return date.group()
        return date["comma"] if date["mark"] == " " else ""

    opened = _OPENING_DATE.sub(replace_opening, abstract)
    return _DATE_INSIDE.sub(replace_inside, opened)


def learnable(source: str, abstract: str) -> str:
    """`abstract` without the days that `source` lacks.

    The result is empty if it still has a fact that the source lacks, or is no summary.
    """
    text = without_foreign_days(source, abstract)
    good = (
        len(text.split()) >= MIN_ABSTRACT_WORDS
        and not TEASER.search(text)
        and is_supported(source, text)
    )
    return text if good else ""


def _summary_branches(abstract: str, rng: random.Random) -> Iterator[Branch]:
    yield Branch(summary_marker(len(abstract.split())), abstract)
    sentences = _SENTENCE_END.split(abstract)
    first = len(sentences[0].split())
    if len(sentences) > 1 and first >= MIN_SHORT_WORDS and rng.random() < 0.5:
        yield Branch(summary_marker(first), sentences[0])


def validation_examples(data: Path, count: int) -> dict[str, list[Example]]:
    """`count` examples of each task from the validation data, by task.

    They are articles that support their abstract, and sentence pairs. A task whose file is missing
    is left out.
    """
    examples: dict[str, list[Example]] = {}
    articles, pairs = data / "orangesum_valid.jsonl.gz", data / "fr_en_dev_newstest2013.tsv.gz"
    if articles.exists():
        good = (row for row in orangesum(articles) if is_supported(row["article"], row["abstract"]))
        rows = list(islice(good, count))
        examples["summary"] = [
            Example(
                row["article"],
                (Branch(summary_marker(len(row["abstract"].split())), row["abstract"]),),
            )
            for row in rows
        ]
        examples["headline"] = [
            Example(row["article"], (Branch(headline_marker(), row["title"]),)) for row in rows
        ]
    if pairs.exists():
        with gzip.open(pairs, "rt", encoding="utf-8") as lines:
            sides = [line.rstrip("\n").split("\t") for line in islice(lines, count)]
        examples["translation"] = [
            Example(side[0], (Branch(translation_marker(), side[1]),)) for side in sides
        ]
    return examples


def article_examples(data: Path, rng: random.Random) -> list[Example]:
    """OrangeSum as examples, shuffled, without the articles that are held out.

    Their targets are the abstract, without days that the body lacks; its first sentence, as a
    shorter summary; and the title, where it is not part of the source (see TITLE_SHARE).
    """
    examples, held_out = [], held_out_ids()
    for row in orangesum(data / "orangesum_train.jsonl.gz"):
        if str(row.get("id")) in held_out:
            continue
        with_title = rng.random() < TITLE_SHARE
        source = f"{row['title']}\n{row['article']}" if with_title else row["article"]
        branches: list[Branch] = []
        if row["abstract_task"] and (abstract := learnable(source, row["abstract"])):
            branches += _summary_branches(abstract, rng)
        if (
            branches
            and not with_title
            and row["title_task"]
            and is_supported(row["article"], row["title"])
        ):
            branches.append(Branch(headline_marker(), row["title"]))
        if branches:
            start = " ".join(source.split()[:SHORT_WORDS])
            long = any(foreign_facts(start, branch.target) for branch in branches)
            examples.append(Example(source, tuple(branches), long))
    rng.shuffle(examples)
    return examples


def _pair_share(kind: str) -> float:
    return next(share for start, share in PAIR_SHARES.items() if kind.startswith(start))


def pair_examples(data: Path, rng: random.Random) -> list[Example]:
    """Sentence pairs of PAIR_WORDS French words, shuffled.

    News is kept most often (see PAIR_SHARES).
    """
    examples = []
    with gzip.open(data / "fr_en_train.tsv.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            french, english, kind = line.rstrip("\n").split("\t")
            if len(french.split()) in PAIR_WORDS and rng.random() < _pair_share(kind):
                examples.append(Example(french, (Branch(translation_marker(), english),)))
    rng.shuffle(examples)
    return examples
