"""Packs examples into one sequence, nearly without padding.

Targets that share a source do not see each other.
"""

from dataclasses import dataclass, field
from typing import Final

import torch

from models.training.examples import BOS, EOS, MAX_TARGET_TOKENS, Encode, Example

IGNORED: Final = -100
# Sequences are padded to a multiple of this many tokens. oneDNN compiles code for each number of
# rows. That takes time (0.8 s for the training of 480 tokens), and the code stays in its cache (1
# MB a product in bfloat16 with AMX: 800 MB after 240 articles).
ROUNDING: Final = 64


@dataclass(frozen=True)
class Packed:
    """Examples laid end to end. All tensors have the shape [tokens].

    - `label`: the next token of a target, or IGNORED.
    - `document`: the number of the example.
    - `branch`: 0 for a source, and 1, 2, … for the targets of all examples.
    - `position`: counts from the start of the example's source.
    - `rewards`: the rewards of the branches that have one, by document and branch.
    """

    token: torch.Tensor
    label: torch.Tensor
    document: torch.Tensor
    branch: torch.Tensor
    position: torch.Tensor
    rewards: dict[int, dict[int, float]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.token)

    @property
    def learnt(self) -> torch.Tensor:
        """Which places have a target token that is to be learnt as it stands, bool [tokens]."""
        branches = [branch for rewards in self.rewards.values() for branch in rewards]
        rewarded = torch.isin(self.branch, torch.tensor(branches, dtype=self.branch.dtype))
        return (self.label != IGNORED) & ~rewarded

    def visible(self, window: int | None = None) -> torch.Tensor:
        """The keys that each query may attend to, bool [1, 1, tokens, tokens].

        A token sees itself and earlier tokens of its source and its target, less than `window`
        positions back.
        """
        order = torch.arange(len(self))
        mask = order[:, None] >= order[None, :]
        mask &= self.document[:, None] == self.document[None, :]
        mask &= (self.branch[None, :] == 0) | (self.branch[:, None] == self.branch[None, :])
        if window is not None:
            mask &= self.position[:, None] - self.position[None, :] < window
        return mask[None, None]

    def mask(self, window: int | None, dtype: torch.dtype) -> torch.Tensor:
        """`visible` as numbers to add to the scores: 0, or the least number of `dtype`."""
        zeros = torch.zeros(1, 1, len(self), len(self), dtype=dtype)
        return zeros.masked_fill_(~self.visible(window), torch.finfo(dtype).min)


def _encode(
    example: Example, encode: Encode, window: int
) -> list[tuple[list[int], list[int], int]]:
    """The example as (tokens, labels, start position) of its source and of each of its targets."""
    source = [*encode(BOS), *encode(example.source)[:window]]
    pieces = [(source, [IGNORED] * len(source), 0)]
    for branch in example.branches:
        marker = encode(branch.marker)
        target = [*encode(" " + branch.target)[:MAX_TARGET_TOKENS], *encode(EOS)]
        tokens = marker + target[:-1]
        labels = [IGNORED] * (len(marker) - 1) + target
        pieces.append((tokens, labels, len(source)))
    return pieces


def pack(examples: list[Example], encode: Encode, window: int) -> Packed:
    """Lays `examples` end to end, each source cut at `window` tokens."""
    columns: list[list[int]] = [[], [], [], [], []]
    rewards: dict[int, dict[int, float]] = {}
    branches = 0
    for number, example in enumerate(examples):
        # The first piece is the source, the others are the branches.
        for piece, (tokens, labels, start) in enumerate(_encode(example, encode, window)):
            size = len(tokens)
            key = branches + piece if piece else 0
            reward = example.branches[piece - 1].reward if piece else None
            if reward is not None:
                rewards.setdefault(number, {})[key] = reward
            rows = (tokens, labels, [number] * size, [key] * size, list(range(start, start + size)))
            for column, row in zip(columns, rows, strict=True):
                column.extend(row)
        branches += len(example.branches)
    missing = -len(columns[0]) % ROUNDING
    for column, filler in zip(columns, (0, IGNORED, len(examples), 0, 0), strict=True):
        column.extend([filler] * missing)
    token, label, document, branch, position = (
        torch.tensor(column, dtype=torch.long) for column in columns
    )
    return Packed(token, label, document, branch, position, rewards)
