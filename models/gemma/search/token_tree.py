"""The tokens that may continue a prompt, as a tree.

Answers that begin alike share their beginning. Tokens that were guessed in vain make room again.
"""

from bisect import bisect
from collections.abc import Collection
from typing import Final

import torch

LOCAL: Final = "sliding_attention"


class TokenTree:
    """The tokens of one request under way.

    All answers share the `prompt` tokens; up to `room` tokens follow these. Each token has a slot
    of the cache. The tokens of the prompt have the first slots. Local layers see `window` tokens
    back.
    """

    def __init__(self, prompt: int, room: int, window: int) -> None:
        self._prompt, self._window = prompt, window
        # How many slots are looked at. All slots behind them are free.
        self.slots = prompt
        # The tokens that the model has not read yet, and their slots.
        self.new: list[tuple[int, int]] = []
        # The free slots, sorted.
        self._free = list(range(prompt, prompt + room))
        # Of each slot, the slots that its token sees: its past, and itself.
        self._seen = torch.zeros(prompt + room, prompt + room, dtype=torch.bool)
        self._seen[:, :prompt] = True
        # Where in the text the token of each slot stands.
        self._position = list(range(prompt + room))

    def add(self, token: int, before: int | None) -> int:
        """Adds a token behind that in slot `before`, or behind the prompt; returns its slot.

        The slot is the first free one behind that of the token before, else the first free one of
        all. So the past of a token nearly always lies in the order of the text. Attention then sums
        over the past in that order, whatever else was guessed.
        """
        behind = bisect(self._free, -1 if before is None else before)
        slot = self._free.pop(behind % len(self._free))
        if before is None:
            self._seen[slot, self._prompt :] = False
            self._position[slot] = self._prompt
        else:
            self._seen[slot] = self._seen[before]
            self._position[slot] = self._position[before] + 1
        self._seen[slot, slot] = True
        self.new.append((token, slot))
        self.slots = max(self.slots, slot + 1)
        return slot

    def read(self) -> list[tuple[int, int]]:
        """Returns the new tokens, and counts them as read."""
        tokens, self.new = self.new, []
        return tokens

    def keep(self, slots: Collection[int]) -> None:
        """Frees all slots behind the prompt but `slots`."""
        kept = set(slots)
        self.slots = max(kept, default=self._prompt - 1) + 1
        self._free = [slot for slot in range(self._prompt, len(self._position)) if slot not in kept]

    @property
    def positions(self) -> torch.Tensor:
        """Where in the text the new tokens stand [new]."""
        return torch.tensor([self._position[slot] for _, slot in self.new])

    def first(self, kind: str) -> int:
        """The first slot that new tokens may see in a layer of this kind."""
        nearest = min(self._position[slot] for _, slot in self.new)
        return min(self._prompt, max(0, nearest + 1 - self._window)) if kind == LOCAL else 0

    def visible(self, kind: str) -> torch.Tensor:
        """Which slots the new tokens see in a layer of this kind, bool [new, slots]."""
        seen = self._seen[[slot for _, slot in self.new], : self.slots]
        positions = self.positions[:, None]
        if kind != LOCAL or int(positions.max()) < self._window:
            return seen
        return seen & (torch.tensor(self._position[: self.slots]) > positions - self._window)
