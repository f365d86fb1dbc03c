"""What the command line says, in French and in English."""

import ast
import os
import re
import string
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from models.checkpoints.catalog import BUILTIN
from models.engine import ModelError
from service.cli.main import main
from service.cli.output.messages import language, message, translated
from service.cli.output.printing import explain_warning
from service.cli.output.reasons import word_error
from service.reading.article import ArticleError
from service.reading.pages import describe_other_format
from service.settings import Settings
from service.text.tables import table
from service.warning import WARNINGS
from tests.engines import ARTICLE, ENGLISH_TEXT, ScriptedEngine

ROOT = Path(__file__).parents[3]
LINES, COLUMNS = 24, 80
LANGUAGES = {"fr": "fr_FR.UTF-8", "en": "en_GB.UTF-8"}


def breve(locale: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, in the language of a locale."""
    code = "from service.cli.entry import main; main()"
    environment = {**os.environ, "LC_ALL": locale, "COLUMNS": str(COLUMNS), "PYTHONUTF8": "1"}
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, env=environment, cwd=ROOT, check=False
    )


def run(locale: str, *arguments: str, stdin: str | None = None) -> Result:
    return CliRunner(env={"LC_ALL": locale}).invoke(main, arguments, input=stdin)


def messages(entry: dict[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, str]]]:
    """Every message of the table with its name."""
    for name, value in entry.items():
        if path or name != "click":
            if isinstance(value, dict) and not value.keys() & {"fr", "en"}:
                yield from messages(value, f"{path}{name}.")
            else:
                yield path + name, value


MESSAGES = dict(messages(table("service.cli.output", "messages")))


def values_of(words: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(words) if name}


@pytest.mark.parametrize("name", MESSAGES)
def test_each_message_is_in_both_languages(name: str) -> None:
    entry = MESSAGES[name]
    assert entry.keys() == {"fr", "en"}
    assert all(words.strip() for words in entry.values())
    if not name.startswith(("problem.", "warning.")):
        assert values_of(entry["fr"]) == values_of(entry["en"])


def test_the_french_of_click_needs_no_other_values() -> None:
    for english, french in table("service.cli.output", "messages")["click"].items():
        assert values_of(french) <= values_of(english), english


def named_in_code() -> Iterator[str]:
    """The names of messages that the command line's modules ask for."""
    for path in (ROOT / "service" / "cli").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and re.fullmatch(r"[a-z]+\.\w+", node.value)
            ):
                yield node.value


def test_each_message_of_the_table_is_used_and_there() -> None:
    sections = {name.split(".")[0] for name in MESSAGES}
    named = {name for name in named_in_code() if name.split(".")[0] in sections}
    assert named - {f"{name}.py" for name in sections} <= MESSAGES.keys()
    by_code = ("help.", "problem.", "warning.", "progress.", "setting.", "store.")
    assert {name for name in MESSAGES if not name.startswith(by_code)} <= named


def commands(group: click.Group = main, path: str = "") -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        yield path + name, command
        if isinstance(command, click.Group):
            yield from commands(command, f"{name}-")


@pytest.mark.parametrize(("path", "command"), [("breve", main), *commands()])
def test_each_command_and_option_has_its_help(path: str, command: click.Command) -> None:
    assert f"help.{path}.about" in MESSAGES
    assert path == "breve" or f"help.{path}.short" in MESSAGES
    for option in command.params:
        if isinstance(option, click.Option):
            assert {f"help.{path}.{option.name}", f"help.option.{option.name}"} & MESSAGES.keys(), (
                option.name
            )


def test_each_kind_of_warning_and_of_article_has_its_words() -> None:
    assert {f"warning.{code}" for code in WARNINGS} <= MESSAGES.keys()
    kinds: list[type[ArticleError]] = [ArticleError, *ArticleError.__subclasses__()]
    assert {f"problem.{kind.code}" for kind in kinds} <= MESSAGES.keys()


