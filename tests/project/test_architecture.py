"""The rules that the layout of the program follows."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.settings import Settings

ROOT = Path(__file__).parents[2]
DESIGN = ROOT / "docs" / "design.md"
FILES = sorted(path for room in ("service", "models") for path in (ROOT / room).rglob("*.py"))
MAX_FUNCTION_LINES = 60
MAX_MODULE_LINES = 400
OUTER = {
    "service.cli.answering",
    "service.cli.output.errors",
    "service.cli.output.messages",
    "service.cli.entry",
    "service.cli.interrupts",
    "service.cli.local_service",
    "service.cli.output.printing",
    "service.cli.output.progress",
    "service.cli.sources",
    "service.cli.measuring",
    "service.cli.models",
    "service.cli.terminal",
    "service.api",
    "service.cli.batch",
    "service.bench",
    "service.cli.main",
    "service.cli.client",
    "service.web",
}
SCORING = {
    "service.scoring.scores",
    "service.scoring.systems",
}  # beside the product: they run it and judge it
EDGES = {"service.fetch", "service.settings"}  # used by the outer rooms only
LIGHT = [
    "service.reading.article",
    "service.summarizer",
    "service.cli.main",
    "service.api.app",
    "service.bench.comparison",
    "models.checkpoints.catalog",
]
HTTP_AND_MODELS = {
    "fastapi",
    "starlette",
    "uvicorn",
    "torch",
    "transformers",
    "sse_starlette",
    "click",
}


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in FILES}


def belongs(name: str, rooms: set[str]) -> bool:
    return any(name == room or name.startswith(room + ".") for room in rooms)


def imported(path: Path) -> Iterator[str]:
    """The modules that a file names in its imports, wherever they stand in it; all imports are
    absolute."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (name if name in MODULES else str(node.module) for name in names)


def imports(rooms: set[str], but: set[str] | None = None) -> dict[str, set[str]]:
    """What each module of some rooms imports, those of the rooms `but` left out."""
    return {
        name: set(imported(path))
        for name, path in MODULES.items()
        if belongs(name, rooms) and not belongs(name, but or set())
    }


def test_rooms_are_there() -> None:
    assert {
        "service.summarizer",
        "service.reading.article",
        "service.api.app",
        "models.engine",
        "models.checkpoints.catalog",
    } <= MODULES.keys()
    assert OUTER | EDGES | SCORING | set(LIGHT) <= MODULES.keys()


def test_models_know_nothing_of_the_service() -> None:
    for name, found in imports({"models"}).items():
        assert not [
            one
            for one in found
            if belongs(one, {"service", "fastapi", "starlette", "click", "uvicorn"})
        ], name


def test_engine_contract_and_batching_need_the_standard_library_only() -> None:
    for name, found in imports({"models.engine", "models.batching"}).items():
        others = {
            one for one in found if one.split(".", maxsplit=1)[0] not in sys.stdlib_module_names
        }
        assert others <= {"models.engine"}, name


def test_domain_knows_neither_http_nor_models() -> None:
    for name, found in imports({"service"}, OUTER | EDGES | SCORING).items():
        assert not [one for one in found if belongs(one, HTTP_AND_MODELS | OUTER | EDGES)], name
        assert {one for one in found if belongs(one, {"models"})} <= {"models.engine"}, name


def test_domain_does_not_know_the_pipeline() -> None:
    for name, found in imports({"service"}, OUTER | SCORING | {"service.summarizer"}).items():
        assert "service.summarizer" not in found, name


def test_scoring_knows_the_pipeline_its_engine_and_the_independent_tests_only() -> None:
    allowed = {
        "models.batching",
        "models.engine",
        "models.scoring.rouge",
        "models.scoring.support",
        "models.scoring.support_english",
    }
    for name, found in imports(SCORING).items():
        assert not [one for one in found if belongs(one, HTTP_AND_MODELS | OUTER | EDGES)], name
        assert {one for one in found if belongs(one, {"models"})} <= allowed, name


