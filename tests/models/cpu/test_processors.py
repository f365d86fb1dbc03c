"""How the model's threads wait: asleep after a moment, unless somebody has said otherwise; in what
a prompt is multiplied."""

import os
import subprocess
import sys

import pytest
import torch

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
    ("instructions", "seconds", "used"),
    [
        ({"avx512_bf16": True}, {torch.float32: 2.0, torch.bfloat16: 1.0}, True),
        ({"avx512_bf16": True}, {torch.float32: 1.0, torch.bfloat16: 2.0}, False),
        ({"amx_bf16": True}, {torch.float32: 1.1, torch.bfloat16: 1.0}, False),
        ({}, {}, False),  # not even tried: emulated it takes minutes
    ],
)
def test_bfloat16_where_it_is_faster(
    instructions: dict[str, bool],
    seconds: dict[torch.dtype, float],
    used: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("torch.cpu.get_capabilities", lambda: instructions)
    monkeypatch.setattr(processors, "_product_seconds", seconds.__getitem__)
    assert processors.computes_bfloat16.__wrapped__() is used


def test_products_are_timed() -> None:
    assert 0 < processors._product_seconds(torch.float32) < 1
