"""The compiled sums of a decoding step: the same numbers as torch's, and none needed."""

import logging
import os
import subprocess
import sys
import threading
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from models.checkpoints.config_files import CONFIG, read_object
from models.cpu.int8_linear import Int8Linear, kernels
from models.cpu.rotation import rotated
from models.gemma import step_kernels
from models.gemma.cache import UNSEEN, plain_softmax
from models.gemma.compiled_layers import LEAST_ROWS, compiled_layers
from models.gemma.decoder import Gemma3
from models.gemma.search.next_tokens import plain_log_totals
from tests.models.runtimes.test_transformers_engine import SLIDING_WINDOW, save_gemma

pytestmark = pytest.mark.skipif(
    kernels() is None, reason="torch has no int8 products for this processor"
)
BEAMS = 3


def model(folder: Path, always: bool = False, **shape: int) -> Gemma3:
    save_gemma(folder, num_attention_heads=4, **shape)
    linear = partial(Int8Linear, precision=torch.int8 if always else None)
    return Gemma3(read_object(folder / CONFIG), load_file(folder / "model.safetensors"), linear)


def logits(decoder: Gemma3) -> list[torch.Tensor]:
    """Of three steps of two requests, one of them beyond the local window."""
    steps = []
    with torch.inference_mode():
        cache = decoder.cache(2, 2 * SLIDING_WINDOW + BEAMS * 3)
        trees = [
            decoder.read(list(range(3, 3 + length)), BEAMS * 3, cache)
            for length in (2 * SLIDING_WINDOW - 1, 1)
        ]
        slots: list[list[int | None]] = [[None] * BEAMS] * 2
        for step in range(3):
            slots = [
                [tree.add(5 + k + step, before) for k, before in enumerate(last)]
                for tree, last in zip(trees, slots, strict=True)
            ]
            steps.append(
                torch.stack(
                    [
                        row
                        for tree in decoder.step(cache)
                        for following in tree
                        for row in following.logits
                    ]
                )
            )
            slots = [[last[2], last[0], last[0]] for last in slots]
    return steps


@pytest.mark.parametrize("always", [False, True])
@pytest.mark.parametrize("key_heads", [1, 2])
def test_compiled_layers_give_the_logits_of_plain_ones(
    tmp_path: Path, key_heads: int, always: bool
) -> None:
    """Of steps, and where bytes are multiplied whatever the number of rows (`always`) of prompts
    too."""
    decoder = model(tmp_path, always, num_key_value_heads=key_heads)
    assert decoder._compiled is not None
    compiled = logits(decoder)
    decoder._compiled = None
    for row, expected in zip(compiled, logits(decoder), strict=True):
        # Not equal: where a number lies between two levels, another order of sums takes the other
        # one.
        assert (row - expected).norm() / expected.norm() < 2e-3


