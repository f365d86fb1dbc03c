"""The loss of a translator with a frozen output layer, computed only for the tokens that matter.

The layer of opus-mt has 59,514 rows, most of them for French. Its product with every target token
would be a third of all arithmetic. Here the softmax runs over the tokens of the data's English and
a sample of the other tokens. The sample is drawn anew for each batch, so that no other token
becomes likely unnoticed.
"""

from typing import Any, Final

import torch

# How many tokens that the data lacks are sampled for each batch.
SAMPLED: Final = 4_096
# The number of target tokens whose logits are held at a time. They stay in the processor's cache.
CHUNK: Final = 512


class OutputLayer:
    """Rows of a frozen output layer: `weight` [tokens, width] and `bias` [tokens]."""

    def __init__(self, weight: torch.Tensor, bias: torch.Tensor, known: torch.Tensor) -> None:
        """`known` [n] are the ids of the tokens that the data has."""
        self._weight, self._bias, self._known = weight.detach(), bias.detach().float(), known
        self._place = torch.full((len(weight),), -1)
        self._place[known] = torch.arange(len(known))
        self._others = (self._place < 0).nonzero()[:, 0]

    def loss(self, hidden: torch.Tensor, target: torch.Tensor, smoothing: float) -> torch.Tensor:
        """The mean smoothed cross-entropy of the token ids `target` [n] after `hidden` [n, width].

        Raises ValueError if a target is not one of the data's tokens.
        """
        place = self._place[target]
        if bool((place < 0).any()):
            raise ValueError("A target token is none of the known ones.")
        drawn = self._others[torch.randperm(len(self._others))[:SAMPLED]]
        rows = torch.cat([self._known, drawn])
        layer = (self._weight[rows], self._bias[rows])
        apply: Any = _Smoothed.apply
        result: torch.Tensor = apply(hidden, place, layer, smoothing)
        return result


class _Smoothed(torch.autograd.Function):
    """Computes the gradient beside the loss, chunk by chunk: no more logits than one chunk's live
    at a time."""

    @staticmethod
    def forward(
        ctx: Any,
        hidden: torch.Tensor,
        place: torch.Tensor,
        layer: tuple[torch.Tensor, torch.Tensor],
        smoothing: float,
    ) -> torch.Tensor:
        """The mean loss. `layer` holds the rows of weights and biases."""
        weight, bias = layer
        gradient = torch.empty_like(hidden)
        total = torch.zeros((), dtype=torch.float32)
        for start in range(0, len(hidden), CHUNK):
            part = slice(start, start + CHUNK)
            log_likely = torch.log_softmax((hidden[part] @ weight.t()).float() + bias, dim=1)
            wanted = place[part, None]
            total -= (1 - smoothing) * log_likely.gather(1, wanted).sum()
            total -= smoothing * log_likely.mean(1).sum()
            of_logits = log_likely.exp_().sub_(smoothing / len(weight))
            of_logits.scatter_add_(
                1, wanted, torch.full(wanted.shape, smoothing - 1, dtype=torch.float32)
            )
            gradient[part] = of_logits.to(hidden.dtype) @ weight
        ctx.save_for_backward(gradient / len(hidden))
        return total / len(hidden)

    @staticmethod
    def backward(ctx: Any, *gradients: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        """The gradient of `hidden`."""
        (gradient,) = ctx.saved_tensors
        return gradient * gradients[0].to(gradient.dtype), None, None, None
