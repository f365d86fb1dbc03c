"""Training examples from whole pages: title, lead, body, and a summary written for them.

The summaries are those in `summaries/`. OrangeSum's own references are the leads of the pages, and
its articles lack these leads. From them a model learns to tell what is not in a page's lead. But a
reader's page has its lead, and an editor wants the news in it.

    python -m models.training.pages --data DIR > held_out.jsonl

writes the held-out pages with their summaries as references, for `breve eval held_out.jsonl`.
"""

import argparse
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from models.prompts import summary_marker
from models.scoring.support import foreign_facts, without_accents
from models.training.candidates import shown
from models.training.examples import MIN_SHORT_WORDS, Branch, Example, orangesum

SUMMARIES: Final = Path(__file__).with_name("summaries")
# The file of the summaries that are not learnt.
HELD_OUT: Final = "held_out"
# A page of up to this many words, about 500 tokens, is shown whole: see `service/choosing/plan.py`.
WHOLE_WORDS: Final = 325
# The share of pages that are shown without their title, if the summary has no fact of the title
# alone.
UNTITLED_SHARE: Final = 0.25
# The share of the summaries of several sentences whose first sentence is also learnt alone.
SHORT_SHARE: Final = 0.4


def written_summaries(folder: Path = SUMMARIES, *, held_out: bool = False) -> dict[str, list[str]]:
    """The summaries written for this project, in sentences, by the article's id in OrangeSum.

    They are those to be learnt or, with `held_out`, the held-out ones.
    """
    files = sorted(path for path in folder.glob("*.jsonl") if (path.stem == HELD_OUT) is held_out)
    lines = [line for path in files for line in path.read_text(encoding="utf-8").splitlines()]
    return {row["id"]: row["fr"] for row in map(json.loads, lines)}


def page_examples(data: Path, rng: random.Random, folder: Path = SUMMARIES) -> list[Example]:
    """The pages of OrangeSum that have a summary in `folder`, shuffled.

    A page is left out if its summary has a fact that is not in the shown text.
    """
    summaries = written_summaries(folder)
    rows = (row for row in orangesum(data / "orangesum_train.jsonl.gz") if row["id"] in summaries)
    examples = [example for row in rows for example in _example(row, summaries[row["id"]], rng)]
    rng.shuffle(examples)
    return examples


def _invents(source: str, summary: str) -> bool:
    """True if `summary` has a number or name that `source` lacks.

    Accents do not count: pages write "Etat" where the summaries have "État".
    """
    return bool(foreign_facts(without_accents(source), without_accents(summary)))


def _example(row: dict[str, Any], sentences: list[str], rng: random.Random) -> list[Example]:
    summary = " ".join(sentences)
    text = f"{row['abstract']}\n{row['article']}"
    source = shown(f"{row['title']}\n{text}", WHOLE_WORDS)
    if rng.random() < UNTITLED_SHARE and not _invents(shown(text, WHOLE_WORDS), summary):
        source = shown(text, WHOLE_WORDS)
    if _invents(source, summary):
        return []
    branches = [Branch(summary_marker(len(summary.split())), summary)]
    first = len(sentences[0].split())
    if len(sentences) > 1 and first >= MIN_SHORT_WORDS and rng.random() < SHORT_SHARE:
        branches.append(Branch(summary_marker(first), sentences[0]))
    return [Example(source, tuple(branches))]


def held_out_pages(data: Path, folder: Path = SUMMARIES) -> Iterator[dict[str, str]]:
    """The held-out pages: `id`, `title`, `text` (lead and body) and `reference`."""
    summaries = written_summaries(folder, held_out=True)
    for row in orangesum(data / "orangesum_train.jsonl.gz"):
        if row["id"] in summaries:
            text = "\n".join([row["abstract"], row["article"]]).replace("\n", "\n\n")
            yield {
                "id": row["id"],
                "title": row["title"],
                "text": text,
                "reference": " ".join(summaries[row["id"]]),
            }


def main() -> None:
    """Writes the held-out pages to standard output."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--data", type=Path, required=True, help="folder of orangesum_train.jsonl.gz"
    )
    for page in held_out_pages(parser.parse_args().data):
        print(json.dumps(page, ensure_ascii=False))


if __name__ == "__main__":
    main()
