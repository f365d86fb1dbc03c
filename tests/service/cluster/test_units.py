"""An input is divided into units, and the files of a run tell which of them are done."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from service.cli.batch.lines import read_line
from tests.service.cluster.extra import needs

pytestmark = needs("pyarrow")
ROWS: list[dict[str, Any]] = [
    {"id": f"a-{number}", "text": f"Article {number}"} for number in range(250)
]


def write_lines(path: Path, rows: list[dict[str, Any]]) -> Path:
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    path.write_text("\n" + lines, encoding="utf-8")  # A blank line is no row.
    return path


def write_parquet(path: Path, rows: list[dict[str, Any]], group: int) -> Path:
    import pyarrow
    import pyarrow.parquet

    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), path, row_group_size=group)
    return path


def read_all(source: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Every row with its number, as the units have them."""
    from service.cluster.units import divide, read_rows

    for unit in divide(source).units:
        raw_rows = read_rows(source, unit)
        assert len(raw_rows) == unit.rows
        yield from enumerate(map(json.loads, raw_rows), unit.first)


def test_lines_are_divided_and_keep_their_numbers(tmp_path: Path) -> None:
    from service.cluster.units import UNIT_ROWS, divide

    source = str(write_lines(tmp_path / "in.jsonl", ROWS))
    assert list(read_all(source)) == list(enumerate(ROWS, 1))
    assert [unit.rows for unit in divide(source).units] == [UNIT_ROWS, UNIT_ROWS, 50]


def test_a_line_may_cross_the_end_of_what_is_read_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.cluster.units._CHUNK_BYTES", 7)
    source = write_lines(tmp_path / "in.jsonl", ROWS)
    source.write_bytes(source.read_bytes().rstrip(b"\n"))
    assert list(read_all(str(source))) == list(enumerate(ROWS, 1))


@pytest.mark.parametrize("group", [30, 170, 1_000])
def test_rows_of_parquet_are_divided_at_the_ends_of_their_groups(
    tmp_path: Path, group: int
) -> None:
    source = str(write_parquet(tmp_path / "in.parquet", ROWS, group))
    assert list(read_all(source)) == list(enumerate(ROWS, 1))


def test_bytes_of_parquet_are_texts_and_what_is_no_text_is_refused(tmp_path: Path) -> None:
    import pyarrow
    import pyarrow.parquet

    from service.cluster.units import divide, read_rows

    raw = [b"\xc3\xa9t\xc3\xa9", b"\xe9t\xe9", b"hiver"]
    for kind in (pyarrow.binary(), pyarrow.string()):
        array = pyarrow.array(raw, pyarrow.binary())
        buffers = array.buffers()  # Arrow does not look whether strings are UTF-8.
        column = pyarrow.Array.from_buffers(kind, len(raw), buffers)
        source = str(tmp_path / f"{kind}.parquet")
        pyarrow.parquet.write_table(pyarrow.table({"text": column}), source)
        (unit,) = divide(source).units
        good, bad, last = read_rows(source, unit)
        assert [json.loads(line) for line in (good, last)] == [{"text": "été"}, {"text": "hiver"}]
        assert read_line(2, bad, {}).wrong is not None


def test_fields_of_parquet_without_a_value_are_left_out(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"id": 1, "text": "a", "html": None},
        {"id": 2, "text": None, "html": "b"},
    ]
    source = str(write_parquet(tmp_path / "in.parquet", rows, 10))
    assert [row for _, row in read_all(source)] == [{"id": 1, "text": "a"}, {"id": 2, "html": "b"}]


def test_files_of_a_folder_follow_each_other(tmp_path: Path) -> None:
    write_lines(tmp_path / "b.jsonl", ROWS[120:])
    write_lines(tmp_path / "a.jsonl", ROWS[:120])
    (tmp_path / "README.md").write_text("no rows", encoding="utf-8")
    assert list(read_all(str(tmp_path))) == list(enumerate(ROWS, 1))


def test_an_input_without_rows_is_refused(tmp_path: Path) -> None:
    from service.cluster.units import NoRows, divide

    (tmp_path / "empty.jsonl").write_text("\n\n", encoding="utf-8")
    for name in ("empty.jsonl", "missing.jsonl", "."):
        with pytest.raises(NoRows):
            divide(str(tmp_path / name))


