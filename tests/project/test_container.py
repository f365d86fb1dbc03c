"""The container's files, read as text, and the set-up script that the image is built with. Nothing
here needs Docker."""

import fnmatch
import importlib.util
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from service import __version__

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
COMPOSE = (ROOT / "compose.yaml").read_text(encoding="utf-8")


def _instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions: name and arguments, with continued lines joined."""
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    text = "\n".join(line for line in lines if not line.lstrip().startswith("#"))
    joined = re.sub(r"\\\n\s*", " ", text)
    pairs = [line.split(None, 1) for line in joined.splitlines() if line.strip()]
    return [(name.upper(), arguments) for name, arguments in pairs]


INSTRUCTIONS = _instructions()
LAST_FROM = max(place for place, (name, _) in enumerate(INSTRUCTIONS) if name == "FROM")
FINAL = INSTRUCTIONS[LAST_FROM:]


def _arguments_of(name: str, instructions: list[tuple[str, str]] = FINAL) -> str:
    """The arguments of the instruction `name`, which is there once."""
    matches = [arguments for each, arguments in instructions if each == name]
    assert len(matches) == 1, f"{name} is there {len(matches)} times"
    return matches[0]


def _health_command() -> list[str]:
    """The health check's command, which is in exec form."""
    _, command = _arguments_of("HEALTHCHECK").split(" CMD ", 1)
    words: list[str] = json.loads(command)
    return words


# ---- Dockerfile


def test_both_stages_start_from_one_base_that_can_be_replaced() -> None:
    assert INSTRUCTIONS[0][0] == "ARG"
    name, default = INSTRUCTIONS[0][1].split("=")
    froms = [arguments.split()[0] for each, arguments in INSTRUCTIONS if each == "FROM"]
    assert len(froms) >= 2
    assert set(froms) == {f"${{{name}}}"}
    assert re.fullmatch(r"python:3\.\d+-slim(-\w+)?", default)


def test_nothing_is_latest_and_nothing_is_fetched_by_hand() -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8") + COMPOSE
    assert not re.search(r":latest\b", text)
    assert not re.search(r"\b(curl|wget)\b", text)
    assert not [arguments for name, arguments in INSTRUCTIONS if name == "ADD"]


def test_the_final_stage_runs_and_installs_nothing() -> None:
    assert "RUN" not in [name for name, _ in FINAL]
    assert _arguments_of("COPY").startswith("--from=build ")


def test_runs_as_a_number_that_is_not_root() -> None:
    user, group = _arguments_of("USER").split(":")
    assert int(user) > 0  # a number, so that Kubernetes' runAsNonRoot can tell
    assert group == "0"  # the group that any --user has by default


def test_entrypoint_and_command_need_no_shell() -> None:
    assert json.loads(_arguments_of("ENTRYPOINT")) == ["/opt/breve/venv/bin/breve"]
    assert json.loads(_arguments_of("CMD")) == ["serve"]
    assert _arguments_of("EXPOSE") == "8000"
    assert "breve" in PROJECT["scripts"]


def test_environment_suits_a_closed_read_only_container() -> None:
    variables = dict(re.findall(r"(\w+)=(\S+)", _arguments_of("ENV")))
    built = next(
        arguments
        for name, arguments in INSTRUCTIONS
        if name == "RUN" and "models.builtin" in arguments
    )
    assert f"BREVE_CACHE={variables['BREVE_CACHE']} " in built
    assert variables["BREVE_HOST"] == "0.0.0.0"
    assert variables["HF_HUB_OFFLINE"] == "1"
    assert variables["PYTHONDONTWRITEBYTECODE"] == "1"


def _run_with(words: str) -> str:
    """The arguments of the one RUN that has these words."""
    return next(
        arguments for name, arguments in INSTRUCTIONS if name == "RUN" and words in arguments
    )


def test_what_only_the_build_needs_never_enters_the_environment() -> None:
    built = _run_with("models.builtin")
    beside = re.search(r"pip install [^&]*--target (\S+) [^&]*/requirements/build\.txt", built)
    assert beside
    assert not beside[1].startswith("/opt/breve")
    assert f"PYTHONPATH={beside[1]} " in built
    assert "build" not in _run_with("scripts/setup.py").split("--extras", 1)[1].split()[0]
    assert re.findall(r"uninstall --quiet --yes ([^&]*?) *&&", built) == ["pip"]


