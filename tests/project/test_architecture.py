"""The rules of the layout. Which room may import which is in `pyproject.toml`: `lint-imports`."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.settings import Settings

ROOT = Path(__file__).parents[2]
FILES = sorted(path for room in ("service", "models") for path in (ROOT / room).rglob("*.py"))
PACKAGES = sorted(path.parent for path in FILES if path.name == "__init__.py")
TESTS = sorted((ROOT / "tests").rglob("*.py"))
MAX_FUNCTION_LINES = 60
MAX_MODULE_LINES = 450
MAX_MODULES = 14  # of a package
MAX_TOP_MODULES = 6  # of `service/` itself
# Names that do not say what they hold, and the most of them that all bindings may have.
EMPTY_NAMES = frozenset(
    "one found said mine its there here told it that this those thing given got".split()
)
MAX_EMPTY_SHARE = 0.02
LIGHT = [
    "service.reading.article",
    "service.summarizer",
    "service.cli.main",
    "service.api.app",
    "service.bench.comparison",
    "models.checkpoints.catalog",
]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def bound_names(tree: ast.Module) -> Iterator[str]:
    """Every name that the code gives to something."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name


def imported_packages(tree: ast.Module) -> set[str]:
    """The top-level packages that a module imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            names.add(str(node.module))
    return names


@pytest.mark.parametrize("package", PACKAGES, ids=name_of)
def test_a_package_says_what_it_is_for(package: Path) -> None:
    assert ast.get_docstring(parsed(package / "__init__.py"))


@pytest.mark.parametrize("package", PACKAGES, ids=name_of)
def test_a_package_is_seen_at_a_glance(package: Path) -> None:
    modules = [path for path in package.glob("*.py") if path.name != "__init__.py"]
    assert len(modules) <= MAX_MODULES


def test_the_service_itself_has_few_modules() -> None:
    assert len(list((ROOT / "service").glob("*.py"))) <= MAX_TOP_MODULES


@pytest.mark.parametrize(
    "module",
    ["models/engine.py", "models/wording.py", "models/batching.py", "models/passes.py"],
)
def test_the_contract_of_an_engine_needs_the_standard_library_only(module: str) -> None:
    packages = imported_packages(parsed(ROOT / module))
    others = {name for name in packages if name.split(".")[0] not in sys.stdlib_module_names}
    assert others <= {"models.engine", "models.passes", "models.wording"}


@pytest.mark.parametrize("module", LIGHT)
def test_import_without_torch(module: str) -> None:
    heavy = "{'torch', 'transformers'}"
    code = f"import sys, {module}; assert not {heavy} & sys.modules.keys()"
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stderr) == (0, "")


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_functions_and_modules_are_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MAX_MODULE_LINES
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or 0) - node.lineno + 1
            assert lines <= MAX_FUNCTION_LINES, node.name


def test_names_say_what_they_hold() -> None:
    names = [name.strip("_") for path in FILES for name in bound_names(parsed(path))]
    empty = sum(name in EMPTY_NAMES for name in names)
    assert empty <= MAX_EMPTY_SHARE * len(names)


def test_settings_are_explained() -> None:
    fields = Settings.model_fields.items()
    assert not [name for name, field in fields if not (field.description or "").endswith(".")]


def test_tests_lie_where_their_modules_do() -> None:
    folders = {
        path.parent.relative_to(ROOT / "tests") for path in TESTS if path.name.startswith("test_")
    }
    packages = {package.relative_to(ROOT) for package in PACKAGES}
    assert folders - packages == {Path("project")}
