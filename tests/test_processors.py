"""How the model's threads wait: asleep after a moment, unless somebody has said otherwise."""

import os
import subprocess
import sys

import pytest

CODE = (
    "import sys, os\n"
    "from models.loading import load_checkpoint\n"
    "try: load_checkpoint('nobody/has-this')\n"
    "except Exception: pass\n"
    "print('torch' in sys.modules, os.environ.get('GOMP_SPINCOUNT'))"
)


@pytest.mark.parametrize(
    ("given", "spins"),
    [
        ({}, "3000"),
        ({"OMP_WAIT_POLICY": "ACTIVE"}, "None"),
        ({"GOMP_SPINCOUNT": "7"}, "7"),
        ({"KMP_BLOCKTIME": "1"}, "None"),
    ],
)
def test_set_before_torch_is_imported(given: dict[str, str], spins: str) -> None:
    around = {name: value for name, value in os.environ.items() if not name.startswith(("OMP_", "GOMP_", "KMP_"))}
    done = subprocess.run(
        [sys.executable, "-c", CODE], env={**around, **given, "HF_HUB_OFFLINE": "1"}, capture_output=True, text=True, check=False
    )
    assert done.stdout.split() == ["False", spins], done.stderr
