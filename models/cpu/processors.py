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
# How often a thread of GNU OpenMP checks for work before it sleeps. The default is 300,000; values
# from 0 to 300,000 were measured.
SPINS: Final = "3000"
# The maker's name in the description of an AMD processor.
AMD: Final = "AuthenticAMD"


def spin_briefly() -> None:
    """Lets OpenMP's threads sleep after a short wait, unless a variable of WAITING is set.

    By default the threads spin for long. If another process occupies one of the processors, each
    step then waits for a thread that is not running: see docs/decisions/threads.md. Call this
    before torch or CTranslate2 are imported; later it changes nothing.
    """
    if not any(name in os.environ for name in WAITING):
        os.environ["GOMP_SPINCOUNT"] = SPINS


def in_thread_of_its_own(work: Callable[[], T], name: str) -> "Future[T]":
    """Does some work in a thread that ends with it.

    When a thread asks for its first product, GNU OpenMP makes helper threads, which live as long as
    that thread. If more helpers live than there are processors, OpenMP makes them wait so briefly
    that they fall asleep between any two products: a summary takes half as long again. So the
    thread that loads a model must end, and so must the thread of each loop but the first.
    """
    outcome: Future[T] = Future()

    def run() -> None:
        try:
            outcome.set_result(work())
        except BaseException as error:
            # The caller who asks for the result gets the error.
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

    Processors with AMX do, and AMD's with AVX512_BF16: Zen 4 and 5 are 2.6 times as fast as in
    float32. Intel's Emerald Rapids without AMX is half as fast. The kind of processor decides, not
    a timing: when other work disturbed a timing, the same article got another summary.
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
    """The least time in seconds that `work` takes in `trials` trials: the least disturbed one."""
    return min(seconds_of(work) for _ in range(trials))


def seconds_of(work: Callable[[], object]) -> float:
    """The time in seconds that `work` takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
