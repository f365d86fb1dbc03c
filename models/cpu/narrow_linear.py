"""Linear layers that stay fast with the few rows of a decoding step.

With two to eight rows, the product `x W'` runs at a fifth of the memory bandwidth on CPUs without
AVX-512 (MKL, float32: 4.9 GB/s with four rows). Its transpose `W x'` is three times as fast (15.5
GB/s), with the same sums and the same weights.
"""

from typing import Final

import torch
from torch import nn

# Rows for which the transposed product is fast; measured for 1, 2, 4 and 8 on a Zen 3 server.
BLOCK: Final = 4
MAX_ROWS: Final = 32


class NarrowLinear(nn.Module):
    """A linear layer without bias of the weights [out, in], which are not copied."""

    def __init__(self, weight: torch.Tensor) -> None:
        super().__init__()
        self.weight = weight

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        """Applies the layer to states [..., in]."""
        rows = states.reshape(-1, states.shape[-1])
        if not 1 < len(rows) <= MAX_ROWS:
            return nn.functional.linear(states, self.weight)
        product = torch.cat([(self.weight @ block.t()).t() for block in torch.split(rows, BLOCK)])
        return product.contiguous().view(*states.shape[:-1], -1)


def narrow(model: nn.Module) -> None:
    """Replaces, in place, the linear layers of `model` without bias, in float32 and on a CPU."""
    for module in list(model.modules()):
        for name, child in module.named_children():
            if not isinstance(child, nn.Linear) or child.bias is not None:
                continue
            if child.weight.dtype == torch.float32 and child.weight.device.type == "cpu":
                setattr(module, name, NarrowLinear(child.weight))
