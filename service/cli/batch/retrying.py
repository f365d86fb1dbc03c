"""Puts new answers in the places of old ones.

They are collected in a file beside the output. At the end of the run they are put in place, all at
once. If the run is killed, the next one does that.
"""

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from service.cli.batch.lines import Line, fingerprint_of


def begin_collection(lines: Mapping[int, Line], output: Path) -> Path:
    """Begins the file that collects the answers to lines that are done again.

    `lines` are keyed by the places of their old answers. The first line of the file holds these
    places, and the fingerprints of the answers that are there.
    """
    answers = output.read_bytes().splitlines()
    places = {place: fingerprint_of(answers[place]) for place in lines}
    collection = _collection(output)
    collection.write_text(json.dumps(places) + "\n", encoding="utf-8")
    shutil.copymode(output, collection)
    return collection


def put_in_place(output: Path) -> None:
    """Puts the collected answers in the places of the old ones. Call it only while `locked`."""
    target, collection = output.resolve(), _collection(output)
    if not collection.exists():
        return
    lines = collection.read_bytes().splitlines(keepends=True)
    places, *new_answers = [line for line in lines if line.endswith(b"\n")] or [b"{}"]
    answers = target.read_bytes().splitlines(keepends=True) if target.exists() else []
    for (key, old), new_answer in zip(json.loads(places).items(), new_answers, strict=False):
        place = int(key)
        # Otherwise the output is another file by now.
        if place < len(answers) and fingerprint_of(answers[place].rstrip(b"\r\n")) == old:
            answers[place] = new_answer
    if new_answers and answers:
        _replace(target, answers)
    collection.unlink()


def _replace(target: Path, lines: list[bytes]) -> None:
    """Writes a file anew, so that it has either all of its old lines or all of the new ones."""
    whole = target.with_name(f".{target.name}.whole")
    with whole.open("wb") as file:
        file.writelines(lines)
        file.flush()
        os.fsync(file.fileno())
    shutil.copymode(target, whole)
    whole.replace(target)


def _collection(output: Path) -> Path:
    target = output.resolve()
    return target.with_name(f".{target.name}.again")
