"""Adapters are merged as peft merges them."""

import json
import warnings
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from peft import LoraConfig, PeftModel, get_peft_model

from models.checkpoints.adapters import CONFIG, WEIGHTS, merged
from models.engine import ModelError


def plain_model() -> torch.nn.Module:
    torch.manual_seed(1)
    return torch.nn.ModuleDict({"first": torch.nn.Linear(24, 16), "second": torch.nn.Linear(16, 8)})


@pytest.fixture
def adapter(tmp_path: Path) -> Path:
    """An adapter for both layers that peft has written, of weights that are not zero."""
    model: Any = get_peft_model(
        plain_model(), LoraConfig(r=4, lora_alpha=6, target_modules=["first", "second"])
    )
    for name, weight in model.named_parameters():
        if "lora_" in name:
            torch.nn.init.normal_(weight)
    model.save_pretrained(str(tmp_path))
    return tmp_path


def test_the_sum_is_that_of_peft(adapter: Path) -> None:
    expected = (
        PeftModel.from_pretrained(plain_model(), str(adapter)).merge_and_unload().state_dict()
    )
    ours = merged(plain_model(), adapter).state_dict()
    assert ours.keys() == expected.keys()
    for name, weight in ours.items():
        assert torch.equal(weight, expected[name])
        assert name.endswith("bias") or not torch.equal(weight, plain_model().state_dict()[name])


@pytest.mark.parametrize(
    "change", [{"use_dora": True}, {"rank_pattern": {"first": 2}}, {"peft_type": "LOHA"}]
)
def test_an_adapter_that_needs_another_sum_is_refused(
    adapter: Path, change: dict[str, Any]
) -> None:
    path = adapter / CONFIG
    path.write_text(
        json.dumps(json.loads(path.read_text(encoding="utf-8")) | change), encoding="utf-8"
    )
    with pytest.raises(ModelError, match="no plain LoRA"):
        merged(plain_model(), adapter)


def test_tensors_of_another_kind_are_refused(adapter: Path) -> None:
    tensors = load_file(adapter / WEIGHTS)
    save_file(
        {**tensors, "base_model.model.first.lora_magnitude": torch.ones(1)}, adapter / WEIGHTS
    )
    with pytest.raises(ModelError, match="other tensors than pairs"):
        merged(plain_model(), adapter)
