"""The forms of French verbs that the press writes: third persons, participles and infinitives.

verbecc conjugates more, but needs one version of numpy and scikit-learn.
"""

import re
from collections.abc import Mapping
from typing import Final

SINGULAR, PLURAL = "present singular", "present plural"
PARTICIPLE, INFINITIVE = "participle", "infinitive"
# The forms of several persons.
PLURAL_FORMS: Final = (PLURAL, "future aient", "future ont", "imperfect aient")

# The e before a last consonant, which is open before a silent ending: "achète", "révèle".
_CLOSED_E: Final = re.compile(r"(?:e(?=[^aeiouyé]\Z)|é(?=[^aeiouyé]{1,2}\Z))")
_KEEPS_CLOSED_E: Final = re.compile(r"é[^aeiouy]{1,2}\Z")


class Conjugations:
    """Conjugates verbs like "donner", and `irregular` ones.

    An irregular verb is given as five words: its third persons of the present, its participle, and
    its future and imperfect without endings ("met mettent mis mettr mett"). The present participle
    follows where it is not made of the imperfect ("ayant").
    """

    def __init__(self, irregular: Mapping[str, str]) -> None:
        self._irregular = irregular

    def conjugate(self, infinitive: str) -> dict[str, str]:
        """The forms of a verb by their names, its participle without agreement.

        Raises ValueError if the conjugation is not known.
        """
        singular, plural, participle, future, imperfect, *present_participle = self._find_stems(
            infinitive
        )
        forms = {
            SINGULAR: singular,
            PLURAL: plural,
            PARTICIPLE: participle,
            INFINITIVE: infinitive,
            **{f"future {ending}": future + ending for ending in ("ait", "aient", "ont", "a")},
            **{f"imperfect {ending}": imperfect + ending for ending in ("aient", "ait", "ant")},
        }
        if present_participle:
            forms["imperfect ant"] = present_participle[0]
        return forms

    def _find_stems(self, infinitive: str) -> list[str]:
        if infinitive in self._irregular:
            return self._irregular[infinitive].split()
        if not infinitive.endswith("er"):
            raise ValueError(f"How is {infinitive!r} conjugated?")
        stem = infinitive.removesuffix("er")
        before_a = _spell_before_a(stem)
        before_silent_e = _spell_before_silent_e(stem)
        future = infinitive if _KEEPS_CLOSED_E.search(stem) else f"{before_silent_e}er"
        return [f"{before_silent_e}e", f"{before_silent_e}ent", f"{stem}é", future, before_a]


def agree(participle: str, agreement: str) -> str:
    """The participle with the ending of another one: "e", "s" or "es"."""
    if participle.endswith("s"):
        agreement = agreement.removesuffix("s")
    return participle + agreement


def _spell_before_a(stem: str) -> str:
    """The stem of "changeait", "annonçait"."""
    if stem.endswith("c"):
        return f"{stem[:-1]}ç"
    return f"{stem}e" if stem.endswith("g") else stem


def _spell_before_silent_e(stem: str) -> str:
    """The stem of "emploie", "achète"."""
    return re.sub(r"(?<=[ou])y\Z", "i", _CLOSED_E.sub("è", stem))