def test_the_fingerprint_is_of_the_division_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from service.cluster.units import divide

    (tmp_path / "parts").mkdir()
    write_lines(tmp_path / "parts" / "a.jsonl", ROWS[:120])
    write_lines(tmp_path / "parts" / "b.jsonl", ROWS[120:])
    parts = [tmp_path / "parts" / name for name in ("a.jsonl", "b.jsonl")]
    (tmp_path / "whole.jsonl").write_bytes(b"".join(part.read_bytes() for part in parts))
    whole = divide(str(tmp_path / "whole.jsonl")).fingerprint
    fingerprints = {whole, divide(str(tmp_path / "parts")).fingerprint}
    monkeypatch.setattr("service.cluster.units.UNIT_ROWS", 50)
    fingerprints.add(divide(str(tmp_path / "whole.jsonl")).fingerprint)
    assert len(fingerprints) == 3


def test_a_run_without_answers_may_begin_with_other_options(tmp_path: Path) -> None:
    from service.cluster.output import OtherRun, Output
    from service.cluster.units import divide

    source = divide(str(write_lines(tmp_path / "in.jsonl", ROWS)))
    output = Output(str(tmp_path / "out"), source.kind)
    output.begin(source, {"lang": "fr"})
    output.note_try(source.units[0])
    assert output.begin(source, {"lang": "en"}) == source.units
    output.write_answers(source.units[0], [])
    with pytest.raises(OtherRun):
        output.begin(source, {"lang": "fr"})


def test_tries_are_counted_until_they_are_forgotten(tmp_path: Path) -> None:
    from service.cluster.output import Output
    from service.cluster.units import divide

    source = divide(str(write_lines(tmp_path / "in.jsonl", ROWS)))
    output = Output(str(tmp_path / "out"), source.kind)
    output.begin(source, {})
    first, second, _ = source.units
    assert [output.note_try(first) for _ in range(4)] == [0, 1, 2, 2]
    assert (output.note_try(second), output.note_try(first, 1)) == (0, 0)
    output.forget_tries(first)
    assert output.note_try(first) == 0
    output.end()
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["_run.json"]


def test_a_run_goes_on_with_the_units_that_are_missing(tmp_path: Path) -> None:
    from service.cluster.output import OtherRun, Output
    from service.cluster.units import divide

    source = divide(str(write_lines(tmp_path / "in.jsonl", ROWS)))
    output = Output(str(tmp_path / "out"), source.kind)
    assert output.begin(source, {"lang": "fr"}) == source.units
    output.write_answers(source.units[1], [{"id": 1, "summary": "é"}])
    (tmp_path / "out" / "part-000000001.jsonl.x.unfinished").write_text("{", encoding="utf-8")
    left = Output(str(tmp_path / "out"), source.kind).begin(source, {"lang": "fr"})
    assert left == [source.units[0], source.units[2]]
    output.end()
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == ["_run.json", "part-000000101.jsonl"]
    written = (tmp_path / "out" / names[1]).read_text(encoding="utf-8")
    assert written == '{"id": 1, "summary": "é"}\n'
    with pytest.raises(OtherRun):
        output.begin(source, {"lang": "en"})
    changed = divide(str(write_lines(tmp_path / "in.jsonl", ROWS[::-1])))
    with pytest.raises(OtherRun):
        output.begin(changed, {"lang": "fr"})


def test_a_folder_of_others_is_left_alone(tmp_path: Path) -> None:
    from service.cluster.output import OtherRun, Output
    from service.cluster.units import divide

    source = divide(str(write_lines(tmp_path / "in.jsonl", ROWS)))
    with pytest.raises(OtherRun):
        Output(str(tmp_path), source.kind).begin(source, {})
    assert [path.name for path in tmp_path.iterdir()] == ["in.jsonl"]


def test_answers_of_parquet_are_rows_of_parquet(tmp_path: Path) -> None:
    import pyarrow.parquet

    from service.cluster.output import Output
    from service.cluster.units import divide

    source = divide(str(write_parquet(tmp_path / "in.parquet", ROWS[:2], 10)))
    answers: list[dict[str, Any]] = [
        {"id": "a-0", "summary": "é"},
        {"id": 2, "problem": {"code": "too_short"}},
    ]
    output = Output(str(tmp_path / "out"), source.kind)
    output.begin(source, {})
    output.write_answers(source.units[0], answers)
    rows = pyarrow.parquet.read_table(tmp_path / "out" / "part-000000001.parquet").to_pylist()
    assert [json.loads(row.pop("answer")) for row in rows] == answers
    assert rows == [
        {"number": 1, "id": "a-0", "summary": "é", "problem": None},
        {"number": 2, "id": "2", "summary": None, "problem": "too_short"},
    ]
