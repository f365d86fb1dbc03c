"""What the checks find in the labelled sentences; see `tests/service/checking/evidence_set.py`."""

import tomllib
from pathlib import Path

import pytest

from service.text.sentences import sentence_spans
from tests.data import VALIDATION, skip_without
from tests.service.checking.evidence_set import (
    BLIND,
    TRUE_KINDS,
    Judgement,
    ValidationArticle,
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
def rows() -> dict[str, ValidationArticle]:
    skip_without(VALIDATION)
    return articles(VALIDATION)


@pytest.fixture(scope="module")
def blind(rows: dict[str, ValidationArticle]) -> list[Judgement]:
    return detect(rows, labels(BLIND))


@pytest.fixture(scope="module")
def judgements(rows: dict[str, ValidationArticle]) -> list[Judgement]:
    return detect(rows, labels())


@pytest.mark.parametrize("name", ["evidence_labels", BLIND])
def test_the_sets_are_as_described(name: str) -> None:
    all_labels = labels(name)
    corrupted = [label for label in all_labels if not label.supported]
    assert len(all_labels) >= 160
    assert len({label.id for label in all_labels}) >= 60
    assert len(all_labels) == len({label.sentence for label in all_labels})
    assert 0.4 <= len(corrupted) / len(all_labels) <= 0.6
    for label in all_labels:
        assert label.supported is (label.kind in TRUE_KINDS) is not bool(label.wrong)
        assert 1 <= len(label.sources) <= 3


@pytest.mark.parametrize("name", ["evidence_labels", BLIND])
def test_sources_are_sentences(rows: dict[str, ValidationArticle], name: str) -> None:
    for label in labels(name):
        row = rows[label.id]
        first = len(row.title) + 1
        assert set(label.sources) <= {
            (first + start, first + end) for start, end in sentence_spans(row.article)
        }


@pytest.mark.parametrize("half", ["tuning", "held_out"])
def test_precision_and_recall(judgements: list[Judgement], half: str) -> None:
    precision, recall = precision_and_recall(_select_half(judgements, half))
    assert precision >= FLOORS[half]["precision"]
    assert recall >= FLOORS[half]["recall"]


@pytest.mark.parametrize("half", ["tuning", "held_out"])
def test_precision_and_recall_on_what_others_wrote(blind: list[Judgement], half: str) -> None:
    precision, recall = precision_and_recall(_select_half(blind, half))
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


def test_true_references_are_not_rejected_more_often(rows: dict[str, ValidationArticle]) -> None:
    rejected = sum(
        any(not support.supported for support in supports) for _, supports in references(rows)
    )
    assert rejected <= FLOORS["references"]["rejected"]


def test_an_article_supports_its_own_sentences(rows: dict[str, ValidationArticle]) -> None:
    for row in list(rows.values())[::75]:
        finder = row.finder()
        texts = [row.article[start:end] for start, end in sentence_spans(row.article)]
        assert [text for text in texts if not finder.support(text).supported] == []


def _select_half(judgements: list[Judgement], half: str) -> list[Judgement]:
    return [judgement for judgement in judgements if judgement.label.tuning is (half == "tuning")]