def scores_and_mask(
    requests: int, slots: int, queries: int, seen: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """Of two key heads, and a mask behind the first `seen` slots."""
    torch.manual_seed(0)
    scores = 4 * torch.randn(6, 700, 40)
    mask = torch.zeros(requests, slots, queries)
    mask[:, seen:] = UNSEEN
    return scores[: 2 * requests, :slots, :queries].bfloat16().contiguous(), mask


def test_softmax(tmp_path: Path) -> None:
    layers = model(tmp_path)._compiled
    assert layers is not None
    scores, mask = scores_and_mask(3, 70, 12, 50)
    mask[1, :, 3:5] = UNSEEN  # of a row that is not there all is hidden
    mask[2, 20:] = UNSEEN
    weights, expected = layers.softmax(scores, mask), plain_softmax(scores, mask)
    torch.testing.assert_close(weights, expected, rtol=2**-7, atol=1e-9)
    assert (weights != expected).float().mean() < 0.01
    assert (weights[:2, 50:] == 0).all()
    assert (weights[4:, 20:] == 0).all()


def test_a_query_is_worth_the_same_whatever_is_beside_it(tmp_path: Path) -> None:
    """Other requests, more rows, more slots that nobody sees: to the last bit."""
    layers = model(tmp_path)._compiled
    assert layers is not None
    alone = layers.softmax(*scores_and_mask(1, 480, 16, 470))
    for requests, slots, queries in (
        (3, 480, 16),
        (1, 672, 16),
        (2, 512, 33),
        (1, 480, 7),
        (1, 480, 1),
    ):
        weights = layers.softmax(*scores_and_mask(requests, slots, queries, 470))
        most = min(queries, 16)
        assert torch.equal(weights[:2, :480, :most], alone[:, :, :most])


@pytest.mark.parametrize("size", [5, step_kernels.BLOCK, 75_588])
def test_log_totals(tmp_path: Path, size: int) -> None:
    layers = model(tmp_path)._compiled
    assert layers is not None
    rows = 9 * torch.randn(3, size)
    tops = rows.amax(1, keepdim=True)
    torch.testing.assert_close(
        layers.log_totals(rows, tops),
        plain_log_totals(rows.double(), tops).float(),
        rtol=1e-6,
        atol=1e-5,
    )


def test_threads_share_the_rows_of_a_prompt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each of them is done once, by whichever thread."""
    monkeypatch.setattr(torch, "get_num_threads", lambda: 3)
    layers = model(tmp_path)._compiled
    assert layers is not None
    for rows in (1, LEAST_ROWS, 2 * LEAST_ROWS, 3 * LEAST_ROWS + 1, 100):
        done, threads = np.zeros(rows, int), set[int]()

        def kernel(done: Any, threads: set[int], part: tuple[int, int]) -> None:
            threads.add(threading.get_ident())
            done[part[0] : part[1]] += 1

        layers.share(kernel, layers.parts(rows), done, threads)
        assert (done == 1).all()
        assert len(threads) <= max(1, min(3, rows // LEAST_ROWS))
        assert (len(threads) > 1) == (rows >= 2 * LEAST_ROWS)


def test_more_rows_than_int8_is_used_for_take_plain_operations(tmp_path: Path) -> None:
    decoder = model(tmp_path)
    assert decoder._compiled is not None
    assert decoder._compiled.step(decoder._compiled.most_rows) is not None
    assert decoder._compiled.step(decoder._compiled.most_rows + 1) is None


def test_other_products_are_not_compiled(tmp_path: Path) -> None:
    save_gemma(tmp_path)
    weights = load_file(tmp_path / "model.safetensors")
    assert (
        Gemma3(
            read_object(tmp_path / CONFIG),
            weights,
            lambda weight: lambda states: states @ weight.t(),
        )._compiled
        is None
    )


def test_without_numba_a_step_is_slower_and_the_log_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    decoder = model(tmp_path)
    monkeypatch.setitem(sys.modules, "models.gemma.step_kernels", None)
    monkeypatch.delattr("models.gemma.step_kernels")
    with caplog.at_level(logging.WARNING, "breve"):
        assert compiled_layers(decoder._layers, decoder.shape) is None
    assert "Numba cannot compile" in caplog.text


LEVELS = 63


def inputs(rows: int, size: int) -> tuple[Any, Any, Any]:
    return np.zeros((2 * rows, size), np.uint8), np.empty(rows, np.float32), np.float32(LEVELS)


def test_the_inputs_of_a_product_keep_fourteen_bits_and_zeros() -> None:
    values = torch.randn(3, 40).mul_(torch.tensor([[1.0], [1e4], [0.0]])).numpy()
    numbers, scales, levels = inputs(3, 40)
    step_kernels.split(values, (numbers, scales, levels), (0, 3))
    coarse, fine = np.split(numbers.astype(np.float32) - LEVELS - 1, 2)
    assert np.abs(coarse).max() == LEVELS
    assert np.abs(fine).max() <= LEVELS
    back = (coarse + fine / (2 * LEVELS)) * scales[:, None]
    assert (
        np.abs(back - values) <= np.abs(values).max(axis=1, keepdims=True) / LEVELS / (2 * LEVELS)
    ).all()
    assert not back[2].any()


def test_the_gelu_is_that_of_torch() -> None:
    gate, up = torch.linspace(-12, 12, 4001)[None], torch.ones(1, 4001)
    product = torch.cat([torch.cat([gate, up], dim=1)] * 2).numpy()
    product[1:] = 0  # no fine numbers
    numbers, scales, levels = inputs(1, 4001)
    step_kernels.gated(
        product, (numbers, np.ones(1, np.float32), levels), (numbers, scales, levels), 1, (0, 1)
    )
    coarse, fine = numbers.astype(np.float32) - LEVELS - 1
    restored = (coarse + fine / (2 * LEVELS)) * scales[0]
    expected = torch.nn.functional.gelu(gate, approximate="tanh")[0].numpy()
    assert np.abs(restored - expected).max() <= expected.max() / LEVELS / (2 * LEVELS) * 0.51


@pytest.mark.parametrize(("size", "block"), [(2048, 128), (96, 32), (64, 64), (40, 1)])
def test_compiled_rotation_is_that_of_torch(size: int, block: int) -> None:
    """Behind a gate that lets all through."""
    values = torch.randn(2, size)
    product = torch.cat([torch.full((2, size), 50.0), values / 50], dim=1).numpy()
    numbers, scales = np.zeros((2, size), np.uint8), np.ones(2, np.float32)
    step_kernels.gated(
        product,
        (numbers, scales, np.float32(LEVELS)),
        (numbers, scales, np.float32(LEVELS)),
        block,
        (0, 2),
    )
    restored = (numbers.astype(np.float32) - LEVELS - 1) * scales[:, None]
    expected = rotated(values, block).numpy()
    assert (
        np.abs(restored - expected) <= 0.51 * np.abs(expected).max(axis=1, keepdims=True) / LEVELS
    ).all()


@pytest.mark.parametrize("writable", [True, False])
def test_what_is_compiled_is_kept_where_it_can_be(tmp_path: Path, writable: bool) -> None:
    cache = tmp_path / "cache"
    if not writable:
        cache.write_text("no folder")
    environment = {**os.environ, "BREVE_CACHE": str(cache), "NUMBA_CACHE_DIR": ""}
    code = "from models.gemma import step_kernels as k; print(k._KEPT, k.split.signatures[0])"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith(str(writable))
    assert writable == any(cache.glob("kernels/*/*.nbi"))
