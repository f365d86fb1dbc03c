"""States whose range was moved into the weights: the same sums, and eight bits hold them."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from models.checkpoints.config_files import CONFIG, read_object
from models.cpu.int8_linear import Int8Linear, int8_product_seconds, kernels, takes_smoothed
from models.cpu.rotation import block_of, meeting, rotated
from models.cpu.smoothing import Sizes
from models.gemma.calibration import measured
from models.gemma.decoder import Gemma3, MakeLinear, Smoothing
from models.gemma.engine import GemmaEngine
from tests.models.runtimes.test_transformers_engine import LONG, entry, request, save_gemma

PROMPTS = [list(range(3, 60)), list(range(40, 99))]
OUTLIERS = [2, 11]  # places of the states that are much larger than the others
LARGER = 60.0


def plain(weight: torch.Tensor) -> Callable[[torch.Tensor], torch.Tensor]:
    return lambda states: states @ weight.float().t()


def checkpoint(folder: Path, key_heads: int) -> tuple[dict[str, object], dict[str, torch.Tensor]]:
    """A small model in which the inputs of two products have outliers that say little, as in large
    ones."""
    save_gemma(folder, num_attention_heads=4, num_key_value_heads=key_heads)
    weights = load_file(folder / "model.safetensors")
    for name, weight in weights.items():
        if name.endswith(("input_layernorm.weight", "pre_feedforward_layernorm.weight")):
            weight[OUTLIERS] = LARGER
        if name.endswith(tuple(f"{part}_proj.weight" for part in ("q", "k", "v", "gate", "up"))):
            weight[:, OUTLIERS] /= LARGER
        if name.endswith("v_proj.weight"):
            weight[::5] *= LARGER
        if name.endswith("o_proj.weight"):
            weight[:, ::5] /= LARGER
    return read_object(folder / CONFIG), weights


def logits(model: Gemma3) -> torch.Tensor:
    """What may follow each token of a text behind a short prompt."""
    with torch.inference_mode():
        cache = model.cache(1, 100)
        tree, slot = model.read(PROMPTS[0][:20], 80, cache), None
        for token in PROMPTS[1]:
            slot = tree.add(token, slot)
        return torch.stack([row for following in model.step(cache)[0] for row in following.logits])


@pytest.mark.parametrize("key_heads", [1, 2])
def test_no_sum_changes(tmp_path: Path, key_heads: int) -> None:
    config, weights = checkpoint(tmp_path, key_heads)
    sizes = measured(config, weights, PROMPTS)
    assert all(
        len({*of.tolist()}) > 1
        for layer in sizes.layers
        for of in (layer.qkv, layer.values, layer.gate_up)
    )
    smoothed = Gemma3(config, weights, plain, smoothing=Smoothing(sizes, plain, plain))
    torch.testing.assert_close(
        logits(smoothed), logits(Gemma3(config, weights, plain)), rtol=1e-4, atol=1e-4
    )


@pytest.mark.skipif(kernels() is None, reason="torch has no int8 products for this processor")
def test_eight_bits_hold_smoothed_states(tmp_path: Path) -> None:
    """Outliers are larger, so that the others have few levels; smoothed, all have as many."""
    config, weights = checkpoint(tmp_path, 1)
    exact = logits(Gemma3(config, weights, plain))

    def error(smoothing: Smoothing | None, linear: MakeLinear) -> float:
        rounded = logits(Gemma3(config, weights, linear, smoothing=smoothing))
        return float((rounded - exact).norm() / exact.norm())

    coarse, fine = (partial(Int8Linear, precision=torch.int8, fine=fine) for fine in (False, True))
    smoothed = error(Smoothing(measured(config, weights, PROMPTS), coarse, fine), fine)
    assert smoothed < 0.5 * error(None, coarse)
    assert smoothed < 1.5 * error(None, fine)


@pytest.mark.parametrize(("size", "block"), [(2048, 128), (6912, 128), (48, 1), (96, 32), (7, 1)])
def test_rotated_inputs_and_weights_give_the_same_sums(size: int, block: int) -> None:
    weight, states = torch.randn(5, size), torch.randn(3, size)
    assert block_of(size) == block
    product = rotated(states, block) @ meeting(weight, block).t()
    torch.testing.assert_close(product, states @ weight.t(), rtol=1e-4, atol=1e-3)
    torch.testing.assert_close(
        rotated(rotated(states, block), block), states * block, rtol=1e-4, atol=1e-3
    )


@pytest.mark.skipif(kernels() is None, reason="torch has no int8 products for this processor")
def test_eight_bits_hold_rotated_states_with_outliers_anywhere() -> None:
    weight, states = torch.randn(64, 512), torch.randn(40, 512)
    states[torch.arange(40), torch.randint(512, (40,))] = LARGER
    exact = states @ weight.t()

    def error(linear: Int8Linear) -> float:
        return float((linear(states) - exact).norm() / exact.norm())

    assert error(Int8Linear(weight, fine=False, block=block_of(512))) < 0.3 * error(
        Int8Linear(weight, fine=False)
    )


def test_sizes_are_kept_beside_the_weights(tmp_path: Path) -> None:
    config, weights = checkpoint(tmp_path, 2)
    assert Sizes.of(tmp_path) is None
    sizes = measured(config, weights, PROMPTS)
    sizes.save(tmp_path)
    read = Sizes.of(tmp_path)
    assert read is not None
    assert torch.equal(read.output, sizes.output)
    for layer, other in zip(read.layers, sizes.layers, strict=True):
        assert all(torch.equal(vars(layer)[name], vars(other)[name]) for name in vars(layer))


@pytest.mark.skipif(not takes_smoothed(), reason="this processor does not gain by smoothed states")
def test_an_engine_uses_the_sizes_of_its_checkpoint(tmp_path: Path) -> None:
    """Its answers are those without them; the weights that more rows would see are not kept. (Such
    layers are not rotated.)"""
    save_gemma(tmp_path, intermediate_size=40)
    engines = [GemmaEngine(str(tmp_path), entry("prefix-lm"), "r1", threads=1)]
    measured(
        read_object(tmp_path / CONFIG), load_file(tmp_path / "model.safetensors"), PROMPTS
    ).save(tmp_path)
    engines.append(GemmaEngine(str(tmp_path), entry("prefix-lm"), "r1", threads=1))
    before, after = (
        engine.generate([request(LONG, tokens=12, candidates=2)])[0].candidates
        for engine in engines
    )
    assert [candidate.score for candidate in after] == pytest.approx(
        [candidate.score for candidate in before], abs=0.1
    )
    linears = [
        [
            product
            for layer in engine._model._layers
            for product in layer.linears
            if isinstance(product, Int8Linear)
        ]
        for engine in engines
    ]
    assert [{product._weight is not None for product in products} for products in linears] == [
        {True},
        {False},
    ]


def test_the_speed_of_bytes_is_measured_where_prompts_are_read_in_them() -> None:
    assert (int8_product_seconds(64, 1) > 0) == takes_smoothed()
