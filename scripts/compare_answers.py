"""Shows whether a change of the code changes answers.

    python scripts/compare_answers.py record FOLDER
    python scripts/compare_answers.py check FOLDER

`record` summarises whole pages (title, lead, body) with the built-in models, some of them in
English or from HTML. It keeps in FOLDER the answers, and the requests to the engine with their
results. A second `record` sends the engine only new requests.

`check` summarises the pages again and prints what differs; the exit status is 1 if anything does.
It takes the engine's recorded results, so that it needs no model, and a minute for 400 pages. A
request that was not recorded is a difference too. With `--engine` it asks the built-in models.

DATA is a folder with `orangesum_valid.jsonl.gz` and `pages/*.html` (see docs/data.md).
"""

import argparse
import gzip
import hashlib
import itertools
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from models.engine import (
    Candidate,
    Engine,
    EngineDescription,
    GenerateRequest,
    GenerateResult,
    ModelError,
    Task,
    Weights,
    never,
)
from service.api.contract.responses import SummaryBody
from service.choosing.lengths import Length
from service.reading.article import ArticleError
from service.summarizer import Summarizer, SummaryRequest

ANSWERS, ENGINE = "answers.jsonl.gz", "engine.json.gz"
LENGTHS = (Length.MEDIUM, Length.MEDIUM, Length.SHORT, Length.LONG)
HEADLINE_EVERY = 3
MAX_SHOWN = 10
# What differs between two runs of one version, or with each new model.
NOT_COMPARED = ("model", "timings_ms")


@dataclass(frozen=True)
class Page:
    """One article to summarise, under a name of its own."""

    name: str
    request: SummaryRequest


def read_pages(data: Path, french: int, english: int) -> Iterator[Page]:
    """The first `french` validation articles, the first `english` of them in English too, and the
    HTML pages."""
    with gzip.open(data / "orangesum_valid.jsonl.gz", "rt", encoding="utf-8") as lines:
        articles = [json.loads(line) for line in itertools.islice(lines, max(french, english))]
    for number, article in enumerate(articles):
        body = article["article"].replace("\n", "\n\n")
        text = f"# {article['title']}\n\n{article['abstract']}\n\n{body}"
        length = LENGTHS[number % len(LENGTHS)]
        if number < french:
            headline = number % HEADLINE_EVERY == 0
            request = SummaryRequest(text, length=length, headline=headline)
            yield Page(f"{article['id']} fr", request)
        if number < english:
            request = SummaryRequest(text, language="en", length=length, headline=True)
            yield Page(f"{article['id']} en", request)
    for path in sorted((data / "pages").glob("*.html")):
        yield Page(path.name, SummaryRequest(html=path.read_text(encoding="utf-8"), headline=True))


def key_of(request: GenerateRequest) -> str:
    """A short name for a request. The facts of a translation are a set of words without an
    order."""
    fields = asdict(request) | {"facts": sorted(set(request.facts.split()))}
    return text_key(json.dumps(fields, ensure_ascii=False))


def text_key(text: str) -> str:
    """A short name for a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:24]


class Recorder:
    """Implements `models.engine.Engine` around another engine and records its results.

    A request that the file at `path` holds already is not sent again.
    """

    def __init__(self, engine: Engine, path: Path) -> None:
        self._engine, self._path = engine, path
        record = read_record(path) if path.exists() else {"results": {}, "counts": {}}
        self.results: dict[str, Any] = record["results"]
        self.counts: dict[str, int] = record["counts"]

    def describe(self) -> EngineDescription:
        """The engine's answer."""
        return self._engine.describe()

    def count_tokens(self, text: str) -> int:
        """The engine's answer."""
        key = text_key(text)
        if key not in self.counts:
            self.counts[key] = self._engine.count_tokens(text)
        return self.counts[key]

    def generate(
        self, requests: Sequence[GenerateRequest], cancelled: Callable[[], bool] = never
    ) -> list[GenerateResult]:
        """The engine's answer."""
        new = [request for request in requests if key_of(request) not in self.results]
        results = self._engine.generate(new, cancelled) if new else []
        for request, result in zip(new, results, strict=True):
            self.results[key_of(request)] = asdict(result)
        return [read_result(self.results[key_of(request)]) for request in requests]

    def save(self) -> None:
        """Writes all requests and results."""
        record = {
            "description": asdict(self.describe()),
            "results": self.results,
            "counts": self.counts,
        }
        with gzip.open(self._path, "wt", encoding="utf-8") as out:
            json.dump(record, out, ensure_ascii=False)


def read_record(path: Path) -> dict[str, Any]:
    """The record that a `Recorder` has saved."""
    with gzip.open(path, "rt", encoding="utf-8") as record:
        return dict(json.load(record))


