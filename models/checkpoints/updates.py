"""Stores the changes of a model's matrices in training, in four bits a number.

Numbers are taken in groups of GROUP, in the order in which they lie. A group has one scale, in
float16, and whole numbers from -7 to 7. Of a few scales, the one with the least squared error is
used. Two numbers share a byte.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import torch
from safetensors.torch import load_file, save_file

from models.engine import ModelError

GROUP: Final = 64
MOST: Final = 7
# MOST may stand for one of these shares of a group's largest number. A smaller share cuts the
# largest numbers, and rounds the others less.
CLIPS: Final = (1.0, 0.9, 0.8, 0.7, 0.6)
NUMBERS, SCALES = ".numbers", ".scales"


def pack(update: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """The numbers of `update`, uint8 [groups, GROUP / 2], and its scales, float16 [groups]."""
    flat = update.detach().float().flatten()
    groups = torch.nn.functional.pad(flat, (0, -len(flat) % GROUP)).view(-1, GROUP)
    largest = groups.abs().amax(1, keepdim=True).clamp(min=1e-12)
    scales = torch.stack([(clip * largest / MOST).half().float() for clip in CLIPS])
    scales = scales.clamp(min=torch.finfo(torch.float16).tiny)
    rounded = (groups / scales).round().clamp(-MOST, MOST)
    best = (rounded * scales - groups).square().sum(2).argmin(0)
    chosen = torch.arange(len(groups))
    numbers = (rounded[best, chosen] + MOST).to(torch.uint8)
    return numbers[:, 0::2] | numbers[:, 1::2] << 4, scales[best, chosen, 0].half()


def unpack(numbers: torch.Tensor, scales: torch.Tensor, shape: torch.Size) -> torch.Tensor:
    """The update of this shape, in float32."""
    both = torch.stack([numbers & 15, numbers >> 4], dim=2).flatten(1)
    values = (both.float() - MOST) * scales.float()[:, None]
    return values.flatten()[: shape.numel()].view(shape)


def save_update(
    start: Mapping[str, torch.Tensor], end: Mapping[str, torch.Tensor], path: Path
) -> float:
    """Writes the change from the matrices of `start` to those of `end`.

    Returns the share of the change that is lost: the squared error over the sum of squares.
    """
    tensors: dict[str, torch.Tensor] = {}
    lost = total = 0.0
    for name, weight in end.items():
        update = (weight - start[name]).detach().float()
        numbers, scales = pack(update)
        tensors[name + NUMBERS], tensors[name + SCALES] = numbers, scales
        lost += float((unpack(numbers, scales, update.shape) - update).square().sum())
        total += float(update.square().sum())
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(tensors, path, metadata={"format": "pt"})
    return lost / (total or 1.0)


def apply_update(model: Any, path: Path) -> None:
    """Adds the update in `path` to the matrices of `model`, in place.

    Raises ModelError if it is for another model.
    """
    tensors = load_file(path)
    weights = dict(model.named_parameters())
    names = {name.removesuffix(NUMBERS) for name in tensors if name.endswith(NUMBERS)}
    expected = {name + suffix for name in names for suffix in (NUMBERS, SCALES)}
    if not names <= weights.keys() or tensors.keys() != expected:
        raise ModelError("{path} is no update of this model.", path=path)
    with torch.no_grad():
        for name in sorted(names):
            weight, numbers = weights[name], tensors[name + NUMBERS]
            if numbers.numel() * 2 != -(-weight.numel() // GROUP) * GROUP:
                raise ModelError(
                    "{path} is no update of this model: {name} has another size.",
                    path=path,
                    name=name,
                )
            weight += unpack(numbers, tensors[name + SCALES], weight.shape).to(weight.dtype)