def test_the_image_takes_only_files_with_a_known_hash() -> None:
    installs = re.findall(
        r"pip install [^&]*",
        " ".join(arguments for name, arguments in INSTRUCTIONS if name == "RUN"),
    )
    assert installs
    assert all("--require-hashes" in install and "--no-deps" in install for install in installs)


def test_every_step_that_fetches_knows_the_package_mirror() -> None:
    for words in ("scripts/setup.py", "models.builtin"):
        assert _run_with(words).startswith("--mount=type=secret,id=pip,target=/etc/pip.conf ")


def test_how_to_hold_the_base_by_its_digest_is_said() -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8").split("ARG BASE", 1)[0]
    assert "--build-arg BASE=python:3.11-slim@sha256:" in text


def test_labels_tell_version_and_licences() -> None:
    labels = dict(
        re.findall(r'org\.opencontainers\.image\.(\w+)="([^"]*)"', _arguments_of("LABEL"))
    )
    assert labels["version"] == __version__
    assert labels["description"] == PROJECT["description"]
    assert PROJECT["license"] in labels["licenses"]
    assert "Gemma" in labels["licenses"]


@contextmanager
def _server(status: int) -> Iterator[tuple[int, list[str]]]:
    """A server on this machine that answers everything with `status`: its port and the paths that
    were asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.server_port, asked
        finally:
            server.shutdown()
            thread.join()


def _health(port: int, setting: str | None = None) -> int:
    """The exit status of the image's health check, run here against `port`, where BREVE_PORT says
    so, or says `setting` and `port` is the default; a proxy must not matter to it."""
    python, *rest = _health_command()
    assert python == "/opt/breve/venv/bin/python"
    if setting is not None:
        rest = [word.replace("8000", str(port)) for word in rest]
    environment = {
        **os.environ,
        "BREVE_PORT": str(port) if setting is None else setting,
        "http_proxy": "http://127.0.0.1:9",
    }
    return subprocess.run(
        [sys.executable, *rest], env=environment, capture_output=True, check=False
    ).returncode


@pytest.mark.parametrize(("status", "healthy"), [(200, True), (503, False)])
def test_health_check_asks_whether_the_service_is_ready(status: int, healthy: bool) -> None:
    with _server(status) as (port, asked):
        assert (_health(port) == 0) is healthy
    assert asked == ["/readyz"]


@pytest.mark.parametrize("setting", ["", " "])
def test_health_check_takes_an_empty_port_for_the_default(setting: str) -> None:
    with _server(200) as (port, asked):
        assert _health(port, setting) == 0
    assert asked == ["/readyz"]


def test_what_the_health_check_cannot_know_is_said() -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    beside = text.split("EXPOSE", 1)[0].rsplit("WORKDIR", 1)[1]
    for word in ("BREVE_PORT", "BREVE_HOST", "--no-healthcheck"):
        assert word in beside


def test_health_check_fails_where_nothing_listens() -> None:
    with _closed_port() as port:
        assert _health(port) != 0


# ---- .dockerignore


def _ignored(path: str) -> bool:
    """Whether Docker keeps `path` out of the build: the last line that matches it, or a folder
    above it, decides."""
    parts = path.split("/")
    heads = ["/".join(parts[: count + 1]) for count in range(len(parts))]
    state = False
    for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        pattern = line.removeprefix("!")
        loose = pattern.removeprefix("**/")
        if any(
            _matches(head, pattern) or (loose != pattern and _matches(head.split("/")[-1], loose))
            for head in heads
        ):
            state = not line.startswith("!")
    return state


def _matches(path: str, pattern: str) -> bool:
    return path.count("/") == pattern.count("/") and fnmatch.fnmatchcase(path, pattern)


@pytest.mark.parametrize(
    "path",
    [
        ".git/config", ".venv/bin/python", "tests/project/test_container.py",
        "runs/1/model.safetensors", "README.old", "Dockerfile",
        "service/__pycache__/cli.cpython-311.pyc", "breve.egg-info/PKG-INFO", ".env",
        "service/.env", "scripts/build_image.sh",
    ],
)  # fmt: skip
def test_kept_out_of_the_build(path: str) -> None:
    assert _ignored(path)


def test_let_into_the_build() -> None:
    needed = [
        "pyproject.toml",
        "scripts/setup.py",
        "requirements/base.txt",
        "requirements/torch.txt",
        "service/cli/main.py",
        "service/english/lexicon/glossary.toml",
        "models/checkpoints/catalog.toml",
        "models/builtin/kept_tokens.txt",
        "models/builtin/NOTICE.opus-mt",
    ]
    for path in [*needed, PROJECT["readme"], *PROJECT["license-files"]]:
        assert (ROOT / path).is_file(), path
        assert not _ignored(path), path


# ---- compose.yaml


def _listed(key: str) -> list[str]:
    """The items of the list `key` of the service."""
    listing = re.search(rf"^    {key}:\n((?:      - .*\n)+)", COMPOSE, re.MULTILINE)
    assert listing, f"compose.yaml has no list {key}"
    return [line.strip().removeprefix("- ").strip('"') for line in listing[1].splitlines()]


def test_compose_gives_the_container_next_to_nothing() -> None:
    assert re.search(r"^    read_only: true$", COMPOSE, re.MULTILINE)
    assert _listed("cap_drop") == ["ALL"]
    assert _listed("security_opt") == ["no-new-privileges:true"]
    assert _listed("tmpfs") == [
        "/tmp"
    ]  # torch and the language detector ask for a folder for temporary files
    assert re.search(r"^    mem_limit: \dg$", COMPOSE, re.MULTILINE)
    assert not re.search(r"\b(privileged|cap_add|network_mode|user|volumes):", COMPOSE)


def test_compose_listens_to_this_machine_only_and_keeps_the_health_check() -> None:
    assert _listed("ports") == ["127.0.0.1:8000:8000"]
    assert not re.search(r"^\s*healthcheck:", COMPOSE, re.MULTILINE)
    assert f"image: breve:{__version__}\n" in COMPOSE


# ---- scripts/build_image.sh


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_build_script_is_strict_and_can_be_read_by_bash() -> None:
    script = ROOT / "scripts" / "build_image.sh"
    assert os.access(script, os.X_OK)
    assert "\nset -euo pipefail\n" in script.read_text(encoding="utf-8")
    subprocess.run(["bash", "-n", str(script)], check=True)


# ---- scripts/setup.py


def _setup_script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("breve_setup", ROOT / "scripts" / "setup.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SETUP: Any = _setup_script()


@contextmanager
def _closed_port() -> Iterator[int]:
    """A port at which nobody listens, nor will."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


