"""The labelled set of evidence: summary sentences, true and corrupted, with their sources.

`evidence_labels.jsonl` holds 296 sentences over 71 validation articles of OrangeSum, one of each
stretch of the file, business and technology preferred. They were written by hand as a summarizer
writes (nearly extractive, compressed, merging two sentences); 164 were then corrupted in exactly
one way: `kind` says how, `wrong` which words. `sources` are the article sentences that a sentence
rests on (for a corrupted one: that show the error), as [start, end] in title + "\\n" + article; the
article's text itself is not here. Articles with an even id are for tuning, the others are held out.
The held-out half is no blind test: who wrote it knew the rules.

`evidence_labels_blind.jsonl` holds 320 more over 64 other articles, 128 true and 192 corrupted:
written without sight of the rules, and to be hard. `service/checking/swapped_words.py` was tuned on
those with an even id.

`python -m tests.service.checking.evidence_set --data FOLDER` prints what the detector finds in each
half, by kind, and how many of the references that the training filter accepts it rejects.
"""

import argparse
import gzip
import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from models.training.examples import is_supported
from service.checking.evidence import EvidenceFinder, CheckedSentence
from service.reading.article import Sentence
from service.text.sentences import sentence_spans, sentences

BLIND = "evidence_labels_blind"
TRUE_KINDS = ("compressed", "extractive", "merging")
REFERENCES = 200
# of a reference's longer words in the article: stricter than what training takes, to be nearly sure
# of it
REFERENCE_SHARE = 0.75


@dataclass(frozen=True)
class Label:
    """A sentence of the set."""

    id: str
    sentence: str
    supported: bool
    kind: str
    wrong: str
    sources: tuple[tuple[int, int], ...]

    @property
    def tuning(self) -> bool:
        return int(self.id) % 2 == 0


@dataclass(frozen=True)
class Row:
    """A validation article."""

    id: str
    title: str
    article: str
    abstract: str

    def finder(self) -> EvidenceFinder:
        """What finds evidence in the article; offsets count from the title."""
        first = len(self.title) + 1
        found = (
            Sentence(self.article[a:b], 0, first + a, first + b)
            for a, b in sentence_spans(self.article)
        )
        return EvidenceFinder(tuple(found), self.title)


@dataclass(frozen=True)
class Found:
    """A label with what the detector says of it."""

    label: Label
    support: CheckedSentence


def labels(name: str = "evidence_labels") -> list[Label]:
    lines = (Path(__file__).parent / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return [
        Label(**{**row, "sources": tuple((start, end) for start, end in row["sources"])})
        for row in rows
    ]


def articles(path: Path) -> dict[str, Row]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return {
        row["id"]: Row(row["id"], row["title"], row["article"], row["abstract"]) for row in rows
    }


def detect(rows: dict[str, Row], wanted: Iterable[Label]) -> list[Found]:
    finders: dict[str, EvidenceFinder] = {}
    found = []
    for label in wanted:
        finder = finders.setdefault(label.id, rows[label.id].finder())
        found.append(Found(label, finder.support(label.sentence)))
    return found


def precision_and_recall(found: Iterable[Found]) -> tuple[float, float]:
    """Of the sentences that the detector flags, the share that is corrupted; of the corrupted, the
    share that it flags."""
    counts = Counter((one.label.supported, one.support.supported) for one in found)
    right = counts[False, False]
    return right / max(1, right + counts[True, False]), right / max(1, right + counts[False, True])


def flagged_by_kind(found: Iterable[Found]) -> dict[str, tuple[int, int]]:
    """For each kind how many sentences are flagged, of how many."""
    found = list(found)
    kinds = sorted({one.label.kind for one in found}, key=lambda kind: (kind in TRUE_KINDS, kind))
    return {
        kind: (
            sum(one.label.kind == kind and not one.support.supported for one in found),
            sum(one.label.kind == kind for one in found),
        )
        for kind in kinds
    }


def alignment(found: Iterable[Found]) -> tuple[float, float, float]:
    """Shares: sentences whose best evidence is a labelled source, labelled sources found, evidence
    that is labelled."""
    best = right = wanted = given = sentences_ = 0
    for one in found:
        hits = [
            source
            for source in one.label.sources
            if any(_meet(source, piece) for piece in one.support.evidence)
        ]
        chief = one.support.best
        best += chief is not None and any(_meet(source, chief) for source in one.label.sources)
        right, wanted = right + len(hits), wanted + len(one.label.sources)
        given, sentences_ = given + len(one.support.evidence), sentences_ + 1
    return best / sentences_, right / wanted, right / max(1, given)


def _meet(source: tuple[int, int], piece: Sentence) -> bool:
    return source[0] < piece.end and piece.start < source[1]


def references(
    rows: dict[str, Row], count: int = REFERENCES
) -> Iterator[tuple[Row, list[CheckedSentence]]]:
    """The first `count` references, spread over the file, that their articles support, with what
    the detector says."""
    accepted = [
        row
        for row in rows.values()
        if is_supported(f"{row.title}\n{row.article}", row.abstract, REFERENCE_SHARE)
    ]
    for row in accepted[:: max(1, len(accepted) // count)][:count]:
        finder = row.finder()
        yield row, [finder.support(sentence) for sentence in sentences(row.abstract)]


def _print_half(name: str, found: list[Found]) -> None:
    precision, recall = precision_and_recall(found)
    print(f"{name}: {len(found)} sentences, precision {precision:.3f}, recall {recall:.3f}")
    print(
        "  best evidence {:.3f}, recall of sources {:.3f}, precision of evidence {:.3f}".format(
            *alignment(found)
        )
    )
    print(
        "  flagged:",
        ", ".join(
            f"{kind} {flagged}/{of}" for kind, (flagged, of) in flagged_by_kind(found).items()
        ),
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--data", type=Path, required=True, help="folder of orangesum_valid.jsonl.gz"
    )
    parser.add_argument(
        "--errors",
        action="store_true",
        help="print the sentences of the tuning half that are judged wrongly",
    )
    arguments = parser.parse_args()
    rows = articles(arguments.data / "orangesum_valid.jsonl.gz")
    start = time.perf_counter()
    found = detect(rows, labels())
    spent = time.perf_counter() - start
    blind = detect(rows, labels(BLIND))
    for name, ours in {"": found, "blind, ": blind}.items():
        _print_half(f"{name}tuning", [one for one in ours if one.label.tuning])
        _print_half(f"{name}held out", [one for one in ours if not one.label.tuning])
    said = [support for _, supports in references(rows) for support in supports]
    rejected = sum(
        any(not support.supported for support in supports) for _, supports in references(rows)
    )
    wrong = sum(not support.supported for support in said)
    print(f"references rejected: {rejected} of {REFERENCES}; sentences: {wrong} of {len(said)}")
    print(f"{1000 * spent / len(found):.2f} ms a sentence, reading the articles included")
    for one in [*found, *blind] if arguments.errors else ():
        if one.label.tuning and one.label.supported != one.support.supported:
            print(
                one.label.id,
                one.label.kind,
                one.label.sentence,
                one.support.unsupported,
                one.support.scattered,
                sep=" | ",
            )


if __name__ == "__main__":
    main()
