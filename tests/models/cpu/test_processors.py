"""How the model's threads wait: asleep after a moment, unless somebody has said otherwise; in what
a prompt is multiplied."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from models.cpu import processors

CODE = (
    "import sys, os\n"
    "from models.loading import load_checkpoint\n"
    "try: load_checkpoint('nobody/has-this')\n"
    "except Exception: pass\n"
    "print('torch' in sys.modules, os.environ.get('GOMP_SPINCOUNT'))"
)


@pytest.mark.parametrize(
    ("variables", "spins"),
    [
        ({}, "3000"),
        ({"OMP_WAIT_POLICY": "ACTIVE"}, "None"),
        ({"GOMP_SPINCOUNT": "7"}, "7"),
        ({"KMP_BLOCKTIME": "1"}, "None"),
    ],
)
def test_set_before_torch_is_imported(variables: dict[str, str], spins: str) -> None:
    around = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("OMP_", "GOMP_", "KMP_"))
    }
    done = subprocess.run(
        [sys.executable, "-c", CODE],
        env={**around, **variables, "HF_HUB_OFFLINE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == ["False", spins], done.stderr


@pytest.mark.parametrize(
    ("instructions", "vendor", "used"),
    [
        ({"avx512_bf16": True}, "vendor_id : AuthenticAMD", True),
        ({"avx512_bf16": True}, "vendor_id : GenuineIntel", False),
        ({"avx512_bf16": True}, "", False),
        ({"amx_bf16": True, "avx512_bf16": True}, "vendor_id : GenuineIntel", True),
        ({"avx512_bf16": False, "amx_bf16": False}, "vendor_id : AuthenticAMD", False),
        ({}, "", False),
    ],
)
def test_the_kind_of_processor_decides_on_bfloat16(
    instructions: dict[str, bool], vendor: str, used: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("torch.cpu.get_capabilities", lambda: instructions)
    monkeypatch.setattr(processors, "_vendor", lambda: vendor)
    assert processors.computes_bfloat16.__wrapped__() is used


def test_the_vendor_is_read_where_the_system_tells_it() -> None:
    cpuinfo = Path("/proc/cpuinfo")
    tells = cpuinfo.exists() and "vendor_id" in cpuinfo.read_text(encoding="utf-8")
    assert bool(processors._vendor()) or not tells