@pytest.mark.parametrize(("choice", "cpu_index", "from_index"), [
    ("cpu", True, True), ("cpu", False, False), ("cuda", True, False), ("cuda", False, False),
])  # fmt: skip
def test_torch_comes_from_the_cpu_index_only_where_it_should(
    choice: str, cpu_index: bool, from_index: bool
) -> None:
    command = SETUP.torch_command("python", choice, cpu_index)
    assert command[:3] == ["python", "-m", "pip"]
    assert command[command.index("--requirement") + 1] == str(ROOT / "requirements" / "torch.txt")
    assert (command[-2:] == ["--index-url", SETUP.CPU_INDEX]) is from_index
    assert ("--index-url" in command) is from_index


def test_the_oldest_python_is_the_one_of_the_project() -> None:
    assert PROJECT["requires-python"] == ">=" + ".".join(map(str, SETUP.OLDEST))


def test_index_is_reachable_only_if_it_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with _server(200) as (port, asked):
        assert SETUP.reachable(f"http://127.0.0.1:{port}/whl/cpu")
    assert asked == ["/whl/cpu/torch/"]
    with _server(403) as (port, _):
        assert not SETUP.reachable(f"http://127.0.0.1:{port}/whl/cpu")
    with _closed_port() as port:
        assert not SETUP.reachable(f"http://127.0.0.1:{port}/whl/cpu")


