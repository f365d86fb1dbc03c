"""Surroundings that several test modules ask for by name."""

import os
from collections.abc import Iterator

import pytest

os.environ["LC_ALL"] = "C.UTF-8"  # messages in English
os.environ["BREVE_NO_SERVICE"] = "true"  # whatever runs on this machine


@pytest.fixture(scope="module")
def single_precision() -> Iterator[None]:
    """The same arithmetic on every machine, also on those that compute in bfloat16."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("models.runtimes.transformers_engine.computes_bfloat16", lambda: False)
        yield


@pytest.fixture(scope="module")
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A cache of built and converted models that is empty at first and nobody else's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BREVE_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture
def no_lead_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    """The model has to write: no lead is the summary as it stands."""
    monkeypatch.setattr("service.choosing.opening.Opener.whole_lead", [])
