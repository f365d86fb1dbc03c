"""Memory that is freed goes back to the system (glibc only)."""

import os
import platform
import subprocess
import sys

import pytest

from models.cpu.memory import SETTINGS

pytestmark = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library")

# Blocks of 2 MB are made and freed twice, a tenth of the second ones stays in between; printed is
# what stays besides, in MB.
SCRIPT = """
import contextlib, sys
import numpy as np
from models.cpu.memory import compact_loading

def resident():
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * 4096 / 1e6

before = resident()
with compact_loading() if sys.argv[1] == "compact" else contextlib.nullcontext():
    for _ in range(2):
        blocks = [np.ones(2_000_000, np.uint8) for _ in range(100)]
        kept = blocks[::10]
        del blocks
print(resident() - before - 20)
"""


def left_over(mode: str, **variables: str) -> float:
    environment = {
        name: value for name, value in os.environ.items() if name not in SETTINGS
    } | variables
    command = [sys.executable, "-c", SCRIPT, mode]
    return float(
        subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    )


def test_what_is_freed_while_loading_does_not_stay() -> None:
    assert left_over("plain") > 100
    assert left_over("compact") < 20


def test_somebody_elses_settings_are_left_alone() -> None:
    assert left_over("compact", MALLOC_MMAP_THRESHOLD_="33554432") > 100
