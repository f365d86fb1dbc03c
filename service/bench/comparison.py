"""Runs the benchmark: all contenders, the limit, and the ratios."""

import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from models.cpu.processors import available_processors
from service import __version__
from service.bench.contenders import (
    CONTENDERS,
    LOG_LINES,
    OURS,
    Contender,
    environment_of,
    exit_on_terminate,
)
from service.bench.measures import Figures, Say, Work, measure_each
from service.bench.texts import BenchError

LIMIT: Final = "limit"
LIMIT_COMMAND: Final = (sys.executable, "-P", "-W", "ignore", "-m", "service.bench.limit")
NOTES: Final = (
    "The plain services have checkpoints of the published sizes with random weights and answers of "
    "a forced length: their time does not depend on the weights.",
    "The plain services cut an article after their window (512 or 768 tokens); breve reads its "
    "opening. Where the lead is the summary, it reads nothing: not so in the bundled article.",
    "Articles of several lengths are the bundled article's paragraphs, repeated or cut; those of "
    "several clients are its paragraphs in other orders.",
    "One contender runs at a time. The plain services answer one article at a time.",
)


def run(
    contenders: Sequence[Contender], limit: Sequence[str], work: Work, say: Say
) -> dict[str, Any]:
    """Measures everything and returns the report.

    `limit` is the command that measures the limit. If it is empty, the limit is left out.
    """
    report: dict[str, Any] = {
        "version": __version__,
        "machine": describe_machine(),
        "article_words": work.article.words,
        "data_articles": len(work.others),
        "effort": asdict(work.effort),
        "notes": NOTES,
    }
    with exit_on_terminate(), tempfile.TemporaryDirectory(prefix="breve-bench-") as folder:
        # The limit comes first, because it builds a model that is missing. The time for that must
        # not count as the start of a contender.
        report["limit"] = _measure_limit(limit, work, Path(folder), say) if limit else None
        report["contenders"] = dict(measure_each(contenders, work, Path(folder), say))
    report["load_at_the_end"] = _read_load()
    report["ratios"] = ratios(report["contenders"], report["limit"])
    return report


def choose_contenders(names: str | None) -> tuple[list[Contender], tuple[str, ...]]:
    """Returns the contenders that `names` lists, and the command that measures the limit.

    Commas separate the names; None names all. The command is empty if the list does not name the
    limit. Raises BenchError for an unknown name.
    """
    known = {contender.name: contender for contender in CONTENDERS}
    wanted = names.split(",") if names else [*known, LIMIT]
    if unknown := sorted(set(wanted) - {*known, LIMIT}):
        raise BenchError(
            "--contenders: {unknown} is not known; known are: {known}.",
            unknown=", ".join(unknown),
            known=", ".join([*known, LIMIT]),
        )
    contenders = [known[name] for name in known if name in wanted]
    return contenders, LIMIT_COMMAND if LIMIT in wanted else ()


def list_failures(report: dict[str, Any]) -> list[str]:
    """Names each contender, or the limit, that failed, with the reason."""
    limit = {LIMIT: report["limit"]} if report["limit"] else {}
    all_figures = {**report["contenders"], **limit}
    return [
        f"{name}: {figures['error']}" for name, figures in all_figures.items() if "error" in figures
    ]


def describe_machine() -> dict[str, Any]:
    """Returns the processor and its load before anything runs."""
    return {
        "processor": _processor(),
        "processors": available_processors(),
        "load": _read_load(),
        "python": platform.python_version(),
    }


def ratios(contenders: dict[str, Figures], limit: Figures | None) -> dict[str, float | None]:
    """Returns the ratios of the report; None where a figure is missing.

    - `plain_mt5_base`, `plain_barthez`: how many times as long as Brève this service takes.
    - `above_limit`: the time of one answer, divided by the limit.
    - `throughput_16_clients`: articles a minute with 16 clients, divided by those with one.
    - `above_limit_16_clients`: the time of an article with 16 clients, divided by the limit of an
      answer that is written together with 15 others.
    """
    limit = limit or {}
    ours = contenders.get(OURS, {})
    our_seconds = _median(ours)
    rates = ours.get("articles_per_minute", {})
    seconds_of_16 = _divide(60.0, rates.get("16"))
    return {
        "plain_mt5_base": _divide(_median(contenders.get("plain-mt5-base", {})), our_seconds),
        "plain_barthez": _divide(_median(contenders.get("plain-barthez", {})), our_seconds),
        "above_limit": limit.get("answer", {}).get("times_above"),
        "throughput_16_clients": _divide(rates.get("16"), rates.get("1")),
        "above_limit_16_clients": _divide(seconds_of_16, limit.get("together_limit_seconds")),
    }


def _median(figures: Figures) -> float | None:
    """Returns the median seconds of a French summary of the bundled article."""
    latency = figures.get("latency", {}).get("fr", {})
    seconds: float | None = latency.get("p50")
    return seconds


def _divide(dividend: float | None, divisor: float | None) -> float | None:
    return dividend / divisor if dividend is not None and divisor else None


def _measure_limit(command: Sequence[str], work: Work, folder: Path, say: Say) -> Figures:
    say("limit: memory bandwidth, matrix products, the engine alone")
    article = folder / "article.txt"
    article.write_text(work.article.text, encoding="utf-8")
    arguments = [*command, str(article), str(work.effort.repeats)]
    process = subprocess.run(
        arguments, capture_output=True, text=True, check=False, env=environment_of()
    )
    if process.returncode:
        lines = process.stderr.strip().splitlines()
        reason = " | ".join(lines[-LOG_LINES:])
        say(f"limit: failed: {reason}")
        return {"error": reason}
    figures: Figures = json.loads(process.stdout)
    return figures


def _read_load() -> float | None:
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or platform.machine())
