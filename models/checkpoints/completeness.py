"""Refuses a checkpoint that is not whole: it would answer, and nonsense."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Final

from models.checkpoints.catalog import CatalogEntry
from models.engine import ModelError

NAMED: Final = 5  # tensors that an error names


def refuse_parts(found: Mapping[str, Collection[Any]], folder: Path, entry: CatalogEntry) -> None:
    """Raises ModelError if a weight is missing, of the wrong shape or unknown. `found` is as
    transformers tells it: by `missing_keys`, `mismatched_keys` and `unexpected_keys` the names of
    such weights, or tuples that begin with one."""
    for kind, words in (
        ("missing_keys", "weights are missing"),
        ("mismatched_keys", "weights have the wrong shape"),
        ("unexpected_keys", "there are weights that this kind of model does not have"),
    ):
        if names := sorted(
            str(key[0] if isinstance(key, tuple) else key) for key in found.get(kind) or ()
        ):
            more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
            raise ModelError(
                f"The checkpoint {entry.id} in {folder} is not whole: {words}: "
                f"{', '.join(names[:NAMED])}{more}. "
                f"Does its config.json belong to its weights? Download it again with: breve models "
                f"pull {entry.name}"
            )
