"""Scores the built-in model on OrangeSum's validation articles (body only): `python scripts/measure_quality.py --data FOLDER`.

Prints, for each way of reading an article, ROUGE-1/2/L (tokens: \\w+ after NFC and lower case, no stemming), the share of
summaries with a number or name that the article lacks, the mean length and the seconds an article takes. The ways:
`lead2` the first two sentences; `engine@N` the model's first candidate on the first N tokens, unchecked; `pipeline` the
product's own medium summary.
"""

import argparse
import gzip
import json
import re
import time
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from rouge_score.rouge_scorer import RougeScorer

from models.catalog import BUILTIN, find
from models.engine import Engine, GenerateRequest, Task
from models.gemma_engine import GemmaEngine
from models.loading import Runtime, load_engine
from models.transformers_engine import TransformersEngine
from service.facts import Source
from service.lengths import PRESETS, Length
from service.sentences import is_complete, sentences
from service.summarizer import CANDIDATES, TOKENS_PER_WORD, Summarizer, SummaryRequest

SCORES = ("rouge1", "rouge2", "rougeL")


@dataclass(frozen=True)
class Row:
    """A validation article and its reference."""

    title: str
    article: str
    abstract: str


class _Words:
    """The scorer's tokens: Unicode words."""

    def tokenize(self, text: str) -> list[str]:
        """The words of `text`, in lower case."""
        return re.findall(r"\w+", unicodedata.normalize("NFC", text).lower())


def rows(path: Path, count: int, min_words: int = 0) -> list[Row]:
    """The first `count` articles of at least `min_words` words, spread evenly over the file."""

    def read() -> Iterator[Row]:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                row: dict[str, Any] = json.loads(line)
                if len(row["article"].split()) >= min_words:
                    yield Row(row["title"], row["article"], row["abstract"])

    found = list(read())
    return list(islice(found[:: max(1, len(found) // count)], count))


def score(name: str, data: list[Row], summarise: Callable[[Row], str]) -> dict[str, float]:
    """Prints and returns the figures of one way to summarise."""
    scorer = RougeScorer(list(SCORES), tokenizer=_Words())
    totals = dict.fromkeys(SCORES, 0.0)
    unsupported = words = 0
    start = time.perf_counter()
    for row in data:
        text = summarise(row)
        for key, value in scorer.score(row.abstract, text).items():
            totals[key] += 100 * value.fmeasure / len(data)
        unsupported += bool(Source(f"{row.title}\n{row.article}").unsupported(text))
        words += len(text.split())
    figures = {
        **totals,
        "unsupported": 100 * unsupported / len(data),
        "words": words / len(data),
        "seconds": (time.perf_counter() - start) / len(data),
    }
    print(f"{name:<14}", "  ".join(f"{key} {value:.2f}" for key, value in figures.items()), flush=True)
    return figures


def with_engine(engine: Engine, tokens: int, candidates: int = CANDIDATES) -> Callable[[Row], str]:
    """The model's first candidate for the title and the first `tokens` tokens of the body, cut at a sentence."""

    def summarise(row: Row) -> str:
        kept = ""
        for sentence in sentences(row.article):
            if kept and engine.count_tokens(kept + sentence) > tokens:
                break
            kept += sentence + " "
        medium = PRESETS[Length.MEDIUM]
        limit = round(2 * medium.asked * TOKENS_PER_WORD)
        request = GenerateRequest(Task.SUMMARY, f"{row.title}\n{kept.strip()}", limit, medium.asked, candidates)
        (result,) = engine.generate([request])
        found = sentences(result.candidates[0].text)
        return " ".join(sentence for sentence in found if is_complete(sentence)) or result.candidates[0].text

    return summarise


def with_pipeline(engine: Engine) -> Callable[[Row], str]:
    """The product's summary of title and body."""
    summarizer = Summarizer(engine)

    def summarise(row: Row) -> str:
        text = f"# {row.title}\n\n" + row.article.replace("\n", "\n\n")
        return summarizer.summarize(SummaryRequest(text=text, language_check=False)).text

    return summarise


def main() -> None:
    """Reads the command line and scores."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of orangesum_valid.jsonl.gz")
    parser.add_argument("--articles", type=int, default=60)
    parser.add_argument("--min-words", type=int, default=0, help="leave shorter articles out")
    parser.add_argument("--ways", nargs="+", default=["lead2", "engine@400", "engine@700", "engine@1000", "pipeline"])
    parser.add_argument("--model", default="", help="folder of another build of the model")
    parser.add_argument("--runtime", choices=["auto", "torch"], default="auto", help="torch: float32 with transformers")
    arguments = parser.parse_args()
    data = rows(arguments.data / "orangesum_valid.jsonl.gz", arguments.articles, arguments.min_words)
    engine: Engine = _engine(arguments.model, arguments.runtime)
    print(len(data), "articles,", engine.describe().id, engine.describe().revision, engine.describe().runtime)
    for way in arguments.ways:
        if way == "lead2":
            score(way, data, lambda row: " ".join(sentences(row.article)[:2]))
        elif way == "pipeline":
            score(way, data, with_pipeline(engine))
        else:
            score(way, data, with_engine(engine, int(way.partition("@")[2])))


def _engine(folder: str, runtime: Runtime) -> Engine:
    if not folder:
        return load_engine(BUILTIN, runtime=runtime)
    return (TransformersEngine if runtime == "torch" else GemmaEngine)(folder, find(BUILTIN), folder)


if __name__ == "__main__":
    main()
