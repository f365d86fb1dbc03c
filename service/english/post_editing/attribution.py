"""Corrects the clause that names the source of news at the end of a sentence.

French has the verb first ("…, a appris l'Informé."). Small models translate that word for word
("informed the Informé"), where English has the name first ("l'Informé has learned"). Only verbs of
which press titles and agencies are the subject are known.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Final

from models.engine import Candidate

# The most words that the translated clause has: a longer one says more than the source.
MOST_WORDS: Final = 8
# Likeness of a name to what the model made of it ("informant", "Informé").
CLOSE: Final = 0.7
_VERBS: Final = {
    "a appris": "has learned",
    "rapporte": "reports",
    "révèle": "reveals",
    "a révélé": "revealed",
}
_NAME_WORD: Final = r"[A-ZÀ-Ý][\w&.’'-]*"
_NAME: Final = (
    rf"{_NAME_WORD}(?: (?:(?:de|du|des|la|le|les|et) |d['’]|l['’])?{_NAME_WORD}"
    r"| (?:de|du|des) \w[\w-]*){0,4}"
)
_CLAUSE: Final = re.compile(
    rf".{{20,}}, (?P<verb>{'|'.join(_VERBS)}) (?P<article>l['’]|le |la |les )?(?P<name>{_NAME})\.",
    re.DOTALL,
)
_LAST_CLAUSE: Final = re.compile(r",(?P<clause>[^,]+)$")


@dataclass(frozen=True)
class Attribution:
    """The source that ends a sentence, in English, and the words of its name.

    Both are empty if the sentence names none.
    """

    clause: str = ""
    name: tuple[str, ...] = ()

    def put_right(self, candidates: Sequence[Candidate]) -> list[Candidate]:
        """Returns the translations with the clause in English.

        Those that do not end with the source's name stay as they are.
        """
        return [replace(candidate, text=self._correct(candidate.text)) for candidate in candidates]

    def _correct(self, english: str) -> str:
        clause = _LAST_CLAUSE.search(english)
        if clause is None or not self.name:
            return english
        words = re.findall(r"\w+", clause["clause"].lower())
        if len(words) > MOST_WORDS:
            return english
        name = [word.lower() for word in self.name]
        if not any(get_close_matches(word, name, n=1, cutoff=CLOSE) for word in words):
            return english
        return f"{english[: clause.start()]}, {self.clause}."


def find_attribution(sentence: str) -> Attribution:
    """Returns the source that a French sentence ends with."""
    clause = _CLAUSE.fullmatch(sentence)
    has_open_quotation = sentence.count('"') % 2 or sentence.count("«") != sentence.count("»")
    if clause is None or has_open_quotation:
        return Attribution()
    subject = _write_subject(clause["article"] or "", clause["name"])
    words = re.findall(r"\w+", clause["name"])
    name = tuple(word for word in words if word[0].isupper())
    return Attribution(f"{subject} {_VERBS[clause['verb']]}", name)


def _write_subject(article: str, name: str) -> str:
    """Returns the name of the source as the subject of a clause.

    Initials lose their article (l'AFP), titles keep it (l'Informé, Le Monde).
    """
    if name.isupper():
        return name
    is_elided = article[1:] in ("'", "’")
    return (article if is_elided else article.capitalize()) + name
