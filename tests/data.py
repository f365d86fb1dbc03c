"""The data that some tests read and that are not part of the project: where they lie, and what is
said where they are missing.

`docs/data.md` tells what the files are and where they come from. `BREVE_TEST_DATA` names another
folder than the usual one.
"""

import os
from pathlib import Path

import pytest

DATA = Path(os.environ.get("BREVE_TEST_DATA") or Path(__file__).parents[2] / "shared" / "data")
TRAINING = DATA / "orangesum_train.jsonl.gz"
VALIDATION = DATA / "orangesum_valid.jsonl.gz"
PAGES = DATA / "pages"
OTHER_PAGES = DATA / "pages_other" / "trafilatura"
PRESS_ARTICLE = DATA / "article.txt"


def missing(*paths: Path) -> str:
    """Why a test cannot run: those of `paths` that are not here, in words; empty if all are."""
    absent = [str(path.relative_to(DATA)) for path in paths if not path.exists()]
    return f"{', '.join(absent)} not found in {DATA}: see docs/data.md" if absent else ""


def skip_without(*paths: Path) -> None:
    """Skips the test, or all that ask for the fixture, where one of `paths` is not here."""
    if reason := missing(*paths):
        pytest.skip(reason)


def needs(*paths: Path) -> pytest.MarkDecorator:
    """The mark of a test that needs `paths`."""
    return pytest.mark.skipif(bool(missing(*paths)), reason=missing(*paths) or "all is here")