def _commands(
    monkeypatch: pytest.MonkeyPatch, words: list[str], answers: bool, torch: str | None = None
) -> list[list[str]]:
    """The commands that the script would run with these arguments, where the CPU index answers or
    does not: for the packages, for torch, for the project."""
    ran: list[list[str]] = []

    class Builder:
        def __init__(self, **options: bool) -> None:
            assert options["with_pip"]

        def create(self, folder: Path) -> None:
            folder.mkdir()

    monkeypatch.setattr(sys, "argv", ["setup.py", *words])
    monkeypatch.setattr(SETUP, "run", lambda step, command, display, log: ran.append(command))
    monkeypatch.setattr(SETUP, "remove_strangers", lambda python, files, log: None)
    monkeypatch.setattr(SETUP, "check_agreement", lambda python, log: None)
    monkeypatch.setattr(SETUP, "DISK_BYTES", 0)
    monkeypatch.setattr(SETUP.venv, "EnvBuilder", Builder)
    monkeypatch.setattr(SETUP, "reachable", lambda _: answers)
    monkeypatch.setenv("BREVE_TORCH", torch) if torch else monkeypatch.delenv(
        "BREVE_TORCH", raising=False
    )
    SETUP.main()
    return ran


def _locks(command: list[str]) -> list[str]:
    """The names of the lock files that a command installs."""
    assert {"--no-deps", "--require-hashes"} <= set(command)
    return [Path(word).stem for word in command if word.endswith(".txt")]


