"""The sentence pairs that the translator learns, and their batches.

Pairs are French and English. The project's own pairs come from four places: `pairs/` (a file for
each subject), the English of the summaries in `gold/` and of the sentences in `additions/`, and the
data folder's gold summaries and headlines. Public pairs are mixed in, so that the translator keeps
its earlier knowledge.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from zlib import crc32

import torch

from models.training.examples import pair_examples
from models.training.gold_examples import gold_rows, learnt_files
from models.training.packing import IGNORED
from models.training.sentence_examples import ADDITIONS

PAIRS: Final = Path(__file__).parents[1] / "pairs"
DATA_HEADLINES: Final = "headlines_fr_en.tsv"
# One in this many pairs is never trained on. A few hundred are enough to see a loss fall.
HELD_OUT: Final = 96
# The most tokens of a sentence.
MAX_TOKENS: Final = 128

Pair = tuple[str, str]


@dataclass(frozen=True)
class Batch:
    """Pairs of about the same length, as token ids.

    `source` [pairs, tokens] is padded with the model's padding token, `target` [pairs, tokens] with
    IGNORED.
    """

    source: torch.Tensor
    target: torch.Tensor


def own_pairs(folder: Path = PAIRS) -> list[Pair]:
    """The pairs of the `.tsv` files, in the order of the files."""
    return [pair for path in sorted(folder.glob("*.tsv")) for pair in _tsv(path)]


def gold_pairs(gold: Path, data: Path) -> list[Pair]:
    """The sentences of gold summaries, and the headlines, if the two folders have them."""
    headlines = data / DATA_HEADLINES
    return [pair for path in learnt_files(data, gold) for pair in summary_pairs(path)] + (
        _tsv(headlines) if headlines.exists() else []
    )


def added_pairs(folder: Path = ADDITIONS) -> list[Pair]:
    """The sentences that were written to stand behind a page's lead."""
    return [pair for path in sorted(folder.glob("*.jsonl")) for pair in summary_pairs(path)]


def summary_pairs(path: Path) -> list[Pair]:
    """The sentences of the summaries in a file of gold summaries."""
    return [pair for row in gold_rows(path) for pair in zip(row["fr"], row["en"], strict=True)]


def _tsv(path: Path) -> list[Pair]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [(french, english) for french, _, english in (line.partition("\t") for line in lines)]


def is_held_out(pair: Pair) -> bool:
    """True for one pair in HELD_OUT. It depends on the French alone."""
    return crc32(pair[0].encode()) % HELD_OUT == 0


def public_pairs(data: Path, seed: int) -> list[Pair]:
    """Pairs of public data sets, shuffled."""
    examples = pair_examples(data, random.Random(seed))
    return [(example.source, example.branches[0].target) for example in examples]


def pairs_of_pass(
    own: Sequence[Pair], public: Sequence[Pair], share: float, number: int
) -> list[Pair]:
    """The pairs that pass `number` learns: all of `own`, and `share` times as many of `public`.

    Each pass has other public pairs, until all were seen.
    """
    count = round(share * len(own))
    start = number * count
    return [*own, *(public[k % len(public)] for k in range(start, start + count))]


def batches(pairs: Sequence[Pair], tokenizer: Any, tokens: int, seed: int) -> Iterator[Batch]:
    """All pairs once, in batches of pairs of about one length. The batches come in random order.

    A batch has about `tokens` tokens of English, padding included.
    """
    rng = random.Random(seed)
    sources = [_ids(tokenizer, text=french) for french, _ in pairs]
    targets = [_ids(tokenizer, text_target=english) for _, english in pairs]
    order = list(range(len(pairs)))
    rng.shuffle(order)
    order.sort(key=lambda place: (len(targets[place]), len(sources[place])))
    groups: list[list[int]] = [[]]
    for place in order:
        if len(targets[place]) * (len(groups[-1]) + 1) > tokens and groups[-1]:
            groups.append([])
        groups[-1].append(place)
    rng.shuffle(groups)
    for group in groups:
        yield Batch(
            _padded([sources[place] for place in group], tokenizer.pad_token_id),
            _padded([targets[place] for place in group], IGNORED),
        )


def _ids(tokenizer: Any, **text: str) -> list[int]:
    ids: list[int] = tokenizer(**text, truncation=True, max_length=MAX_TOKENS).input_ids
    return ids


def _padded(rows: list[list[int]], value: int) -> torch.Tensor:
    longest = max(map(len, rows))
    return torch.tensor([row + [value] * (longest - len(row)) for row in rows])
