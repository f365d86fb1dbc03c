"""Plurals of English terms."""

import pytest

from service.english.lexicon.inflection import english_plural


@pytest.mark.parametrize(
    ("singular", "plural"),
    [
        ("police officer", "police officers"), ("policewoman", "policewomen"),
        ("German", "Germans"), ("late wife", "late wives"),
        ("chief of staff", "chiefs of staff"), ("call for help", "calls for help"),
        ("editor-in-chief", "editors-in-chief"),
        ("brother-in-law", "brothers-in-law"), ("by-election", "by-elections"),
        ("party headquarters", "party headquarters"),
        ("spacecraft", "spacecraft"), ("bus", "buses"), ("glass", "glasses"),
        ("church", "churches"), ("monarch", "monarchs"),
        ("company", "companies"), ("survey", "surveys"),
        ("person in their forties", "people in their forties"),
    ],
)  # fmt: skip
def test_plurals(singular: str, plural: str) -> None:
    assert english_plural(singular) == plural
