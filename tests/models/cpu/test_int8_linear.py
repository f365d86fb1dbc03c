"""Weights are rounded part by part: the same numbers, and no float32 copy of a whole matrix."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from models.cpu.int8_linear import PART, Int8Linear, kernels

pytestmark = pytest.mark.skipif(kernels() != "onednn", reason="another library's products")

SIZE = 640
WEIGHT = torch.randn(3 * PART // SIZE, SIZE, generator=torch.Generator().manual_seed(1))


class _LargestFloat32(TorchDispatchMode):  # type: ignore[no-untyped-call]  # torch is not typed there
    """Notes how many numbers the largest float32 tensor has that is made inside the block."""

    numbers = 0

    def __torch_dispatch__(
        self, made_by: Callable[..., Any], _: Any, args: Iterable[Any] = (), kwargs: Any = None
    ) -> Any:
        result = made_by(*args, **(kwargs or {}))
        if isinstance(result, torch.Tensor) and result.dtype is torch.float32:
            self.numbers = max(self.numbers, result.numel())
        return result


@pytest.mark.parametrize("block", [1, 128])
def test_no_whole_matrix_is_made_in_float32(block: int) -> None:
    with _LargestFloat32() as largest:  # type: ignore[no-untyped-call]
        Int8Linear(WEIGHT.to(torch.bfloat16), precision=torch.int8, fine=False, block=block)
    assert 0 < largest.numbers <= PART


@pytest.mark.parametrize("block", [1, 128])
def test_parts_change_no_number(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    before = WEIGHT.clone()
    in_parts = Int8Linear(WEIGHT, precision=torch.int8, fine=False, block=block)
    monkeypatch.setattr("models.cpu.int8_linear.PART", WEIGHT.numel())
    whole = Int8Linear(WEIGHT, precision=torch.int8, fine=False, block=block)
    states = torch.randn(5, SIZE, generator=torch.Generator().manual_seed(2))
    assert torch.equal(in_parts(states), whole(states))
    assert torch.equal(before, WEIGHT)
