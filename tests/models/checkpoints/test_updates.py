"""What training changed, in four bits a number."""

from pathlib import Path

import pytest
import torch
from torch import nn

from models.checkpoints.updates import apply_update, pack, save_update, unpack
from models.engine import ModelError


@pytest.mark.parametrize("shape", [(64, 64), (7, 9), (1, 1)])
def test_packed_numbers_are_nearly_those_that_were_packed(shape: tuple[int, int]) -> None:
    torch.manual_seed(0)
    update = 0.01 * torch.randn(shape)
    back = unpack(*pack(update), update.shape)
    assert back.shape == update.shape
    assert (back - update).square().sum() < 0.02 * update.square().sum()


def test_what_did_not_change_stays() -> None:
    nothing = torch.zeros(3, 64)
    assert torch.equal(unpack(*pack(nothing), nothing.shape), nothing)


def test_a_number_takes_four_bits() -> None:
    numbers, scales = pack(torch.randn(128, 64))
    assert numbers.nbytes == 128 * 64 / 2
    assert scales.nbytes == 128 * 2


def changed(model: nn.Module) -> dict[str, torch.Tensor]:
    return {
        name: weight + 0.01 * torch.randn_like(weight) for name, weight in model.named_parameters()
    }


def test_a_model_is_updated_by_what_was_saved(tmp_path: Path) -> None:
    torch.manual_seed(0)
    model = nn.Linear(32, 16, bias=False)
    start, end = {"weight": model.weight.detach().clone()}, changed(model)
    lost = save_update(start, end, tmp_path / "update.safetensors")
    assert 0 < lost < 0.02
    apply_update(model, tmp_path / "update.safetensors")
    torch.testing.assert_close(model.weight, end["weight"], atol=0.004, rtol=0)


@pytest.mark.parametrize("other", [nn.Linear(32, 8, bias=False), nn.Sequential(nn.Linear(32, 16))])
def test_an_update_of_another_model_is_refused(tmp_path: Path, other: nn.Module) -> None:
    model = nn.Linear(32, 16, bias=False)
    save_update(dict(model.named_parameters()), changed(model), tmp_path / "update.safetensors")
    with pytest.raises(ModelError, match="no update of this model"):
        apply_update(other, tmp_path / "update.safetensors")
