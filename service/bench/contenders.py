"""The services that are compared, and how one of them is started, watched and stopped."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import httpx

from service.bench.texts import BenchError

START_SECONDS: Final = 600  # on a busy machine; a quiet one takes under 30
STOP_SECONDS: Final = 20
POLL_SECONDS: Final = 0.05
LOG_LINES: Final = 5  # of a service that failed, shown in the error
# Contenders get these settings of the user, and no others, which could make runs differ.
KEPT_SETTINGS: Final = ("BREVE_CACHE", "BREVE_THREADS")


@dataclass(frozen=True)
class Contender:
    """A service with `POST /summarize` and `GET /readyz`.

    `command` starts it; `--port` and a port are added. `prepare` is run first and is not timed. In
    both, "{folder}" stands for a folder that is removed afterwards. `one_at_a_time` says that the
    service works on one article at a time, so that several clients bring no more speed than one.
    """

    name: str
    about: str
    command: tuple[str, ...]
    prepare: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    one_at_a_time: bool = False


def _breve(name: str, runtime: str, about: str) -> Contender:
    program = (sys.executable, "-P", "-c", "from service.cli.main import main; main()")
    command = (*program, "serve", "--host", "127.0.0.1")
    settings = {
        "BREVE_RUNTIME": runtime,
        "BREVE_CACHE_BYTES": "0",
        "BREVE_QUEUE_SIZE": "64",
        "BREVE_DEADLINE_SECONDS": "3600",
        "BREVE_LOG_LEVEL": "warning",
    }
    return Contender(name, about, command, environment=settings)


def _plain(size: str, about: str) -> Contender:
    python = (sys.executable, "-P", "-W", "ignore", "-m")
    prepare = (*python, "service.bench.checkpoints", size, "{folder}")
    command = (*python, "service.bench.plain", "{folder}")
    return Contender(f"plain-{size}", about, command, prepare, one_at_a_time=True)


OURS: Final = "breve"
CONTENDERS: Final = (
    _breve(OURS, "auto", "breve serve, the built-in model, the fastest runtime"),
    _breve("breve-torch", "torch", "breve serve, the built-in model, transformers"),
    _plain(
        "mt5-base",
        "FastAPI and transformers, float32, beam 4: mT5-base and opus-mt sizes, 512 tokens in, 60 "
        "out",
    ),
    _plain(
        "barthez",
        "FastAPI and transformers, float32, beam 4: BARThez and opus-mt sizes, 768 tokens in, 45 "
        "out",
    ),
)


@dataclass(frozen=True)
class Server:
    """A running contender. `started` is the `time.perf_counter` at which its process began."""

    name: str
    url: str
    process: "subprocess.Popen[bytes]"
    log: Path
    started: float

    def wait_until_ready(self) -> None:
        """Returns when the contender takes work. Raises BenchError if it ends or takes too long."""
        while time.perf_counter() - self.started < START_SECONDS:
            self.check()
            try:
                if httpx.get(f"{self.url}/readyz", timeout=5, trust_env=False).is_success:
                    return
            except httpx.TransportError:
                pass
            time.sleep(POLL_SECONDS)
        raise BenchError(
            f"not ready after {START_SECONDS} s. Its last words: {last_lines(self.log)}"
        )

    def check(self) -> None:
        """Raises BenchError if the process has ended."""
        status = self.process.poll()
        if status is not None:
            raise BenchError(
                f"the process ended with status {status}. Its last words: {last_lines(self.log)}"
            )

    def peak_mb(self) -> float | None:
        """Returns the peak memory of the process and its descendants, added up, in MB.

        None if the system does not tell it.
        """
        try:
            processes = [self.process.pid, *_descendants(self.process.pid)]
            return sum(map(_peak_kb, processes)) * 1024 / 1e6
        except (OSError, ValueError):
            return None


def prepare(contender: Contender, folder: Path) -> None:
    """Runs the contender's `prepare` command, if it has one. Raises BenchError if that fails."""
    if not contender.prepare:
        return
    command = _insert_folder(contender.prepare, folder)
    process = subprocess.run(
        command, capture_output=True, check=False, env=environment_of(contender)
    )
    if process.returncode:
        lines = process.stderr.decode(errors="replace").strip().splitlines()
        reason = " | ".join(lines[-LOG_LINES:])
        raise BenchError(
            f"its checkpoint could not be made (status {process.returncode}): {reason}"
        )


@contextmanager
def running(contender: Contender, folder: Path) -> Iterator[Server]:
    """Starts the contender, and stops it at the end of the block, also after an error."""
    log = folder / "log.txt"
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [*_insert_folder(contender.command, folder), "--port", str(port)]
    started = time.perf_counter()
    with log.open("wb") as out:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            env=environment_of(contender),
            start_new_session=True,
        )
    try:
        yield Server(contender.name, f"http://127.0.0.1:{port}", process, log, started)
    finally:
        _stop(process)


@contextmanager
def exit_on_terminate() -> Iterator[None]:
    """Makes SIGTERM end the block like an exception, so that no started process is left behind."""
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def environment_of(contender: Contender | None = None) -> dict[str, str]:
    """Returns the environment of a process that is measured: see KEPT_SETTINGS."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("BREVE_") or name in KEPT_SETTINGS
    }
    return {**kept, "HF_HUB_OFFLINE": "1", **(contender.environment if contender else {})}


def last_lines(log: Path) -> str:
    """Returns the last lines of a process's log, joined into one."""
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return " | ".join(lines[-LOG_LINES:]) or "none"


def _stop(process: "subprocess.Popen[bytes]") -> None:
    """Ends the process and all processes of its group."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, sign)
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            continue
        except ProcessLookupError:
            process.wait()
            return


def _insert_folder(command: tuple[str, ...], folder: Path) -> list[str]:
    return [part.replace("{folder}", str(folder)) for part in command]


def _peak_kb(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))


def _descendants(pid: int) -> list[int]:
    """Returns the ids of a process's children, of their children, and so on."""
    children = [
        int(child)
        for task in Path(f"/proc/{pid}/task").iterdir()
        for child in (task / "children").read_text().split()
    ]
    return children + [grandchild for child in children for grandchild in _descendants(child)]