def test_the_product_does_not_know_how_it_is_scored() -> None:
    for name, found in imports(
        {"service"}, SCORING | {"service.cli.main", "service.cli.measuring"}
    ).items():
        assert not [
            one
            for one in found
            if belongs(
                one,
                SCORING
                | {
                    "models.scoring.rouge",
                    "models.scoring.support",
                    "models.scoring.support_english",
                },
            )
        ], name


def test_outer_rooms_reach_the_models_through_loading_only() -> None:
    allowed = {"models.batching", "models.checkpoints.catalog", "models.engine", "models.loading"}
    for name, found in imports(OUTER).items():
        # The benchmark's plain service is to have as many threads as ours: how many that is stands
        # in one place.
        more = (
            {"models.cpu.processors", "models.cpu.int8_linear"}
            if belongs(name, {"service.bench"})
            else set()
        )
        assert {one for one in found if belongs(one, {"models"})} <= allowed | more, name


def test_no_two_modules_import_each_other() -> None:
    found = {name: set(imported(path)) for name, path in MODULES.items()}
    circles = {
        (one, other)
        for one in found
        for other in found[one]
        if one < other and one in found.get(other, set())
    }
    assert not circles


def test_facts_and_words_are_read_before_what_is_chosen_or_put_right() -> None:
    before = imports(
        {
            "service.checking.standalone",
            "service.english.lexicon.notations",
            "service.text.words",
            "service.english.pre_editing.rewording",
            "service.english.pre_editing.idioms",
            "service.english.source",
        }
    )
    later = {
        "service.choosing.lengths",
        "service.english.post_editing.figures",
        "service.english.post_editing.corrections",
        "service.english.target",
    }
    for name, found in before.items():
        assert not found & later, name


def test_the_product_does_not_know_its_benchmark() -> None:
    for name, found in imports(
        {"service"}, {"service.bench", "service.cli.main", "service.cli.measuring"}
    ).items():
        assert not [one for one in found if belongs(one, {"service.bench"})], name


def test_api_does_not_know_the_command_line() -> None:
    for name, found in imports({"service.api"}).items():
        assert not [
            one for one in found if belongs(one, {"service.cli.main", "torch", "transformers"})
        ], name


@pytest.mark.parametrize("module", LIGHT)
def test_import_without_torch(module: str) -> None:
    code = f"import sys, {module}; assert not {{'torch', 'transformers'}} & sys.modules.keys()"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_functions_are_short() -> None:
    for name, path in MODULES.items():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                assert (node.end_lineno or 0) - node.lineno < MAX_FUNCTION_LINES, (
                    f"{name}.{node.name}"
                )


def test_modules_are_short() -> None:
    assert not {
        name
        for name, path in MODULES.items()
        if len(path.read_text("utf-8").splitlines()) > MAX_MODULE_LINES
    }


def test_settings_are_explained() -> None:
    assert not [
        name
        for name, field in Settings.model_fields.items()
        if not (field.description or "").endswith(".")
    ]


def test_design_names_every_module_once() -> None:
    text = DESIGN.read_text(encoding="utf-8")
    rows = re.findall(r"^\| `((?:service|models)/[\w/]+\.(?:py|js))` \|", text, re.MULTILINE)
    modules = [
        path
        for path in (*FILES, *(ROOT / "service" / "web").glob("*.js"))
        if path.name != "__init__.py"
    ]
    files = {path.relative_to(ROOT).as_posix() for path in modules}
    wrong = {
        "has no row for": files - set(rows),
        "names, though there is no such file,": {
            name
            for name in re.findall(r"`([\w/]+/\w+\.(?:py|js))`", text)
            if not (ROOT / name).is_file()
        },
        "has two rows for": {name for name in rows if rows.count(name) > 1},
    }
    assert not any(wrong.values()), "\n".join(
        f"docs/design.md {what} {', '.join(sorted(names))}"
        for what, names in wrong.items()
        if names
    )
