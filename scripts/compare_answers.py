"""Shows whether a change of the code changes answers: `python scripts/compare_answers.py record
FOLDER`, then `check FOLDER`.

`record` summarises whole pages (title, lead, body) with the built-in models, some of them in
English or from HTML, and keeps the answers in FOLDER beside all that the engine was asked and said.
A second `record` asks the engine only what is new. `check` summarises them again. It takes the
engine's recorded answers, so that it needs no model and a minute for 400 pages; what was not
recorded is a difference too. With `--engine` it asks the built-in models again. Prints what
differs; the exit status is 1 if anything does.

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
NOT_COMPARED = (
    "model",
    "timings_ms",
)  # what differs between two runs of one version, or with each new model


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
        text = f"# {article['title']}\n\n{article['abstract']}\n\n" + article["article"].replace(
            "\n", "\n\n"
        )
        length, headline = LENGTHS[number % len(LENGTHS)], number % HEADLINE_EVERY == 0
        if number < french:
            yield Page(
                f"{article['id']} fr", SummaryRequest(text, length=length, headline=headline)
            )
        if number < english:
            yield Page(
                f"{article['id']} en",
                SummaryRequest(text, language="en", length=length, headline=True),
            )
    for path in sorted((data / "pages").glob("*.html")):
        yield Page(path.name, SummaryRequest(html=path.read_text(encoding="utf-8"), headline=True))


def key_of(request: GenerateRequest) -> str:
    """A short name for all that a request asks. The facts of a translation are a set of words
    without an order."""
    asked = asdict(request) | {"facts": sorted(set(request.facts.split()))}
    return hashlib.sha256(json.dumps(asked, ensure_ascii=False).encode()).hexdigest()[:24]


def text_key(text: str) -> str:
    """A short name for a text whose tokens are counted."""
    return hashlib.sha256(text.encode()).hexdigest()[:24]


class Recorder:
    """Implements `models.engine.Engine` around another engine and keeps what it says.

    What the file at `path` knows already is not asked again.
    """

    def __init__(self, engine: Engine, path: Path) -> None:
        self._engine, self._path = engine, path
        known = read_record(path) if path.exists() else {"results": {}, "counts": {}}
        self.results: dict[str, Any] = known["results"]
        self.counts: dict[str, int] = known["counts"]

    def describe(self) -> EngineDescription:
        """As the engine says."""
        return self._engine.describe()

    def count_tokens(self, text: str) -> int:
        """As the engine says."""
        key = text_key(text)
        if key not in self.counts:
            self.counts[key] = self._engine.count_tokens(text)
        return self.counts[key]

    def generate(
        self, requests: Sequence[GenerateRequest], cancelled: Callable[[], bool] = never
    ) -> list[GenerateResult]:
        """As the engine says."""
        new = [request for request in requests if key_of(request) not in self.results]
        results = self._engine.generate(new, cancelled) if new else []
        self.results.update(
            (key_of(request), asdict(result)) for request, result in zip(new, results, strict=True)
        )
        return [read_result(self.results[key_of(request)]) for request in requests]

    def save(self) -> None:
        """Writes all that was asked and said."""
        record = {
            "description": asdict(self.describe()),
            "results": self.results,
            "counts": self.counts,
        }
        with gzip.open(self._path, "wt", encoding="utf-8") as out:
            json.dump(record, out, ensure_ascii=False)


def read_record(path: Path) -> dict[str, Any]:
    """What a `Recorder` has saved."""
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
        given = dict(self._record["description"])
        given["weights"] = Weights(**given["weights"]) if given["weights"] else None
        for name in ("tasks", "silent"):
            given[name] = tuple(map(Task, given[name]))
        given["ignores"] = tuple((Task(task), name) for task, name in given["ignores"])
        self._description = EngineDescription(**given)

    def describe(self) -> EngineDescription:
        """As the recorded engine said."""
        return self._description

    def count_tokens(self, text: str) -> int:
        """As the recorded engine said. Raises ModelError for a new text."""
        return int(self._said("counts", text_key(text), "the tokens of", text))

    def generate(
        self, requests: Sequence[GenerateRequest], _: Callable[[], bool] = never
    ) -> list[GenerateResult]:
        """As the recorded engine said. Raises ModelError for a new request."""
        return [
            read_result(self._said("results", key_of(request), request.task.value, request.text))
            for request in requests
        ]

    def _said(self, part: str, key: str, what: str, text: str) -> Any:
        try:
            return self._record[part][key]
        except KeyError:
            raise ModelError(f"the engine was never asked for {what} {text[:80]!r}") from None


def answer(summarizer: Summarizer, page: Page) -> dict[str, Any]:
    """The answer as the HTTP service gives it, less what differs between two runs."""
    try:
        body = SummaryBody.of(summarizer.summarize(page.request), True).model_dump(mode="json")
    except (ArticleError, ModelError) as error:
        return {"error": str(error)}
    return {name: value for name, value in body.items() if name not in NOT_COMPARED}


def built_in_engine() -> Engine:
    """The built-in models as the service loads them."""
    from models.checkpoints.catalog import AUTO, BUILTIN
    from models.loading import load_engine

    return load_engine(BUILTIN, translator=AUTO)


def record(folder: Path, pages: Sequence[Page]) -> int:
    """Writes the answers and what the engine said into `folder`."""
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
    """Prints the answers that differ from those in `folder`, and how many. The status is 1 if any
    does."""
    with gzip.open(folder / ANSWERS, "rt", encoding="utf-8") as lines:
        rows = map(json.loads, lines)
        before = {row["name"]: row["answer"] for row in rows}
    summarizer, different = Summarizer(engine), 0
    for page in pages:
        now = answer(summarizer, page)
        if now == before.get(page.name):
            continue
        different += 1
        if different <= MAX_SHOWN:
            print(f"--- {page.name}")
            for name in sorted(now.keys() | before.get(page.name, {}).keys()):
                old, new = before.get(page.name, {}).get(name), now.get(name)
                if old != new:
                    print(f"{name}\n  before: {old}\n  now:    {new}")
    print(f"{different} of {len(pages)} answers differ.")
    return int(different > 0)


def main() -> int:
    """Reads the command line and runs what it asks for."""
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
    asked = parser.parse_args()
    pages = list(read_pages(asked.data, asked.french, asked.english))
    if asked.action == "record":
        return record(asked.folder, pages)
    engine = built_in_engine() if asked.engine else Replay(asked.folder / ENGINE)
    return check(asked.folder, pages, engine)


if __name__ == "__main__":
    sys.exit(main())
