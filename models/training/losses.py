"""The losses of a packed sequence: cross-entropy of its targets, risk of its candidates."""

from dataclasses import dataclass
from typing import Any, Final

import torch
import torch.nn.functional as F
from torch import nn

from models.training.packing import IGNORED, Packed

# The factor of mean log-probabilities in `risk`. Drawn answers to one article differ by 0.2 to 0.4
# in the mean log-probability of a token.
SHARPNESS: Final = 5.0


@dataclass(frozen=True)
class Losses:
    """The losses of one packed sequence.

    `cross_entropy` is summed over the targets to be learnt, `targets` is the number of their
    tokens, and `risk` is summed over the articles with candidates.
    """

    cross_entropy: torch.Tensor
    targets: int
    risk: torch.Tensor


class TokenLosses(nn.Module):
    """The cross-entropy of tokens, with the output layer `head`."""

    def __init__(self, head: nn.Linear) -> None:
        super().__init__()
        self.head = head

    def forward(self, hidden: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """The loss of each token of `labels` [n] after `hidden` [n, width]: [n], in float32."""
        return F.cross_entropy(self.head(hidden).float(), labels, reduction="none")


def losses_of(model: Any, packed: Packed) -> Losses:
    """The losses of one packed sequence."""
    device = model.device
    windows = {"full_attention": None, "sliding_attention": model.config.sliding_window}
    masks = {kind: packed.mask(window, model.dtype).to(device) for kind, window in windows.items()}
    hidden = model.model(
        input_ids=packed.token[None].to(device),
        position_ids=packed.position[None].to(device),
        attention_mask=masks,
        use_cache=False,
    ).last_hidden_state[0]
    wanted = packed.label != IGNORED
    each = model.token_losses(hidden[wanted.to(device)], packed.label[wanted].to(device))
    branch = packed.branch[wanted].to(device)
    risks = [risk(each, branch, rewards) for rewards in packed.rewards.values()]
    learnt = packed.learnt[wanted].to(device)
    total = torch.stack(risks).sum() if risks else each.new_zeros(())
    return Losses(each[learnt].sum(), int(learnt.sum()), total)


def risk(losses: torch.Tensor, branch: torch.Tensor, rewards: dict[int, float]) -> torch.Tensor:
    """The risk of an article's candidates: minus the expected reward of a drawn candidate.

    A candidate is drawn by how likely the model finds it. Its score is the mean log-probability of
    its tokens, as in the search, times SHARPNESS (Shen et al. 2016). `losses` and `branch` are
    those of all target tokens [n].
    """
    likely = torch.stack([-losses[branch == key].mean() for key in rewards])
    values = torch.tensor(list(rewards.values()), device=losses.device)
    return -(torch.softmax(SHARPNESS * likely, dim=0) * values).sum()
