import json
from pathlib import Path

import pytest

from service.checking.evidence import EvidenceFinder
from service.reading.reader import read_article
from service.scoring import rewards

SOURCE = (
    "L'hébergeur lillois Nuagis rachète son concurrent Datavallée pour 45 millions d'euros. "
    "Le nouvel ensemble exploitera neuf centres de données en France. "
    "La transaction doit recevoir l'aval de l'Autorité de la concurrence."
)
NEWS = "Nuagis rachète Datavallée, son concurrent, pour 45 millions d'euros."
CENTRES = "Le nouvel ensemble exploitera neuf centres de données."
WRONG = "Le nouvel ensemble exploitera douze centres de données."
LEANING = "Elle doit recevoir l'aval de l'Autorité de la concurrence."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{NEWS} {CENTRES}", 0.0),
        (f"{NEWS} {WRONG}", rewards.SENTENCE_COST),
        (f"{NEWS} {CENTRES} {WRONG}", rewards.SENTENCE_COST / 2),
        (f"{WRONG} {NEWS}", rewards.OPENING_COST),
        (LEANING, rewards.OPENING_COST),
        ("", rewards.OPENING_COST + rewards.SENTENCE_COST),
    ],
)
def test_sentences_that_would_be_left_out_cost(text: str, expected: float) -> None:
    article = read_article(SOURCE)
    assert rewards.cost(EvidenceFinder(article.sentences), text) == pytest.approx(expected)


def test_a_file_is_charged_row_by_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [
        {"source": SOURCE, "branches": [["m", NEWS]], "candidates": [[NEWS, 0.3], [WRONG, 0.3]]},
        {"source": "Trop court.", "branches": [], "candidates": [[NEWS, 0.2]]},
    ]
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text(
        "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8"
    )
    monkeypatch.setattr("sys.argv", ["rewards", str(source), str(out)])
    rewards.main()
    first, second = (json.loads(line) for line in out.read_text(encoding="utf-8").splitlines())
    assert first["candidates"] == [[NEWS, 0.3], [WRONG, pytest.approx(0.22)]]
    assert first | {"candidates": []} == rows[0] | {"candidates": []}
    assert second == rows[1]
