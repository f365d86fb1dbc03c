"""The arithmetic of `scripts/bake_off.py`."""

import math
import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"


@pytest.fixture
def bake_off(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.syspath_prepend(str(SCRIPTS))
    return runpy.run_path(str(SCRIPTS / "bake_off.py"))


def test_divergence_is_that_of_the_probabilities(bake_off: dict[str, Any]) -> None:
    divergence: Callable[..., float] = bake_off["divergence"]
    even, uneven = [math.log(0.5), math.log(0.5)], [math.log(0.9), math.log(0.1)]
    expected = 0.5 * math.log(0.5 / 0.9) + 0.5 * math.log(0.5 / 0.1)
    assert divergence([even], [uneven]) == pytest.approx(expected)
    # It is not symmetric, the mean of the places counts, and a constant changes no probability.
    assert divergence([uneven], [even]) != pytest.approx(expected)
    shifted = [value + 1000 for value in uneven]
    assert divergence([even, even], [shifted, even]) == pytest.approx(expected / 2)


def test_figures_are_medians_of_the_rounds(bake_off: dict[str, Any]) -> None:
    case = bake_off["Case"]
    times = {
        case(400, 1, 4, 1): [0.1, 9.0, 0.2],
        case(400, 1, 4, 60): [3.15, 2.0, 4.0],
        case(400, 16, 4, 60): [8.0],
    }
    figures = bake_off["figures"](times, 400, 4, 16)
    assert list(figures.values()) == pytest.approx([200, 50, 60 / 3.15, 120])


def test_a_case_that_failed_has_no_figure(bake_off: dict[str, Any]) -> None:
    case = bake_off["Case"]
    times: dict[Any, list[float]] = {
        case(400, number, 1, new): [] for number, new in ((1, 1), (1, 60), (16, 60))
    }
    assert all(math.isnan(value) for value in bake_off["figures"](times, 400, 1, 16).values())
