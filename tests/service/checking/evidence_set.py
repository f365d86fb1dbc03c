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
from service.checking.evidence import CheckedSentence, EvidenceFinder
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
        """Finds evidence in the article; offsets count from the title."""
        first = len(self.title) + 1
        article_sentences = (
            Sentence(self.article[a:b], 0, first + a, first + b)
            for a, b in sentence_spans(self.article)
        )
        return EvidenceFinder(tuple(article_sentences), self.title)


@dataclass(frozen=True)
class Judgement:
    """A labelled sentence, and what the detector finds."""

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


def detect(rows: dict[str, Row], labelled: Iterable[Label]) -> list[Judgement]:
    finders: dict[str, EvidenceFinder] = {}
    judgements = []
    for label in labelled:
        finder = finders.setdefault(label.id, rows[label.id].finder())
        judgements.append(Judgement(label, finder.support(label.sentence)))
    return judgements


def precision_and_recall(judgements: Iterable[Judgement]) -> tuple[float, float]:
    """Two shares: of the sentences that the detector flags, the corrupted ones; of the corrupted
    ones, those that it flags."""
    counts = Counter(
        (judgement.label.supported, judgement.support.supported) for judgement in judgements
    )
    right = counts[False, False]
    return right / max(1, right + counts[True, False]), right / max(1, right + counts[False, True])


def flagged_by_kind(judgements: Iterable[Judgement]) -> dict[str, tuple[int, int]]:
    """How many sentences of each kind are flagged, and how many there are."""
    judgements = list(judgements)
    kinds = sorted(
        {judgement.label.kind for judgement in judgements},
        key=lambda kind: (kind in TRUE_KINDS, kind),
    )
    return {
        kind: (
            sum(
                judgement.label.kind == kind and not judgement.support.supported
                for judgement in judgements
            ),
            sum(judgement.label.kind == kind for judgement in judgements),
        )
        for kind in kinds
    }


def alignment(judgements: Iterable[Judgement]) -> tuple[float, float, float]:
    """Three shares: of the sentences, those whose best evidence is a labelled source; of the
    labelled sources, those that are found; of the evidence, what is labelled."""
    best = right = labelled = evidence = count = 0
    for judgement in judgements:
        sources, support = judgement.label.sources, judgement.support
        right += sum(any(_meet(source, piece) for piece in support.evidence) for source in sources)
        if support.best is not None:
            best += any(_meet(source, support.best) for source in sources)
        labelled += len(sources)
        evidence += len(support.evidence)
        count += 1
    return best / count, right / labelled, right / max(1, evidence)


def _meet(source: tuple[int, int], piece: Sentence) -> bool:
    return source[0] < piece.end and piece.start < source[1]


def references(
    rows: dict[str, Row], count: int = REFERENCES
) -> Iterator[tuple[Row, list[CheckedSentence]]]:
    """`count` references, spread over the file, that their articles support, and their sentences as
    the detector judges them."""
    accepted = [
        row
        for row in rows.values()
        if is_supported(f"{row.title}\n{row.article}", row.abstract, REFERENCE_SHARE)
    ]
    for row in accepted[:: max(1, len(accepted) // count)][:count]:
        finder = row.finder()
        yield row, [finder.support(sentence) for sentence in sentences(row.abstract)]


def _print_half(name: str, judgements: list[Judgement]) -> None:
    precision, recall = precision_and_recall(judgements)
    print(f"{name}: {len(judgements)} sentences, precision {precision:.3f}, recall {recall:.3f}")
    print(
        "  best evidence {:.3f}, recall of sources {:.3f}, precision of evidence {:.3f}".format(
            *alignment(judgements)
        )
    )
    print(
        "  flagged:",
        ", ".join(
            f"{kind} {flagged}/{of}" for kind, (flagged, of) in flagged_by_kind(judgements).items()
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
    judgements = detect(rows, labels())
    spent = time.perf_counter() - start
    blind = detect(rows, labels(BLIND))
    for name, ours in {"": judgements, "blind, ": blind}.items():
        _print_half(f"{name}tuning", [judgement for judgement in ours if judgement.label.tuning])
        _print_half(
            f"{name}held out", [judgement for judgement in ours if not judgement.label.tuning]
        )
    checked = [support for _, supports in references(rows) for support in supports]
    rejected = sum(
        any(not support.supported for support in supports) for _, supports in references(rows)
    )
    wrong = sum(not support.supported for support in checked)
    print(f"references rejected: {rejected} of {REFERENCES}; sentences: {wrong} of {len(checked)}")
    print(f"{1000 * spent / len(judgements):.2f} ms a sentence, reading the articles included")
    for judgement in [*judgements, *blind] if arguments.errors else ():
        if judgement.label.tuning and judgement.label.supported != judgement.support.supported:
            print(
                judgement.label.id,
                judgement.label.kind,
                judgement.label.sentence,
                judgement.support.unsupported,
                judgement.support.scattered,
                sep=" | ",
            )


if __name__ == "__main__":
    main()
