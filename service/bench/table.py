"""The report of `breve bench` for people."""

from collections.abc import Iterator, Sequence
from typing import Any

from service.bench.measures import LANGUAGES, Figures

Rows = Sequence[Sequence[str]]


def as_table(report: dict[str, Any]) -> str:
    """The whole report, as text."""
    contenders = {
        name: figures for name, figures in report["contenders"].items() if len(figures) > 1
    }
    parts = [*_head(report)]
    if contenders:
        parts += ["", *_aligned(_main(contenders, report["effort"]["clients"]))]
        parts += [
            "",
            "Seconds by words of the article (tokens that the model was given):",
            *_aligned(_lengths(contenders)),
        ]
    for name, figures in report["contenders"].items():
        parts += [f"\n{name} failed: {figures['error']}"] if "error" in figures else []
    parts += ["", *_limit(report["limit"]), "", *_ratios(report["ratios"])]
    return "\n".join(parts)


def _head(report: dict[str, Any]) -> Iterator[str]:
    machine = report["machine"]
    yield f"breve {report['version']} on {machine['processor']}, {machine['processors']} processors, Python {machine['python']}"
    load = machine["load"]
    if load is not None:
        busy = (
            ": busy with other work, so that times are too long; compare ratios"
            if load > machine["processors"] / 2
            else ""
        )
        yield f"Load at the start {load}, at the end {report['load_at_the_end']}{busy}"
    yield f"The bundled article has {report['article_words']} words. Seconds are p50 / p95."
    yield from report["notes"]


def _main(contenders: dict[str, Figures], clients: Sequence[int]) -> Rows:
    data = any("data_latency" in figures for figures in contenders.values())
    names = [f"{language}, data" for language in LANGUAGES] if data else []
    head = ["", *LANGUAGES, *names, *(f"{one}" for one in clients), "peak MB", "first s"]
    above = ["", "s", "s", *("s" for _ in names), *("art/min" for _ in clients), "", ""]
    rows = [head, above]
    for name, figures in contenders.items():
        kinds = ["latency", "data_latency"] if data else ["latency"]
        seconds = [
            _seconds(figures.get(kind, {}).get(language))
            for kind in kinds
            for language in LANGUAGES
        ]
        rates = [
            _number(figures.get("articles_per_minute", {}).get(str(one)), 1) for one in clients
        ]
        peak, first = (
            _number(figures.get("peak_memory_mb"), 0),
            _number(figures.get("seconds_to_first_summary"), 1),
        )
        rows.append([name, *seconds, *rates, peak, first])
    return rows


def _lengths(contenders: dict[str, Figures]) -> Rows:
    words = sorted(
        {row["words"] for figures in contenders.values() for row in figures.get("lengths", ())}
    )
    rows = [["", *map(str, words)]]
    for name, figures in contenders.items():
        found = {
            row["words"]: f"{row['seconds']:.2f} ({row['tokens_read']})"
            for row in figures.get("lengths", ())
        }
        rows.append([name, *(found.get(one, "-") for one in words)])
    return rows


def _limit(limit: Figures | None) -> Iterator[str]:
    if limit is None or "error" in limit:
        yield "Limit of the machine: " + (f"failed: {limit['error']}" if limit else "not measured")
        return
    rates = ", ".join(f"{kind} {rate:.0f}" for kind, rate in limit["gflops"].items())
    yield (
        f"Limit of the machine: reads {limit['bandwidth_gb_s']:.1f} GB/s; matrix products, GFLOPS: "
        f"{rates} "
        f"({limit['gflops_used']} is taken)"
    )
    weights = limit["weights"]
    yield (
        f"{limit['runtime']}: {weights['step_bytes'] / 1e6:.0f} MB of weights for each new token, "
        f"{weights['prompt_parameters'] / 1e6:.0f} M parameters for each token of the prompt"
    )
    for name, run in (
        ("one beam", limit["greedy"]),
        (f"{limit['as_asked']['beams']} beams, as asked", limit["as_asked"]),
    ):
        yield (
            f"{name}: {run['prompt_tokens']} tokens in, {run['new_tokens']} out: "
            f"{run['seconds']:.2f} s, "
            f"limit {run['limit_seconds']:.2f} s, {run['times_above']:.1f} times above it"
        )
    yield f"the same, 16 at once: limit {limit['together_limit_seconds']:.2f} s each"


def _ratios(ratios: dict[str, float | None]) -> Iterator[str]:
    about = {
        "plain_mt5_base": "times faster than plain mT5-base",
        "plain_barthez": "times faster than plain BARThez",
        "above_limit": "times above the limit (one beam)",
        "throughput_16_clients": "times the throughput of one client, with 16",
        "above_limit_16_clients": "times above the limit, with 16 clients",
    }
    for name, value in ratios.items():
        yield f"{_number(value, 2):>6} {about[name]}"


def _seconds(spread: Figures | None) -> str:
    return f"{spread['p50']:.2f} / {spread['p95']:.2f}" if spread else "-"


def _number(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:.{digits}f}"


def _aligned(rows: Rows) -> Iterator[str]:
    """The rows with columns as wide as their longest cell; the first to the left, the others to the
    right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        yield "  ".join([row[0].ljust(widths[0]), *cells]).rstrip()
