"""What is installed is what the lock files name, and these fit the project."""

import importlib.metadata
import re
import sysconfig
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.project.test_container import SETUP

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
# Files that run code at every start of Python: setuptools' own, and the checkout's address.
START_UP_FILES = re.compile(
    r"distutils-precedence\.pth|__editable__\.breve-.*\.pth|_virtualenv\.pth"
)
# Named in no lock file for good: a store of weights with its dependencies, which set-up installed
# once, and what only builds or trains.
NEVER_AT_RUN_TIME = (
    "aait",
    "spacy",
    "pymupdf",
    "onnxruntime",
    "scipy",
    "gguf",
    "accelerate",
    "peft",
)


def entries(name: str) -> list[str]:
    """The entries of a lock file: a release with its marker and its hashes, one line each."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    return [
        line for line in text.replace("\\\n", "").splitlines() if line and not line.startswith("#")
    ]


def releases(*names: str) -> dict[str, set[str]]:
    """The locked versions of each package in these lock files."""
    versions: dict[str, set[str]] = {}
    for name in names:
        for entry in entries(name):
            package, version = entry.split(maxsplit=1)[0].split("==")
            versions.setdefault(canonicalize_name(package), set()).add(version)
    return versions


def asked(extra: str) -> list[Requirement]:
    """What pyproject asks for with an extra, extras of the project's own resolved; with `base` what
    it always asks for."""
    lines = PROJECT["dependencies"] if extra == "base" else PROJECT["optional-dependencies"][extra]
    wanted = [Requirement(line) for line in lines]
    own = [inner for each in wanted if each.name == PROJECT["name"] for inner in each.extras]
    return [each for each in wanted if each.name != PROJECT["name"]] + [
        each for inner in own for each in asked(inner)
    ]


def test_there_is_a_lock_file_for_each_extra() -> None:
    assert {path.stem for path in LOCKS} == {"base", "torch", *PROJECT["optional-dependencies"]}


@pytest.mark.parametrize("extra", ["base", *PROJECT["optional-dependencies"]])
def test_the_lock_fits_the_project(extra: str) -> None:
    """If this fails, pyproject.toml was changed: `make lock`."""
    locked = releases("base", "torch", extra)
    for requirement in asked(extra):
        versions = locked.get(canonicalize_name(requirement.name), set())
        assert versions, f"{requirement.name} is not locked"
        assert all(requirement.specifier.contains(version) for version in versions), requirement


def test_every_file_but_torch_has_a_hash() -> None:
    for path in LOCKS:
        for entry in entries(path.stem):
            hashes = re.findall(r"--hash=sha256:[0-9a-f]{64}\b", entry)
            assert bool(hashes) is (path.stem != "torch"), entry


def test_there_are_files_for_both_kinds_of_processor() -> None:
    """A package with compiled code has a wheel for each system and Python; one file would be the
    wheel of one machine."""
    compiled = ("numpy", "ctranslate2", "llvmlite", "lxml", "tokenizers", "sentencepiece")
    for name in compiled:
        assert all(
            entry.count("--hash=") > 10
            for entry in entries("base")
            if entry.startswith(f"{name}==")
        ), name


def test_the_image_has_nothing_that_it_does_not_run() -> None:
    assert not set(NEVER_AT_RUN_TIME) & releases("base", "otel").keys()


def test_the_environment_holds_only_what_is_locked() -> None:
    """If this fails, something was installed by hand: `make setup` takes it out; or ask for it in
    pyproject.toml, `make lock`."""
    # Only that folder: setuptools, once it is imported, shows packages of its own elsewhere.
    folder = [sysconfig.get_path("purelib")]
    distributions = importlib.metadata.distributions(path=folder)
    installed = [distribution.metadata["Name"] for distribution in distributions]
    assert SETUP.find_strangers(installed, LOCKS) == []


def test_nothing_unexpected_runs_when_python_starts() -> None:
    names = {path.name for path in Path(sysconfig.get_path("purelib")).glob("*.pth")}
    assert not {name for name in names if not START_UP_FILES.fullmatch(name)}
