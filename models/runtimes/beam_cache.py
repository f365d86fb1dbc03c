"""A key-value cache for beam search in which all beams of a request share the prompt.

transformers concatenates and reorders its whole cache at every step. With 500 prompt tokens that
costs as much as the model itself. Here each layer writes in place, and only the generated part is
reordered: beams change places within a request, where the prompt is the same.
"""

from typing import Any

import torch
from transformers.cache_utils import Cache, CacheLayerMixin


class _BeamLayer(CacheLayerMixin):  # type: ignore[misc]
    """One layer.

    Buffers have the shape [requests x beams, key heads, prompt + generated tokens, head size].
    """

    is_croppable = False

    def __init__(self, read: Any, beams: int, new_tokens: int) -> None:
        super().__init__()
        self.is_sliding = read.is_sliding
        self._seen = read.get_seq_length()
        self._prompt = self._filled = read.keys.shape[-2]
        self.keys = self._buffer(read.keys, beams, new_tokens)
        self.values = self._buffer(read.values, beams, new_tokens)
        self.is_initialized = True

    @staticmethod
    def _buffer(prompt: torch.Tensor, beams: int, new_tokens: int) -> torch.Tensor:
        rows, heads, tokens, size = prompt.shape
        buffer = prompt.new_empty(rows * beams, heads, tokens + new_tokens, size)
        buffer[:, :, :tokens] = prompt.repeat_interleave(beams, dim=0)
        return buffer

    def lazy_initialization(self, key_states: torch.Tensor, value_states: torch.Tensor) -> None:
        """Nothing to do: the buffers exist from the start."""

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, *_: Any, **__: Any
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Writes the new keys and values [rows, heads, tokens, size]; returns all so far."""
        tokens = key_states.shape[-2]
        end = self._filled + tokens
        self.keys[:, :, self._filled : end] = key_states
        self.values[:, :, self._filled : end] = value_states
        self._filled, self._seen = end, self._seen + tokens
        return self.keys[:, :, :end], self.values[:, :, :end]

    def get_mask_sizes(self, query_length: int) -> tuple[int, int]:
        """How many keys the next step sees, and the position of the first of them."""
        return self._filled + query_length, self._seen - self._filled

    def get_seq_length(self) -> int:
        """How many tokens were read so far, including those that a sliding layer has dropped."""
        return int(self._seen)

    def get_max_length(self) -> int:
        """The buffers' length in tokens."""
        return int(self.keys.shape[-2])

    def reorder_cache(self, beam_idx: torch.Tensor) -> None:
        """Lets row k continue what row `beam_idx[k]` of the same request generated."""
        generated = slice(self._prompt, self._filled)
        self.keys[:, :, generated] = self.keys[:, :, generated].index_select(0, beam_idx)
        self.values[:, :, generated] = self.values[:, :, generated].index_select(0, beam_idx)


class BeamCache(Cache):  # type: ignore[misc]
    """The cache `read` of some prompts, copied for `beams` beams of `new_tokens` new tokens."""

    def __init__(self, read: Cache, beams: int, new_tokens: int) -> None:
        super().__init__(layers=[_BeamLayer(layer, beams, new_tokens) for layer in read.layers])
