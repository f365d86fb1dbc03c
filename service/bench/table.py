"""The report of `breve bench` for people."""

from collections.abc import Iterator, Sequence
from typing import Any

from service.bench.measures import LANGUAGES, Figures

Rows = Sequence[Sequence[str]]


def as_table(report: dict[str, Any]) -> str:
    """The whole report, as text."""
    all_figures = report["contenders"]
    contenders = {name: figures for name, figures in all_figures.items() if len(figures) > 1}
    lines = [*_write_head(report)]
    if contenders:
        lines += ["", *_align(_speed_rows(contenders, report["effort"]["clients"]))]
        lines += ["", "Seconds by words of the article (tokens that the summary was made from):"]
        lines += _align(_length_rows(contenders))
    for name, figures in all_figures.items():
        lines += [f"\n{name} failed: {figures['error']}"] if "error" in figures else []
    lines += ["", *_write_limit(report["limit"]), "", *_write_ratios(report["ratios"])]
    return "\n".join(lines)


def _write_head(report: dict[str, Any]) -> Iterator[str]:
    machine = report["machine"]
    yield (
        f"breve {report['version']} on {machine['processor']}, {machine['processors']} processors, "
        f"Python {machine['python']}"
    )
    load = machine["load"]
    if load is not None:
        is_busy = load > machine["processors"] / 2
        warning = ": busy with other work, so that times are too long; compare ratios"
        loads = f"Load at the start {load}, at the end {report['load_at_the_end']}"
        yield loads + (warning if is_busy else "")
    yield f"The bundled article has {report['article_words']} words. Seconds are p50 / p95."
    yield from report["notes"]


def _speed_rows(contenders: dict[str, Figures], clients: Sequence[int]) -> Rows:
    has_data = any("data_latency" in figures for figures in contenders.values())
    kinds = ["latency", "data_latency"] if has_data else ["latency"]
    languages = [*LANGUAGES, *(f"{language}, data" for language in LANGUAGES if has_data)]
    head = ["", *languages, *map(str, clients), "peak MB", "first s"]
    units = ["", *("s" for _ in languages), *("art/min" for _ in clients), "", ""]
    rows = [head, units]
    for name, figures in contenders.items():
        seconds = [
            _format_seconds(figures.get(kind, {}).get(language))
            for kind in kinds
            for language in LANGUAGES
        ]
        rates = figures.get("articles_per_minute", {})
        shown_rates = [_format_number(rates.get(str(number)), 1) for number in clients]
        peak = _format_number(figures.get("peak_memory_mb"), 0)
        first = _format_number(figures.get("seconds_to_first_summary"), 1)
        rows.append([name, *seconds, *shown_rates, peak, first])
    return rows


def _length_rows(contenders: dict[str, Figures]) -> Rows:
    words = sorted(
        {row["words"] for figures in contenders.values() for row in figures.get("lengths", ())}
    )
    rows = [["", *map(str, words)]]
    for name, figures in contenders.items():
        cells = {
            row["words"]: f"{row['seconds']:.2f} ({row['tokens_read']})"
            for row in figures.get("lengths", ())
        }
        rows.append([name, *(cells.get(length, "-") for length in words)])
    return rows


def _write_limit(limit: Figures | None) -> Iterator[str]:
    if limit is None:
        yield "Limit of the machine: not measured"
        return
    if "error" in limit:
        yield f"Limit of the machine: failed: {limit['error']}"
        return
    rates = ", ".join(f"{kind} {rate:.0f}" for kind, rate in limit["gflops"].items())
    yield (
        f"Limit of the machine: reads {limit['bandwidth_gb_s']:.1f} GB/s; matrix products, GFLOPS: "
        f"{rates} ({limit['gflops_used']} is taken)"
    )
    weights = limit["weights"]
    yield (
        f"{limit['runtime']}: {weights['step_bytes'] / 1e6:.0f} MB of weights for each new token, "
        f"{weights['prompt_parameters'] / 1e6:.0f} M parameters for each token of the prompt"
    )
    answer = limit["answer"]
    yield (
        f"one answer: {answer['prompt_tokens']} tokens in, {answer['new_tokens']} out: "
        f"{answer['seconds']:.2f} s, limit {answer['limit_seconds']:.2f} s, "
        f"{answer['times_above']:.1f} times above it"
    )
    yield f"the same, 16 at once: limit {limit['together_limit_seconds']:.2f} s each"


def _write_ratios(ratios: dict[str, float | None]) -> Iterator[str]:
    meanings = {
        "plain_mt5_base": "times faster than plain mT5-base",
        "plain_barthez": "times faster than plain BARThez",
        "above_limit": "times above the limit (one answer)",
        "throughput_16_clients": "times the throughput of one client, with 16",
        "above_limit_16_clients": "times above the limit, with 16 clients",
    }
    for name, value in ratios.items():
        yield f"{_format_number(value, 2):>6} {meanings[name]}"


def _format_seconds(spread: Figures | None) -> str:
    return f"{spread['p50']:.2f} / {spread['p95']:.2f}" if spread else "-"


def _format_number(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:.{digits}f}"


def _align(rows: Rows) -> Iterator[str]:
    """Yields the rows with columns as wide as their longest cells.

    Cells of the first column are aligned left, those of the others right.
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        yield "  ".join([row[0].ljust(widths[0]), *cells]).rstrip()
