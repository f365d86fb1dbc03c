"""Prints summaries: the summary on standard output, warnings on standard error."""

from typing import Any

import click

from service.cli.output.messages import find_message, language, message


def print_summary(summary: dict[str, Any], name: str | None, evidence: bool) -> None:
    """Prints a summary, under the `name` of its source if that is given.

    With `evidence`, the article's sentences behind each sentence are printed too.
    """
    if name:
        click.echo(f"== {name}")
    if summary["headline"]:
        click.echo(summary["headline"] + "\n")
    click.echo(summary["summary"])
    if evidence:
        _print_evidence(summary["sentences"])
    source = f"{name}: " if name else ""
    for warning in summary["warnings"]:
        click.echo(f"breve: {source}{warning['code']}: {explain_warning(warning)}", err=True)


def _print_evidence(sentences: list[dict[str, Any]]) -> None:
    for number, sentence in enumerate(sentences, 1):
        click.echo(f"\n[{number}] {sentence['text']}{_mark(sentence)}")
        if sentence["french"] != sentence["text"]:
            click.echo(f"    {message('terminal.french')}: {sentence['french']}")
        for passage in sentence["evidence"]:
            click.echo(f"    source {passage['start']}-{passage['end']}: {passage['text']}")


def _mark(sentence: dict[str, Any]) -> str:
    """The mark after a sentence that the reader should check."""
    if sentence["supported"]:
        return ""
    facts = ", ".join(dict.fromkeys(fact["text"] for fact in sentence["unsupported"]))
    return message("terminal.check_facts", facts=facts) if facts else message("terminal.check")


def explain_warning(warning: dict[str, Any]) -> str:
    """The message of a warning, in the language of the environment."""
    words = find_message(f"warning.{warning['code']}")
    if words is None or language() == "en":
        return str(warning["detail"])
    facts = ", ".join(f"« {fact['text']} »" for fact in warning.get("facts", ()))
    if warning.get("headline"):
        place = message("warning.place_headline")
    else:
        place = message("warning.place", number=(warning.get("sentence") or 0) + 1)
    return words.replace("{place}", place).replace("{facts}", facts)
