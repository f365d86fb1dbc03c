"""The data of `breve eval`: items with their references, and the answers of other systems."""

import gzip
import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from models.wording import WordedError

# The names that data sets use for a source and its reference; the first that has a value counts.
SOURCE_FIELDS: Final = ("text", "article")
REFERENCE_FIELDS: Final = ("reference", "abstract", "summary")


class DataError(WordedError):
    """A data file cannot be scored. The message names the file and the line."""


@dataclass(frozen=True)
class Item:
    """A text, its reference, and its title where the data have one."""

    id: str
    source: str
    reference: str
    title: str = ""

    @property
    def titled(self) -> str:
        """The title and the text."""
        return f"{self.title}\n{self.source}"


def is_pairs(path: Path) -> bool:
    """True for a file of sentence pairs to translate (`.tsv`), not of articles (`.jsonl`)."""
    return ".tsv" in path.suffixes


def read_items(path: Path, count: int = 0) -> list[Item]:
    """Reads items from a `.jsonl` file (articles) or a `.tsv` file (French, English), also gzipped.

    `count` says how many items are taken, spread evenly over the file; 0 takes all. Raises
    DataError, naming the line, and OSError.
    """
    parse = _parse_pair if is_pairs(path) else _parse_article
    # Blank lines do not count. Answers of `breve batch` are matched by these numbers.
    items = [
        parse(path, line_number, line, str(item_number))
        for item_number, (line_number, line) in enumerate(_read_lines(path), 1)
    ]
    if not items:
        raise DataError("{path} is empty.", path=path)
    return items[:: max(1, len(items) // count)][:count] if count else items


def _read_lines(path: Path) -> list[tuple[int, str]]:
    """The lines that are not blank, with their numbers."""
    is_gzipped = path.suffix == ".gz"
    try:
        with (
            gzip.open(path, "rt", encoding="utf-8-sig")
            if is_gzipped
            else path.open(encoding="utf-8-sig") as lines
        ):
            return [(number, line) for number, line in enumerate(lines, 1) if line.strip()]
    except (UnicodeDecodeError, EOFError, gzip.BadGzipFile, zlib.error) as error:
        kind = "UTF-8 text, gzipped" if is_gzipped else "UTF-8 text"
        raise DataError(
            "{path} cannot be read as {kind}: {reason}", path=path, kind=kind, reason=error
        ) from error


def _parse_object(path: Path, number: int, line: str) -> dict[str, Any]:
    try:
        row: Any = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise DataError(
            "{path}, line {line}: no JSON, or nested too deeply: {reason}",
            path=path,
            line=number,
            reason=error,
        ) from error
    if not isinstance(row, dict):
        raise DataError("{path}, line {line}: an object is expected.", path=path, line=number)
    return row


def _parse_article(path: Path, number: int, line: str, identifier: str) -> Item:
    row = _parse_object(path, number, line)
    source = _first_value(row, SOURCE_FIELDS)
    reference = _first_value(row, REFERENCE_FIELDS)
    if not isinstance(source, str) or not isinstance(reference, str):
        raise DataError(
            "{path}, line {line}: one of {sources} and one of {references} are needed; there are: "
            "{fields}.",
            path=path,
            line=number,
            sources=", ".join(SOURCE_FIELDS),
            references=", ".join(REFERENCE_FIELDS),
            fields=", ".join(row),
        )
    return Item(str(row.get("id", identifier)), source, reference, str(row.get("title") or ""))


def _first_value(row: dict[str, Any], names: Sequence[str]) -> Any:
    return next((row[name] for name in names if row.get(name)), None)


def _parse_pair(path: Path, number: int, line: str, identifier: str) -> Item:
    sides = line.rstrip("\n").split("\t")
    if len(sides) < 2 or not all(side.strip() for side in sides[:2]):
        raise DataError(
            "{path}, line {line}: French and English, parted by a tab, are needed.",
            path=path,
            line=number,
        )
    return Item(identifier, sides[0], sides[1])


def read_answers(path: Path, items: Sequence[Item]) -> Iterator[str]:
    """Reads the answers of another system, and returns them in the order of `items`.

    The file has JSON lines with `summary`, as `breve batch` writes them, or one answer as plain
    text on each line. Lines with an `id` are matched by it, others by their order. Raises DataError
    if an answer is missing or cannot be read.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").removesuffix("\n").split("\n")
    except UnicodeDecodeError as error:
        raise DataError(
            "{path} cannot be read as {kind}: {reason}", path=path, kind="UTF-8 text", reason=error
        ) from error
    if not lines[0].startswith("{"):
        if len(lines) != len(items):
            raise DataError(
                "{path} has {lines} lines, {needed} are needed.",
                path=path,
                lines=len(lines),
                needed=len(items),
            )
        return iter(lines)
    numbered = [(number, line) for number, line in enumerate(lines, 1) if line.strip()]
    rows = [_parse_object(path, number, line) for number, line in numbered]
    answers = {
        str(row.get("id", number)): str(row.get("summary", ""))
        for number, row in enumerate(rows, 1)
    }
    missing = [item.id for item in items if item.id not in answers]
    if missing:
        raise DataError(
            "{path} has no answer for {missing} of {count} items, the first being {first}.",
            path=path,
            missing=len(missing),
            count=len(items),
            first=missing[0],
        )
    return (answers[item.id] for item in items)
