"""How many processors a model may use, what they compute fast, and that it leaves them to others while it waits."""

import os
from functools import cache
from pathlib import Path
from typing import Final

WAITING: Final = ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT", "KMP_BLOCKTIME")  # the variables that say how OpenMP's threads wait
SPINS: Final = "3000"  # GNU OpenMP's default is 300,000; measured for 0 to 1,000,000


def spin_briefly() -> None:
    """Lets OpenMP's threads sleep after a short wait for each other, unless somebody has said how they are to wait.

    By default they spin for long. Where another process has one of the processors, each step then waits for a thread that
    is not running while the other burns its time: see "Threads that spin briefly" in docs/decisions.md. To be called before
    torch or CTranslate2 are imported; later it changes nothing.
    """
    if not any(name in os.environ for name in WAITING):
        os.environ["GOMP_SPINCOUNT"] = SPINS


def available_processors() -> int:
    """The processors that this process may use: its affinity and, in a container, its CPU quota."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text(encoding="ascii").split()
        return count if quota == "max" else max(1, min(count, int(quota) // int(period)))
    except (OSError, ValueError):
        return count


@cache
def computes_bfloat16() -> bool:
    """True if this processor multiplies matrices of bfloat16 faster than of float32 (AVX512_BF16 or AMX)."""
    import torch

    found = torch.cpu.get_capabilities()
    return bool(found.get("avx512_bf16") or found.get("amx_bf16"))
