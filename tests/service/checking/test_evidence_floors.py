"""What the detector of unsupported statements finds on the labelled set; see
`tests/service/checking/evidence_set.py`."""

import tomllib
from pathlib import Path

import pytest

from service.text.sentences import sentence_spans
from tests.data import VALIDATION, skip_without
from tests.service.checking.evidence_set import (
    BLIND,
    TRUE_KINDS,
    Judgement,
    Row,
    alignment,
    articles,
    detect,
    flagged_by_kind,
    labels,
    precision_and_recall,
    references,
)

FLOORS = tomllib.loads((Path(__file__).parent / "evidence_floors.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def rows() -> dict[str, Row]:
    skip_without(VALIDATION)
    return articles(VALIDATION)


@pytest.fixture(scope="module")
def blind(rows: dict[str, Row]) -> list[Judgement]:
    return detect(rows, labels(BLIND))


@pytest.fixture(scope="module")
def judgements(rows: dict[str, Row]) -> list[Judgement]:
    return detect(rows, labels())


@pytest.mark.parametrize("name", ["evidence_labels", BLIND])
def test_the_sets_are_as_described(name: str) -> None:
    labelled = labels(name)
    corrupted = [label for label in labelled if not label.supported]
    assert len(labelled) >= 160
    assert len({label.id for label in labelled}) >= 60
    assert len(labelled) == len({label.sentence for label in labelled})
    assert 0.4 <= len(corrupted) / len(labelled) <= 0.6
    assert all(
        label.supported is (label.kind in TRUE_KINDS) is not bool(label.wrong) for label in labelled
    )
    assert all(1 <= len(label.sources) <= 3 for label in labelled)


@pytest.mark.parametrize("name", ["evidence_labels", BLIND])
def test_sources_are_sentences(rows: dict[str, Row], name: str) -> None:
    for label in labels(name):
        row = rows[label.id]
        first = len(row.title) + 1
        assert set(label.sources) <= {
            (first + start, first + end) for start, end in sentence_spans(row.article)
        }


@pytest.mark.parametrize("half", ["tuning", "held_out"])
def test_precision_and_recall(judgements: list[Judgement], half: str) -> None:
    ours = [judgement for judgement in judgements if judgement.label.tuning is (half == "tuning")]
    precision, recall = precision_and_recall(ours)
    assert precision >= FLOORS[half]["precision"]
    assert recall >= FLOORS[half]["recall"]


@pytest.mark.parametrize("half", ["tuning", "held_out"])
def test_precision_and_recall_on_what_others_wrote(blind: list[Judgement], half: str) -> None:
    precision, recall = precision_and_recall(
        judgement for judgement in blind if judgement.label.tuning is (half == "tuning")
    )
    assert precision >= FLOORS["blind"][half]["precision"]
    assert recall >= FLOORS["blind"][half]["recall"]


def test_each_kind_is_found(judgements: list[Judgement]) -> None:
    for kind, (flagged, count) in flagged_by_kind(judgements).items():
        if kind in TRUE_KINDS:
            assert flagged / count <= FLOORS["false_alarms"][kind], kind
        else:
            assert flagged / count >= FLOORS["found"][kind], kind


def test_evidence_is_where_it_was_marked(judgements: list[Judgement]) -> None:
    best, recall, precision = alignment(judgements)
    assert best >= FLOORS["alignment"]["best"]
    assert recall >= FLOORS["alignment"]["recall"]
    assert precision >= FLOORS["alignment"]["precision"]


def test_true_references_are_not_rejected_more_often(rows: dict[str, Row]) -> None:
    rejected = sum(
        any(not sentence.supported for sentence in sentences) for _, sentences in references(rows)
    )
    assert rejected <= FLOORS["references"]["rejected"]


def test_an_article_supports_its_own_sentences(rows: dict[str, Row]) -> None:
    for row in list(rows.values())[::75]:
        finder = row.finder()
        own = [row.article[start:end] for start, end in sentence_spans(row.article)]
        assert [text for text in own if not finder.support(text).supported] == []
