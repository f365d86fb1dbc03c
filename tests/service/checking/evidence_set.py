"""The labelled set of evidence: summary sentences, true and corrupted, with their sources.

`evidence_labels.jsonl` holds 296 sentences over 71 validation articles of OrangeSum. The articles
are spread over the file, business and technology preferred. The sentences were written by hand as a
summarizer writes: nearly extractive, compressed, or merging two sentences. 164 of them were then
corrupted in exactly one way: `kind` says how, `wrong` which words. `sources` are the article
sentences that a sentence rests on or, for a corrupted one, that show the error. They are
[start, end] in title + "\\n" + article; the set does not hold the article's text. Articles with an
even id are for tuning, the others are held out. The held-out half is no blind test: who wrote it
knew the rules.

`evidence_labels_blind.jsonl` holds 320 more over 64 other articles, 128 true and 192 corrupted.
They were written to be hard, by writers who had not seen the rules. `swapped_numbers.py` in
`service/checking` was tuned on those with an even id.

`python -m tests.service.checking.evidence_set --data FOLDER` prints what the detector finds in each
half, by kind. It also prints how many references the detector rejects, of those that the training
filter accepts.
"""

import argparse
import gzip
import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from models.training.examples import is_supported
from service.checking.evidence import CheckedSentence, EvidenceFinder
from service.reading.article import Sentence
from service.text.sentences import sentence_spans, sentences

BLIND = "evidence_labels_blind"
TRUE_KINDS = ("compressed", "extractive", "merging")
REFERENCES = 200
# Share of a reference's longer words that the article must have. It is stricter than in training,
# so that nearly all these references are true.
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
        """True if the rules may be tuned on it."""
        return int(self.id) % 2 == 0


@dataclass(frozen=True)
class Row:
    """A validation article."""

    id: str
    title: str
    article: str
    abstract: str

    def finder(self) -> EvidenceFinder:
        """Returns what finds evidence in the article; offsets count from the title."""
        first = len(self.title) + 1
        article_sentences = (
            Sentence(self.article[start:end], 0, first + start, first + end)
            for start, end in sentence_spans(self.article)
        )
        return EvidenceFinder(tuple(article_sentences), self.title)


@dataclass(frozen=True)
class Judgement:
    """A label with what the detector finds of its sentence."""

    label: Label
    support: CheckedSentence

    @property
    def flagged(self) -> bool:
        """True if the detector takes the sentence for a corrupted one."""
        return not self.support.supported

    @property
    def is_wrong(self) -> bool:
        """True if the detector flags a true sentence, or no corrupted one."""
        return self.flagged is self.label.supported


def labels(name: str = "evidence_labels") -> list[Label]:
    """Reads the labelled sentences of one of the two sets."""
    lines = (Path(__file__).parent / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return [
        Label(**{**row, "sources": tuple((start, end) for start, end in row["sources"])})
        for row in rows
    ]


def articles(path: Path) -> dict[str, Row]:
    """Reads the validation articles, by their ids."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return {
        row["id"]: Row(row["id"], row["title"], row["article"], row["abstract"]) for row in rows
    }


def detect(rows: dict[str, Row], labels_: Iterable[Label]) -> list[Judgement]:
    """Returns what the detector finds of each labelled sentence."""
    finders: dict[str, EvidenceFinder] = {}
    judgements = []
    for label in labels_:
        finder = finders.setdefault(label.id, rows[label.id].finder())
        judgements.append(Judgement(label, finder.support(label.sentence)))
    return judgements


def precision_and_recall(judgements: Iterable[Judgement]) -> tuple[float, float]:
    """Returns two shares: of the flagged sentences those corrupted, and of those the flagged."""
    counts = Counter((judgement.label.supported, judgement.flagged) for judgement in judgements)
    right = counts[False, True]
    flagged = right + counts[True, True]
    corrupted = right + counts[False, False]
    return right / max(1, flagged), right / max(1, corrupted)


def flagged_by_kind(judgements: Iterable[Judgement]) -> dict[str, tuple[int, int]]:
    """Returns for each kind how many sentences are flagged, of how many; the true kinds last."""
    by_kind: dict[str, list[Judgement]] = {}
    for judgement in judgements:
        by_kind.setdefault(judgement.label.kind, []).append(judgement)
    return {
        kind: (sum(judgement.flagged for judgement in by_kind[kind]), len(by_kind[kind]))
        for kind in sorted(by_kind, key=lambda kind: (kind in TRUE_KINDS, kind))
    }


def alignment(judgements: Sequence[Judgement]) -> tuple[float, float, float]:
    """Returns three shares.

    Sentences whose best evidence is a labelled source; labelled sources among the evidence; and
    evidence that is a labelled source.
    """
    best = sum(_has_labelled_best(judgement) for judgement in judgements)
    sources = sum(len(judgement.label.sources) for judgement in judgements)
    evidence = sum(len(judgement.support.evidence) for judgement in judgements)
    hits = sum(
        any(_overlap(source, sentence) for sentence in judgement.support.evidence)
        for judgement in judgements
        for source in judgement.label.sources
    )
    return best / len(judgements), hits / sources, hits / max(1, evidence)


def _has_labelled_best(judgement: Judgement) -> bool:
    best = judgement.support.best
    return best is not None and any(_overlap(source, best) for source in judgement.label.sources)


def _overlap(source: tuple[int, int], sentence: Sentence) -> bool:
    start, end = source
    return start < sentence.end and sentence.start < end


def references(
    rows: dict[str, Row], count: int = REFERENCES
) -> Iterator[tuple[Row, list[CheckedSentence]]]:
    """Yields `count` references that their articles support, spread over the file.

    Each comes as its article and what the detector finds of its sentences.
    """
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
    best, recall, precision = alignment(judgements)
    print(
        f"  best evidence {best:.3f}, recall of sources {recall:.3f},"
        f" precision of evidence {precision:.3f}"
    )
    kinds = flagged_by_kind(judgements).items()
    print("  flagged:", ", ".join(f"{kind} {flagged}/{count}" for kind, (flagged, count) in kinds))


def _print_references(rows: dict[str, Row]) -> None:
    flags_by_reference = [
        [not support.supported for support in supports] for _, supports in references(rows)
    ]
    rejected = sum(any(flags) for flags in flags_by_reference)
    flags = [flag for flags in flags_by_reference for flag in flags]
    print(
        f"references rejected: {rejected} of {REFERENCES}; sentences: {sum(flags)} of {len(flags)}"
    )


def _print_errors(judgements: Iterable[Judgement]) -> None:
    for judgement in judgements:
        if judgement.label.tuning and judgement.is_wrong:
            label, support = judgement.label, judgement.support
            print(label.id, label.kind, label.sentence, sep=" | ", end=" | ")
            print(support.unsupported, support.scattered, sep=" | ")


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
    own = detect(rows, labels())
    seconds = time.perf_counter() - start
    blind = detect(rows, labels(BLIND))
    for name, judgements in {"": own, "blind, ": blind}.items():
        tuning = [judgement for judgement in judgements if judgement.label.tuning]
        held_out = [judgement for judgement in judgements if not judgement.label.tuning]
        _print_half(f"{name}tuning", tuning)
        _print_half(f"{name}held out", held_out)
    _print_references(rows)
    print(f"{1000 * seconds / len(own):.2f} ms a sentence, reading the articles included")
    if arguments.errors:
        _print_errors([*own, *blind])


if __name__ == "__main__":
    main()
