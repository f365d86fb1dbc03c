"""Training examples from whole pages with gold summaries, in one to three lengths.

The summaries are those in `gold/`, and those of the same form in the data folder. They cover the
whole page, so the whole page is shown.
"""

import gzip
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from models.prompts import summary_marker
from models.scoring.support import foreign_facts, without_accents
from models.training.examples import Branch, Example, orangesum

GOLD: Final = Path(__file__).with_name("gold")
# The file of summaries that no model learns from.
HELD_OUT: Final = "held_out.jsonl"
DATA_FILES: Final = ("gold.jsonl.gz", "gold_long.jsonl.gz")
# The share of pages that are shown with their title.
TITLE_SHARE: Final = 0.8


def learnt_files(data: Path, gold: Path = GOLD) -> list[Path]:
    """The files of gold summaries that are learnt: those of the project, and those in `data`."""
    own = [path for path in sorted(gold.glob("*.jsonl")) if path.name != HELD_OUT]
    return own + [data / name for name in DATA_FILES if (data / name).exists()]


def gold_rows(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a file, which may be packed with gzip: `id`, `fr`, `src` and `en`."""
    packed = path.read_bytes()
    text = (gzip.decompress(packed) if path.suffix == ".gz" else packed).decode()
    return map(json.loads, text.splitlines())


def gold_examples(data: Path, files: list[Path], rng: random.Random) -> list[Example]:
    """The pages of OrangeSum that have a gold summary in `files`, shuffled.

    A page's summaries of all lengths share its source. A summary is left out if it has a number or
    a name that the page, as it is shown, lacks.
    """
    summaries: dict[str, list[list[str]]] = {}
    for row in (row for path in files for row in gold_rows(path)):
        summaries.setdefault(str(row["id"]), []).append(row["fr"])
    pages = (row for row in orangesum(data / "orangesum_train.jsonl.gz") if row["id"] in summaries)
    examples = [_example(page, summaries[page["id"]], rng) for page in pages]
    rng.shuffle(examples)
    return [example for example in examples if example.branches]


def _example(page: dict[str, Any], summaries: list[list[str]], rng: random.Random) -> Example:
    body = f"{page['abstract']}\n{page['article']}"
    source = f"{page['title']}\n{body}" if rng.random() < TITLE_SHARE else body
    written = (" ".join(sentences) for sentences in summaries)
    targets = [text if "«" in body else plain_quotes(text) for text in written]
    shown = without_accents(source)
    return Example(
        source,
        tuple(
            Branch(summary_marker(len(target.split())), target)
            for target in targets
            if not foreign_facts(shown, without_accents(target))
        ),
    )


def plain_quotes(text: str) -> str:
    """`text` with straight quotation marks and apostrophes, as on most pages."""
    for mark in ("« ", "«\u00a0", " »", "\u00a0»", "«", "»"):
        text = text.replace(mark, '"')
    return text.replace("’", "'")