@pytest.mark.parametrize("text", ["{\\rtf1 a", "<rss></rss>", "<?xml version='1.0'?><note/>"])
def test_other_kinds_of_files_have_their_french(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")
    english = describe_other_format(text)
    assert english
    assert translated(english) != english


@pytest.mark.parametrize("locale", LANGUAGES.values())
def test_the_help_fits_a_screen(locale: str) -> None:
    done = breve(locale, "--help")
    lines = done.stdout.splitlines()
    assert len(lines) < LINES  # And the prompt
    assert max(map(len, lines)) <= COLUMNS
    assert not [line for line in lines if line.endswith("...") and "ARGS" not in line]
    names = [line.split()[0] for line in lines if re.match(r"  [a-z]+ {2,}\S", line)]
    assert names == [
        "summarize",
        "batch",
        "bulk",
        "digest",
        "serve",
        "info",
        "mcp",
        "models",
        "eval",
        "bench",
    ]
    headings = [line for line in lines if line.endswith(":")]
    assert len(headings) == 3  # Of every day, for developers, options


@pytest.mark.parametrize(
    "command", ["summarize", "batch", "bulk", "digest", "serve", "eval", "bench"]
)
@pytest.mark.parametrize(("code", "locale"), LANGUAGES.items())
def test_the_help_of_options_that_take_a_value_shows_their_default(
    command: str, code: str, locale: str
) -> None:
    whole = " ".join(breve(locale, command, "--help").stdout.split())
    described = re.split(r" (?=--[a-z-]+ )", whole)
    with_value = [text for text in described if re.match(r"--[a-z-]+ (?:\[|[A-Z]{3,}\b)", text)]
    without_default = ("--glossary", "--answers", "--report", "--article", "--data")
    word = "[par défaut" if code == "fr" else "[default"
    assert with_value
    assert not [
        text for text in with_value if word not in text and not text.startswith(without_default)
    ]


def test_the_defaults_that_the_help_states_are_those_of_the_settings() -> None:
    for code in LANGUAGES:
        assert f" {Settings.model_fields['host'].default}]" in MESSAGES["help.serve.host"][code]
        assert f" {Settings.model_fields['port'].default}]" in MESSAGES["help.serve.port"][code]
        assert f" {BUILTIN}]" in MESSAGES["help.option.model"][code]
        assert (
            f" {Settings.model_fields['translator'].default}]"
            in MESSAGES["help.option.translator"][code]
        )


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, "en"),
        ({"LANG": "fr_FR.UTF-8"}, "fr"),
        ({"LANG": "fr_FR.UTF-8", "LC_MESSAGES": "en_US.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "fr_CA"}, "fr"),
        ({"LANG": "fr_FR.UTF-8", "LC_MESSAGES": "fr_FR", "LC_ALL": "C"}, "en"),
        ({"LANG": "fr", "LC_ALL": ""}, "fr"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
    ],
)
def test_the_language_is_that_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], expected: str
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert language() == expected


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["sumarize"], "La commande 'sumarize' n’existe pas. Vouliez-vous dire 'summarize' ?"),
        (["summarize", "--headlin", "a"], "Vouliez-vous dire"),
        (["summarize", "--lang", "de", "a"], "'de' n’est pas l’un de 'fr', 'en'."),
        (["serve", "--port", "0"], "0 n’est pas dans l’intervalle"),
        (["models", "pull"], "Il manque l’argument 'NAME'."),
        (["batch", "none.jsonl", "out.jsonl"], "'none.jsonl' n’existe pas."),
        (["summarize", "--lang"], "demande une valeur."),
        (["info", "a"], "Argument en trop (a)"),
    ],
)
def test_wrong_usage_is_told_in_french(arguments: list[str], words: str) -> None:
    done = breve("fr_FR.UTF-8", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(("Utilisation : breve", "Erreur : "))
    assert words in done.stderr


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (ENGLISH_TEXT, "il semble être en 'en'. S’il est bien en français : --no-language-check."),
        ("Bonjour.", "Le texte est trop court"),
        ("", "il ne reste pas de texte à résumer"),
        ("%PDF-1.7", "c’est un document PDF, pas un texte : exportez-le en texte ou en HTML."),
        ("a\0b", "ce n’est pas du texte"),
        ("<rss></rss>", "c’est un flux, pas un article"),
    ],
)
def test_refusals_are_told_in_french(text: str, words: str) -> None:
    done = run("fr_FR.UTF-8", "summarize", "-", stdin=text)
    assert (done.exit_code, words in done.stderr) == (1, True), done.stderr


def test_progress_and_warnings_are_told_in_french(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.loading.load_engine", lambda *_: ScriptedEngine())
    lines = run("fr_FR.UTF-8", "summarize", "-", stdin=ARTICLE).stderr.splitlines()
    extracted = "breve: extracted: ce résumé reprend des phrases de l’article telles quelles."
    assert lines[-2:] == ["breve: Rédaction du résumé…", extracted]


def test_a_warning_names_its_sentence_and_its_facts(monkeypatch: pytest.MonkeyPatch) -> None:
    warning = {
        "code": "translation",
        "detail": "Sentence 2 …",
        "sentence": 1,
        "facts": [{"kind": "number", "text": "45"}],
    }
    assert explain_warning(warning) == "Sentence 2 …"
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")
    assert (
        explain_warning(warning)
        == "à comparer avec le français (phrase 2), dont la traduction s’écarte : « 45 »"
    )


def test_info_is_told_in_french() -> None:
    lines = run("fr_FR.UTF-8", "info", "--settings").stdout.splitlines()
    assert re.match(r"breve \S+, modèle breve-270m, moteur auto", lines[0])
    assert any(line.startswith("BREVE_PORT=") and "(par défaut : 8000)" in line for line in lines)


def test_an_unknown_message_is_an_error() -> None:
    with pytest.raises(KeyError, match="none"):
        message("source.none")


@pytest.mark.parametrize("name", ["summary", "headline", "translation"])
def test_a_value_of_the_user_is_not_translated(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("LC_ALL", LANGUAGES["fr"])
    assert word_error(ModelError("There is no folder {name}.", name=name)).count(name) == 1
    label = ModelError("Building {label} failed: {reason}", label="the built-in model", reason="")
    assert "modèle d’origine" in word_error(label)
