"""The documents say what the program does, and their links lead somewhere."""

import re
import runpy
from pathlib import Path

import click
import pytest
from pydantic import BaseModel

from service.api.contract import requests, responses
from service.cli.main import main
from service.warning import WARNINGS
from tests.service.web.test_page import problem_codes

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
DECISIONS = DOCS / "decisions"
SETTINGS = runpy.run_path(str(ROOT / "scripts" / "write_settings.py"))
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "deploy" / "README.md",
    ROOT / "deploy" / "extension" / "README.md",
    ROOT / "models" / "builtin" / "CARD.md",
    *sorted(DOCS.rglob("*.md")),
    *sorted((ROOT / "models" / "training").rglob("*.md")),
]
BODIES: list[type[BaseModel]] = [
    requests.BatchItem,
    responses.BatchResult,
    responses.SummaryBody,
    responses.SentenceBody,
    responses.EvidenceBody,
    responses.FactBody,
    responses.ArticleBody,
    responses.CoverageBody,
    responses.WarningBody,
    responses.ModelBody,
]
MEASURING = ("eval", "bench")  # `--help` explains their options
MAX_README_WORDS = 700
MAX_SCALE_WORDS = 700  # One page.
MAX_DECISION_WORDS = 220  # about 150 are wanted
PARTS_OF_A_DECISION = ["**Context.**", "**Choice.**", "**What lost.**", "**Figure.**"]


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def prose(page: Path) -> str:
    """The text of a page without its blocks of code, in which brackets are no links."""
    text = page.read_text(encoding="utf-8")
    return re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, made as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def long_options(command: click.Command) -> set[str]:
    written = {option for parameter in command.params for option in parameter.opts}
    return {option for option in written if option.startswith("--")}


def test_settings_page_is_the_one_of_the_settings() -> None:
    written = SETTINGS["PAGE"].read_text(encoding="utf-8")
    hint = "docs/settings.md is old; write it anew: .venv/bin/python scripts/write_settings.py"
    assert written == SETTINGS["settings_page"](), hint


def test_readme_is_short() -> None:
    words = (ROOT / "README.md").read_text(encoding="utf-8").split()
    assert len(words) < MAX_README_WORDS, "the rest belongs in docs/"


def test_the_page_on_scale_is_one_page() -> None:
    words = (DOCS / "scale.md").read_text(encoding="utf-8").split()
    assert len(words) <= MAX_SCALE_WORDS, "figures belong in docs/measurements.md"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_to_files_and_headings(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        if link.startswith(("http://", "https://")):
            continue
        target, _, anchor = link.partition("#")
        file = (page.parent / target).resolve() if target else page
        assert file.exists(), f"{name_of(page)} links to {target}, which does not exist"
        known = not anchor or anchor in anchors(file)
        assert known, f"{name_of(page)} links to #{anchor}, which is no heading of {file.name}"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_documents_that_are_named_exist(page: Path) -> None:
    for named in re.findall(r"`(docs/[\w./-]+\.md)`", page.read_text(encoding="utf-8")):
        assert (ROOT / named).is_file(), f"{name_of(page)} names {named}, which does not exist"


@pytest.mark.parametrize("room", ["service", "models", "scripts", "tests"])
def test_documents_that_the_code_names_exist(room: str) -> None:
    for file in sorted((ROOT / room).rglob("*.py")):
        for named in re.findall(r"docs/[\w./-]+\.md", file.read_text(encoding="utf-8")):
            assert (ROOT / named).is_file(), f"{name_of(file)} names {named}, which does not exist"


def test_api_page_has_every_field_warning_and_problem() -> None:
    text = (DOCS / "api.md").read_text(encoding="utf-8")
    fields = {name for body in BODIES for name in body.model_fields}
    missing = {name for name in fields | set(WARNINGS) | problem_codes() if f"`{name}`" not in text}
    assert not missing, f"docs/api.md does not name {', '.join(sorted(missing))}"


def test_command_line_page_has_every_command_and_option() -> None:
    text = (DOCS / "command-line.md").read_text(encoding="utf-8")
    models = main.commands["models"]
    assert isinstance(models, click.Group)
    names = {f"breve {name}" for name in main.commands}
    names |= {f"breve models {name}" for name in models.commands}
    explained = [command for name, command in main.commands.items() if name not in MEASURING]
    options = {option for command in explained for option in long_options(command)}
    missing = {name for name in names | options if not re.search(rf"{name}\b", text)}
    assert not missing, f"docs/command-line.md does not name {', '.join(sorted(missing))}"


def test_decisions_are_listed_once_and_say_what_lost() -> None:
    index = (DECISIONS / "README.md").read_text(encoding="utf-8")
    pages = {page.name for page in DECISIONS.glob("*.md")} - {"README.md"}
    linked = re.findall(r"^- \[[^\]]+\]\(([\w-]+\.md)\)", index, re.MULTILINE)
    assert sorted(linked) == sorted(pages)
    for name in pages - {"dependencies.md"}:
        text = (DECISIONS / name).read_text(encoding="utf-8")
        assert re.findall(r"^\*\*[\w ]+\.\*\*", text, re.MULTILINE) == PARTS_OF_A_DECISION, name
        prose = re.sub(r"^\|.*$", "", text, flags=re.MULTILINE)
        assert len(prose.split()) < MAX_DECISION_WORDS, f"{name} is too long"
