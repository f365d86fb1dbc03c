"""One run of the benchmark: all contenders, the limit, and the ratios."""

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
    stopped_by_terminate,
)
from service.bench.measures import Figures, Say, Work, progress_of
from service.bench.texts import BenchError

LIMIT: Final = "limit"
LIMIT_COMMAND: Final = (sys.executable, "-P", "-W", "ignore", "-m", "service.bench.limit")
NOTES: Final = (
    "The plain services have checkpoints of the published sizes with random weights and answers of "
    "a forced length: their "
    "time does not depend on the weights.",
    "The plain services cut an article after their window (512 or 768 tokens); breve reads its "
    "opening, "
    "and more where the summary would be too short.",
    "Articles of several lengths are the bundled article's paragraphs, repeated or cut; those of "
    "several clients are its "
    "paragraphs in other orders.",
    "One contender runs at a time. The plain services answer one article at a time.",
)


def run(
    contenders: Sequence[Contender], limit: Sequence[str], work: Work, say: Say
) -> dict[str, Any]:
    """The report. `limit` is the command that measures the limit; without one it is left out."""
    report: dict[str, Any] = {
        "version": __version__, "machine": machine(), "article_words": work.article.words,
        "data_articles": len(work.others),
        "effort": asdict(work.effort), "notes": NOTES,
    }  # fmt: skip
    with stopped_by_terminate(), tempfile.TemporaryDirectory(prefix="breve-bench-") as folder:
        # The limit comes first: it also builds the model if that was not done, which is no part of
        # a start.
        report["limit"] = _limit(limit, work, Path(folder), say) if limit else None
        report["contenders"] = dict(progress_of(contenders, work, Path(folder), say))
    report["load_at_the_end"] = _load()
    report["ratios"] = ratios(report["contenders"], report["limit"])
    return report


def chosen(names: str | None) -> tuple[list[Contender], tuple[str, ...]]:
    """The contenders in a list parted by commas (None: all), and the command that measures the
    limit, if it is in it.

    Raises BenchError if a name is not known.
    """
    known = {contender.name: contender for contender in CONTENDERS}
    wanted = names.split(",") if names else [*known, LIMIT]
    if unknown := sorted(set(wanted) - {*known, LIMIT}):
        raise BenchError(
            f"--contenders: {', '.join(unknown)} is not known; known are: "
            f"{', '.join([*known, LIMIT])}."
        )
    return [
        known[name] for name in known if name in wanted
    ], LIMIT_COMMAND if LIMIT in wanted else ()


def failed(report: dict[str, Any]) -> list[str]:
    """What could not be measured, in words."""
    every = {**report["contenders"], **({LIMIT: report["limit"]} if report["limit"] else {})}
    return [f"{name}: {figures['error']}" for name, figures in every.items() if "error" in figures]


def machine() -> dict[str, Any]:
    """The processor and how busy it is before anything runs."""
    return {
        "processor": _processor(),
        "processors": available_processors(),
        "load": _load(),
        "python": platform.python_version(),
    }


def ratios(contenders: dict[str, Figures], limit: Figures | None) -> dict[str, float | None]:
    """How many times faster than the plain services, above the limit, and faster with 16 clients
    than with one; and how many times above the limit of many articles 16 clients are."""
    ours = contenders.get(OURS, {})
    rates = ours.get("articles_per_minute", {})
    seconds = _ratio(60.0, rates.get("16"))
    return {
        "plain_mt5_base": _ratio(_median(contenders.get("plain-mt5-base", {})), _median(ours)),
        "plain_barthez": _ratio(_median(contenders.get("plain-barthez", {})), _median(ours)),
        "above_limit": (limit or {}).get("greedy", {}).get("times_above"),
        "throughput_16_clients": _ratio(rates.get("16"), rates.get("1")),
        "above_limit_16_clients": _ratio(seconds, (limit or {}).get("together_limit_seconds")),
    }


def _median(figures: Figures) -> float | None:
    """Seconds of a French summary of the bundled article."""
    found: float | None = figures.get("latency", {}).get("fr", {}).get("p50")
    return found


def _ratio(one: float | None, other: float | None) -> float | None:
    return one / other if one is not None and other else None


def _limit(command: Sequence[str], work: Work, folder: Path, say: Say) -> Figures:
    say("limit: memory bandwidth, matrix products, the engine alone")
    article = folder / "article.txt"
    article.write_text(work.article.text, encoding="utf-8")
    arguments = [*command, str(article), str(work.effort.repeats)]
    done = subprocess.run(
        arguments, capture_output=True, text=True, check=False, env=environment_of()
    )
    if done.returncode:
        last = " | ".join(done.stderr.strip().splitlines()[-LOG_LINES:])
        say(f"limit: failed: {last}")
        return {"error": last}
    found: Figures = json.loads(done.stdout)
    return found


def _load() -> float | None:
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor() or platform.machine())
