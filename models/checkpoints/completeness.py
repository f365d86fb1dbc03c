"""Refuses an incomplete checkpoint: it would answer with nonsense."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Final

from models.checkpoints.catalog import CatalogEntry
from models.engine import ModelError

# How many tensors an error names.
NAMED: Final = 5
KINDS: Final = {
    "missing_keys": "weights are missing",
    "mismatched_keys": "weights have the wrong shape",
    "unexpected_keys": "there are weights that this kind of model does not have",
}


def refuse_parts(faults: Mapping[str, Collection[Any]], folder: Path, entry: CatalogEntry) -> None:
    """Raises ModelError if a weight is missing, of the wrong shape or unknown.

    `faults` has the form of transformers' loading info: it lists the faulty weights under the names
    in KINDS. A weight is a name, or a tuple that begins with a name.
    """
    for kind, words in KINDS.items():
        weights = faults.get(kind) or ()
        names = sorted(str(key[0] if isinstance(key, tuple) else key) for key in weights)
        if not names:
            continue
        more = f" … (+ {len(names) - NAMED})" if len(names) > NAMED else ""
        raise ModelError(
            "The checkpoint {id} in {folder} is not whole: {fault}: {names}. Does its config.json "
            "belong to its weights? Download it again with: breve models pull {name}",
            id=entry.id,
            folder=folder,
            fault=words,
            names=", ".join(names[:NAMED]) + more,
            name=entry.name,
        )