def read_result(saved: dict[str, Any]) -> GenerateResult:
    """A result as it was before it was saved."""
    candidates = tuple(Candidate(**candidate) for candidate in saved["candidates"])
    return GenerateResult(candidates, saved["tokens"], saved["used_tokens"])


class Replay:
    """Implements `models.engine.Engine` with what a `Recorder` has saved."""

    def __init__(self, path: Path) -> None:
        self._record = read_record(path)
        fields = dict(self._record["description"])
        fields["weights"] = Weights(**fields["weights"]) if fields["weights"] else None
        for name in ("tasks", "silent"):
            fields[name] = tuple(map(Task, fields[name]))
        fields["ignores"] = tuple((Task(task), name) for task, name in fields["ignores"])
        self._description = EngineDescription(**fields)

    def describe(self) -> EngineDescription:
        """The recorded engine's answer."""
        return self._description

    def count_tokens(self, text: str) -> int:
        """The recorded engine's answer. Raises ModelError for a new text."""
        return int(self._look_up("counts", text_key(text), "the tokens of", text))

    def generate(
        self, requests: Sequence[GenerateRequest], _: Callable[[], bool] = never
    ) -> list[GenerateResult]:
        """The recorded engine's answer. Raises ModelError for a new request."""
        return [
            read_result(self._look_up("results", key_of(request), request.task.value, request.text))
            for request in requests
        ]

    def _look_up(self, part: str, key: str, subject: str, text: str) -> Any:
        try:
            return self._record[part][key]
        except KeyError:
            raise ModelError(f"the engine was never asked for {subject} {text[:80]!r}") from None


def answer(summarizer: Summarizer, page: Page) -> dict[str, Any]:
    """The answer as the HTTP service gives it, without what differs between two runs."""
    try:
        summary = summarizer.summarize(page.request)
        body = SummaryBody.of(summary, True).model_dump(mode="json")
    except (ArticleError, ModelError) as error:
        return {"error": str(error)}
    return {name: value for name, value in body.items() if name not in NOT_COMPARED}


def built_in_engine() -> Engine:
    """The built-in models as the service loads them."""
    from models.checkpoints.catalog import AUTO, BUILTIN
    from models.loading import load_engine

    return load_engine(BUILTIN, translator=AUTO)


def record(folder: Path, pages: Sequence[Page]) -> int:
    """Writes the answers and the engine's results into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    recorder = Recorder(built_in_engine(), folder / ENGINE)
    summarizer = Summarizer(recorder)
    with gzip.open(folder / ANSWERS, "wt", encoding="utf-8") as out:
        for number, page in enumerate(pages, 1):
            row = {"name": page.name, "answer": answer(summarizer, page)}
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
            print(f"\r{number} of {len(pages)}", end="", file=sys.stderr, flush=True)
    recorder.save()
    print(f"\nRecorded {len(pages)} answers in {folder}.", file=sys.stderr)
    return 0


def check(folder: Path, pages: Sequence[Page], engine: Engine) -> int:
    """Prints the answers that differ from those in `folder`, and how many.

    The exit status is 1 if any does.
    """
    with gzip.open(folder / ANSWERS, "rt", encoding="utf-8") as lines:
        rows = map(json.loads, lines)
        recorded = {row["name"]: row["answer"] for row in rows}
    summarizer = Summarizer(engine)
    different = 0
    for page in pages:
        before = recorded.get(page.name, {})
        now = answer(summarizer, page)
        if now == before:
            continue
        different += 1
        if different <= MAX_SHOWN:
            print(f"--- {page.name}")
            print_difference(before, now)
    print(f"{different} of {len(pages)} answers differ.")
    return int(different > 0)


def print_difference(before: dict[str, Any], now: dict[str, Any]) -> None:
    """Prints the fields in which two answers differ."""
    for name in sorted(now.keys() | before.keys()):
        if before.get(name) != now.get(name):
            print(f"{name}\n  before: {before.get(name)}\n  now:    {now.get(name)}")


def main() -> int:
    """Reads the command line, and records or checks."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("action", choices=("record", "check"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), metavar="DATA")
    parser.add_argument("--french", type=int, default=300)
    parser.add_argument("--english", type=int, default=100)
    parser.add_argument(
        "--engine",
        action="store_true",
        help="check with the built-in models, not with their record",
    )
    arguments = parser.parse_args()
    pages = list(read_pages(arguments.data, arguments.french, arguments.english))
    folder: Path = arguments.folder
    if arguments.action == "record":
        return record(folder, pages)
    engine = built_in_engine() if arguments.engine else Replay(folder / ENGINE)
    return check(folder, pages, engine)


if __name__ == "__main__":
    sys.exit(main())