def test_work_on_the_code_gets_the_checkout_with_all_extras(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    packages, torch, project, compiling = _commands(
        monkeypatch, [str(tmp_path / "venv")], answers=True
    )
    assert _locks(packages) == ["base", "dev"]
    assert SETUP.CPU_INDEX in torch
    assert project[-2:] == ["--editable", str(ROOT)]
    assert "--no-deps" in project
    assert SETUP.COMPILING in compiling
    assert all(map(importlib.util.find_spec, SETUP.COMPILED))
    assert (tmp_path / "venv" / ".installed").exists()


BUILD_ARGUMENTS = dict(arguments.split("=", 1) for name, arguments in INSTRUCTIONS if name == "ARG")


@pytest.mark.skipif(shutil.which("sh") is None, reason="needs sh")
@pytest.mark.parametrize(
    ("chosen", "locks"),
    [
        (BUILD_ARGUMENTS["BREVE_EXTRAS"], ["base", "otel"]),
        ("otel,eval", ["base", "otel", "eval"]),
        ("", ["base"]),
    ],
)
def test_the_image_gets_a_copy_without_the_tools_of_development(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, chosen: str, locks: list[str]
) -> None:
    run = next(
        arguments
        for name, arguments in INSTRUCTIONS
        if name == "RUN" and "scripts/setup.py" in arguments
    )
    words = run.split("scripts/setup.py", 1)[1].replace("/opt/breve/venv", str(tmp_path / "venv"))
    done = subprocess.run(
        ["sh", "-c", f"printf '%s\\n' {words}"],
        env={"BREVE_EXTRAS": chosen},
        capture_output=True,
        text=True,
        check=True,
    )
    packages, torch, project = _commands(
        monkeypatch, done.stdout.removesuffix("\n").split("\n"), answers=False
    )
    assert _locks(packages) == locks
    assert "--index-url" not in torch
    assert "--editable" not in project
    assert not {"--no-compile"} & {*packages, *torch, *project}


def test_build_script_and_dockerfile_choose_the_same() -> None:
    script = (ROOT / "scripts" / "build_image.sh").read_text(encoding="utf-8")
    for name in ("BREVE_TORCH", "BREVE_EXTRAS"):
        assert re.search(rf'--build-arg {name}="\$\{{{name}:?-{BUILD_ARGUMENTS[name]}\}}"', script)


def test_cuda_is_taken_from_the_registry(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _, torch, *_ = _commands(monkeypatch, [str(tmp_path / "venv")], answers=True, torch="cuda")
    assert "--index-url" not in torch


def test_an_unknown_torch_is_refused_before_anything_is_made(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with pytest.raises(SystemExit, match="cpu or cuda, not 'gpu'"):
        _commands(monkeypatch, [str(tmp_path / "venv")], answers=True, torch="gpu")
    assert not (tmp_path / "venv").exists()


def test_an_extra_without_a_lock_file_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with pytest.raises(SystemExit, match=r"nothing\.txt is missing.*base, build, dev.*make lock"):
        _commands(monkeypatch, ["--extras", "nothing", str(tmp_path / "venv")], answers=True)
    assert not (tmp_path / "venv").exists()


def test_a_small_disk_is_told_before_anything_is_made(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(SETUP, "DISK_BYTES", 10**18)
    with pytest.raises(SystemExit, match=r"needs 1000000000 GB free in .*, which has"):
        SETUP.check_room(tmp_path / "venv")


PIP_OUTPUT = """\
Ignoring colorama: markers 'sys_platform == "win32"' don't match your environment
Collecting anyio==4.16.0 (from -r base.txt (line 2))
  Downloading anyio-4.16.0-py3-none-any.whl (110 kB)
Requirement already satisfied: click==8.5.1 in ./lib (from -r base.txt (line 5))
Installing collected packages: anyio, numpy
"""


def test_progress_names_what_is_fetched_and_installed(tmp_path: Path) -> None:
    step = SETUP.Step("packages", tmp_path, total=4)
    shown = [step.progress()]
    for line in PIP_OUTPUT.splitlines():
        step.read(line)
        shown.append(step.progress())
    assert shown[2:5] == [
        "packages: fetching 1 of 3, anyio==4.16.0",
        "packages: fetching 1 of 3, anyio==4.16.0",
        "packages: fetching 2 of 3, click==8.5.1",
    ]
    (tmp_path / "anyio-4.16.0.dist-info").mkdir()
    assert (shown[0], step.progress()) == ("packages", "packages: installing 1 of 2")


@pytest.mark.parametrize(("line", "shown"), [
    ("  Downloading https://a.example/torch-2.13.0-cp311.whl (160.3 MB)",
    "torch-2.13.0-cp311.whl (160.3 MB)"),
    ("Processing /wheels/torch-2.13.0-cp311.whl (from -r requirements/torch.txt (line 3))",
    "torch-2.13.0-cp311.whl"),
])  # fmt: skip
def test_progress_names_a_single_file(tmp_path: Path, line: str, shown: str) -> None:
    step = SETUP.Step("torch (cpu)", tmp_path)
    step.read(line)
    assert step.progress() == f"torch (cpu): fetching {shown}"


def test_what_failed_is_shown_and_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = tmp_path / "setup.log"
    command = [sys.executable, "-c", "import sys; print('no matching distribution'); sys.exit(3)"]
    with pytest.raises(
        SystemExit, match=r"packages: failed\.\n(.*\n)*.*no matching distribution\n.*setup\.log"
    ) as raised:
        SETUP.run(SETUP.Step("packages", tmp_path), command, SETUP.Display(count=4), log)
    assert raised.value.code
    assert "no matching distribution" in log.read_text(encoding="utf-8")
    assert capsys.readouterr().err == "[1/4] packages\n"


def test_without_a_terminal_lines_are_plain_and_few(capsys: pytest.CaptureFixture[str]) -> None:
    display = SETUP.Display(count=2)
    display.begin("packages")
    for number in range(100):
        display.show(f"packages: {number}")
    display.end("packages: done")
    assert capsys.readouterr().err == "[1/2] packages\n[1/2] packages: done\n"


def test_what_no_lock_file_names_is_a_stranger(tmp_path: Path) -> None:
    (tmp_path / "base.txt").write_text(
        "# made\nclick==8.5.1 \\\n    --hash=sha256:0\nJinja2==3 ; sys_platform == 'x'\n"
    )
    names = [
        "pip",
        "torch",
        "breve",
        "nvidia-cublas",
        "triton",
        "Click",
        "jinja2",
        "aait",
        "spaCy",
        "typing.extensions",
    ]
    assert SETUP.find_strangers(names, [tmp_path / "base.txt"]) == [
        "aait",
        "spacy",
        "typing-extensions",
    ]
