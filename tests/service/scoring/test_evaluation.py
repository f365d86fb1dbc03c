"""Scores: known values, data files in their shapes, and `breve eval` from end to end on a scripted
engine."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from service.cli.main import main
from service.scoring.items import DataError, read_answers, read_items
from service.scoring.scores import (
    MEANINGS,
    ScoredSummary,
    copied_share,
    repeated_share,
    rouge,
    summary_scores,
    translation_scores,
)
from tests.engines import ARTICLE, ScriptedEngine


def item(reference: str, summary: str, source: str = ARTICLE, words: int = 0) -> ScoredSummary:
    return ScoredSummary(source, reference, summary, words)


def test_rouge_of_accented_words_without_stemming() -> None:
    (same,) = rouge([item("L'État a annoncé", "L’ÉTAT a annoncé")])["rouge1"]
    (stemmed,) = rouge([item("annoncée", "annoncé")])["rouge1"]
    (half,) = rouge([item("un deux trois quatre", "un deux cinq six")])["rouge1"]
    (bigram,) = rouge([item("un deux trois", "un deux quatre")])["rouge2"]
    assert (same, stemmed, half, bigram) == (100, 0, 50, 50)


def test_repetition_and_copying() -> None:
    assert repeated_share("a b c a b c") == pytest.approx(25)
    assert repeated_share("court") == 0
    assert copied_share("un deux trois quatre cinq", "un deux trois quatre six") == 50
    assert copied_share("un deux", "") == 0


def test_summary_scores_of_known_summaries() -> None:
    good = item("Nuagis ouvre à Lille.", "Nuagis ouvre à Lille.", words=4)
    bad = item(
        "Nuagis ouvre à Lille.",
        "Nuagis emploie 999 personnes à Brest, selon le maire de la ville.",
        words=4,
    )
    scores = summary_scores([good, bad])
    assert scores["foreign_facts"].mean == scores["unsupported"].mean == 50
    assert scores["length_kept"].mean == 50
    assert scores["rouge1"].items == 2
    assert scores["rouge1"].error is not None
    assert scores["empty"].mean == 0
    assert scores.keys() <= MEANINGS.keys()


def test_nothing_to_score_is_said() -> None:
    with pytest.raises(ValueError, match="nothing to score"):
        summary_scores([])
    with pytest.raises(ValueError, match="nothing to score"):
        translation_scores([], [])


def test_translation_scores() -> None:
    references = [
        "The company opens a data centre in Lille this week.",
        "It employs 320 people there.",
    ]
    same = translation_scores(references, references)
    other = translation_scores(
        references, ["La société ouvre un centre.", "Elle emploie des gens."]
    )
    assert same["bleu"].mean == pytest.approx(100)
    assert same["chrf"].mean == pytest.approx(100)
    assert other["bleu"].mean < 20
    assert other["english"].mean < same["english"].mean == 100


def articles(folder: Path, count: int = 6) -> Path:
    path = folder / "articles.jsonl.gz"
    rows = [
        {
            "id": k,
            "title": "Nuagis ouvre",
            "article": f"{ARTICLE} Numéro {k}.",
            "abstract": ARTICLE[:100],
        }
        for k in range(count)
    ]
    with gzip.open(path, "wt", encoding="utf-8") as lines:
        lines.writelines(json.dumps(row) + "\n" for row in rows)
    return path


def pairs(folder: Path) -> Path:
    path = folder / "pairs.tsv"
    path.write_text(
        "Le site ouvre.\tThe site opens.\tnews\nLe site compte.\tThe site counts.\n",
        encoding="utf-8",
    )
    return path


def test_items_are_spread_over_the_file(tmp_path: Path) -> None:
    assert [read.id for read in read_items(articles(tmp_path), 3)] == ["0", "2", "4"]
    assert len(read_items(articles(tmp_path))) == 6
    assert [read.reference for read in read_items(pairs(tmp_path))] == [
        "The site opens.",
        "The site counts.",
    ]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.jsonl", "", "empty"),
        ("a.jsonl", "{", "line 1: no JSON"),
        ("a.jsonl", "[]", "object"),
        ("a.jsonl", '{"text": "x"}', "one of reference, abstract, summary"),
        ("a.tsv", "alone", "tab"),
        ("a.tsv", "Bonjour.\tHello.\n\tHello.\n", "line 2: French and English"),
        ("a.tsv", " \u00a0\tHello.", "line 1: French and English"),
        ("a.tsv", "Bonjour.\t", "line 1: French and English"),
    ],
)
def test_data_that_cannot_be_scored_are_named(
    tmp_path: Path, name: str, text: str, message: str
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=message):
        read_items(tmp_path / name)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.jsonl", b'{"text": "\xe9t\xe9", "reference": "a"}', "UTF-8"),
        ("a.tsv", b"caf\xe9\tcoffee", "UTF-8"),
        ("a.jsonl.gz", gzip.compress(ARTICLE.encode(), mtime=0)[:40], "gzipped"),
        ("a.jsonl.gz", gzip.compress(ARTICLE.encode(), mtime=0)[:20] + b"a" * 100, "gzipped"),
        ("a.jsonl.gz", b"{}", "gzipped"),
        ("a.jsonl", b"[" * 100_000, "line 1: no JSON, or nested too deeply"),
    ],
)
def test_data_that_cannot_be_read_are_named(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    (tmp_path / name).write_bytes(content)
    result = CliRunner().invoke(main, ["eval", "--system", "lead", str(tmp_path / name)])
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(f"breve: {tmp_path / name}")
    assert message in result.stderr


@pytest.mark.parametrize(
    "content", [b"{", b"[" * 100_000, b'{"id": 1}\n[]', b"\xe9", b'{"id": "' + b"[" * 100_000]
)
def test_answers_that_cannot_be_read_are_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "answers"
    path.write_bytes(content)
    with pytest.raises(DataError, match=str(path)):
        read_answers(path, read_items(articles(tmp_path)))


def test_a_report_that_cannot_be_written_loses_no_table(tmp_path: Path) -> None:
    report = str(tmp_path / "missing" / "report.json")
    result = CliRunner().invoke(
        main, ["eval", "--system", "lead", str(articles(tmp_path)), "--report", report]
    )
    assert result.exit_code == 1
    assert "rouge1" in result.stdout
    assert result.stderr.splitlines()[-1].startswith("breve: the report could not be written: ")


def test_answers_are_matched_by_id_or_by_line(tmp_path: Path) -> None:
    items = read_items(articles(tmp_path), 2)
    path = tmp_path / "answers"
    path.write_text(
        '{"id": 3, "summary": "drei"}\n{"id": 0, "summary": "null"}\n', encoding="utf-8"
    )
    assert list(read_answers(path, items)) == ["null", "drei"]
    for text in ("eins", "ei\u2028ns"):  # a line separator ends no line of a file
        path.write_text(f"{text}\nzwei\n", encoding="utf-8")
        assert list(read_answers(path, items)) == [text, "zwei"]
    for short in ("eins\n", '{"id": 0, "summary": ""}\n'):
        path.write_text(short, encoding="utf-8")
        with pytest.raises(DataError):
            read_answers(path, items)


def test_a_byte_order_mark_is_no_part_of_the_data(tmp_path: Path) -> None:
    row = json.dumps({"text": ARTICLE, "reference": "a"}).encode()
    (tmp_path / "a.jsonl").write_bytes(b"\xef\xbb\xbf" + row)
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(b"\xef\xbb\xbf" + row))
    for name in ("a.jsonl", "a.jsonl.gz"):
        assert [read.source for read in read_items(tmp_path / name)] == [ARTICLE]
    (tmp_path / "answers").write_bytes(b'\xef\xbb\xbf{"id": 1, "summary": "eins"}\n')
    assert list(read_answers(tmp_path / "answers", read_items(tmp_path / "a.jsonl"))) == ["eins"]


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.loading.load_engine", lambda *_: ScriptedEngine())


def evaluate(*arguments: str) -> dict[str, Any]:
    report = Path(arguments[0]).parent / "report.json"
    result = CliRunner().invoke(main, ["eval", *arguments, "--report", str(report)])
    assert result.exit_code == 0, result.stderr
    scores: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
    assert all(name in result.stdout for name in scores["scores"])
    return scores


@pytest.mark.usefixtures("scripted")
@pytest.mark.parametrize("system", ["pipeline", "model", "lead"])
def test_eval_of_summaries(tmp_path: Path, system: str) -> None:
    report = evaluate(str(articles(tmp_path)), "--system", system, "--items", "3", "--window", "50")
    assert (report["items"], report["system"]) == (3, system)
    assert report["scores"]["rouge1"]["mean"] > 30
    assert report["scores"]["unsupported"]["mean"] == 0
    assert report["scores"]["seconds"]["mean"] >= 0
    assert (report["model"] is None) == (system == "lead")


@pytest.mark.usefixtures("scripted")
def test_eval_of_english_summaries(tmp_path: Path) -> None:
    report = evaluate(str(articles(tmp_path)), "--lang", "en")
    assert report["items"] == report["scores"]["foreign_facts"]["items"] == 6
    assert report["scores"]["empty"]["mean"] == 0
    assert "rouge1" not in report["scores"]


@pytest.mark.usefixtures("scripted")
def test_eval_of_headlines(tmp_path: Path) -> None:
    report = evaluate(str(articles(tmp_path)), "--system", "model", "--headlines")
    assert report["scores"]["rouge1"]["mean"] == pytest.approx(
        100 * 2 * 2 / 11
    )  # 9 words, two of them of the title
    assert report["scores"]["words"]["mean"] < 10


@pytest.mark.usefixtures("scripted")
@pytest.mark.parametrize("system", ["pipeline", "model"])
def test_eval_of_translations(tmp_path: Path, system: str) -> None:
    report = evaluate(str(pairs(tmp_path)), "--system", system)
    assert report["scores"]["bleu"]["items"] == 2
    assert report["scores"]["chrf"]["mean"] > 20


def test_eval_of_answers_needs_no_model(tmp_path: Path) -> None:
    answers = tmp_path / "answers.txt"
    answers.write_text(f"{ARTICLE[:100]}\n" * 6, encoding="utf-8")
    report = evaluate(str(articles(tmp_path)), "--answers", str(answers))
    assert report["scores"]["rougeL"]["mean"] == 100
    assert "seconds" not in report["scores"]


def test_eval_says_what_is_wrong(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["eval", str(pairs(tmp_path)), "--system", "lead"])
    assert result.exit_code == 1
    assert "no translation" in result.stderr
    result = CliRunner().invoke(
        main, ["eval", str(articles(tmp_path)), "--system", "model", "--lang", "en"]
    )
    assert result.exit_code == 1
    assert "pipeline" in result.stderr
    result = CliRunner().invoke(main, ["eval", str(articles(tmp_path)), "--headlines"])
    assert result.exit_code == 1
    assert "system `model`" in result.stderr


def test_a_title_that_is_null_is_none(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(
        json.dumps({"text": ARTICLE, "reference": "a", "title": None}), encoding="utf-8"
    )
    assert read_items(path)[0].title == ""
    result = CliRunner().invoke(main, ["eval", str(path), "--answers", str(path), "--headlines"])
    assert (result.exit_code, "all articles need one" in result.stderr) == (1, True)


@pytest.mark.usefixtures("scripted")
def test_options_about_titles_are_not_left_out_silently(tmp_path: Path) -> None:
    files = {"pairs": pairs(tmp_path), "articles": articles(tmp_path)}
    for data, options, message in (
        ("pairs", ["--headlines", "--system", "model"], "sentence pairs have no titles"),
        ("pairs", ["--with-title"], "sentence pairs have no titles"),
        ("articles", ["--headlines", "--system", "lead"], "system `model`"),
        ("articles", ["--with-title", "--system", "lead"], "those of the body"),
    ):
        result = CliRunner().invoke(main, ["eval", str(files[data]), *options])
        assert (result.exit_code, message in result.stderr) == (1, True), options


def test_blank_lines_do_not_count_as_in_a_batch(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    rows = [json.dumps({"text": ARTICLE, "reference": name}) for name in "ab"]
    path.write_text(f"{rows[0]}\n\n{rows[1]}\n", encoding="utf-8")
    items = read_items(path)
    assert [item.id for item in items] == ["1", "2"]
    answers = tmp_path / "answers"
    answers.write_text(
        '{"id": 1, "summary": "eins"}\n\n{"id": 2, "summary": "zwei"}\n', encoding="utf-8"
    )
    assert list(read_answers(answers, items)) == ["eins", "zwei"]
