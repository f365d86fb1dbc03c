"""How many processors a model may use, and what they compute fast."""

import os
from functools import cache
from pathlib import Path


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
