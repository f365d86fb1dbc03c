"""The processors that a model may use, what they compute fast, and how its threads wait."""

import os
import platform
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from functools import cache
from pathlib import Path
from typing import Final, TypeVar

T = TypeVar("T")
# The variables that say how OpenMP's threads wait.
WAITING: Final = ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT", "KMP_BLOCKTIME")
# GNU OpenMP's default is 300,000; measured for 0 to 300,000.
SPINS: Final = "3000"
# In what a processor of AMD says of its maker.
AMD: Final = "AuthenticAMD"


def spin_briefly() -> None:
    """Lets OpenMP's threads sleep after a short wait, unless a variable of WAITING is set.

    By default they spin for long. Where another process has one of the processors, each step then
    waits for a thread that is not running: see docs/decisions/threads.md. To be called before torch
    or CTranslate2 are imported; later it changes nothing.
    """
    if not any(name in os.environ for name in WAITING):
        os.environ["GOMP_SPINCOUNT"] = SPINS


def in_thread_of_its_own(work: Callable[[], T], name: str) -> "Future[T]":
    """Does some work in a thread that ends with it.

    GNU OpenMP keeps the threads of a product as long as the thread lives that asked for the first
    product. Where more of them live than there are processors, it lets them wait so shortly that
    they fall asleep between any two products: a summary takes half as long again. So the thread
    that loads a model must end, and that of each loop but the first.
    """
    outcome: Future[T] = Future()

    def run() -> None:
        try:
            outcome.set_result(work())
        except BaseException as error:
            # Whoever asks for the result gets it.
            outcome.set_exception(error)

    threading.Thread(target=run, name=name, daemon=True).start()
    return outcome


def available_processors() -> int:
    """The processors that this process may use: its affinity and, in a container, its CPU quota."""
    count = (
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text(encoding="ascii").split()
        return count if quota == "max" else max(1, min(count, int(quota) // int(period)))
    except (OSError, ValueError):
        return count


@cache
def computes_bfloat16() -> bool:
    """True if this processor multiplies matrices of bfloat16 much faster than of float32.

    AMX does, and AVX512_BF16 on AMD's processors: Zen 4 and 5 are 2.6 times as fast as in float32.
    On Intel's Emerald Rapids without AMX it is half as fast. The kind of processor decides, no
    timing: where other work disturbed that, the same article had another summary.
    """
    import torch

    capabilities = torch.cpu.get_capabilities()
    return bool(
        capabilities.get("amx_bf16") or (capabilities.get("avx512_bf16") and AMD in _vendor())
    )


def _vendor() -> str:
    """Text that names the maker of this processor."""
    try:
        with Path("/proc/cpuinfo").open(encoding="utf-8") as lines:
            return next((line for line in lines if line.startswith("vendor_id")), "")
    except OSError:
        return platform.processor()  # On Windows "AMD64 Family 25 Model 97, AuthenticAMD"


def least_seconds(work: Callable[[], object], trials: int) -> float:
    """The least time that `work` takes in some trials: other processes disturb it least."""
    return min(seconds_of(work) for _ in range(trials))


def seconds_of(work: Callable[[], object]) -> float:
    """How long `work` takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
