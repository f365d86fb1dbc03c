"""The French way to name the source of news at the end of a sentence ("…, a appris l'Informé."),
which English turns around.

Small models translate the inverted clause word for word ("informed the Informé"), so its English is
put right ("l'Informé has learned"). Only verbs that press titles and agencies are the subject of
are known.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Final

from models.engine import Candidate

_VERBS: Final = {
    "a appris": "has learned",
    "rapporte": "reports",
    "révèle": "reveals",
    "a révélé": "revealed",
}
_NAME: Final = r"[A-ZÀ-Ý][\w&.’'-]*(?: (?:(?:de|du|des|la|le|les|et) |d['’]|l['’])?[A-ZÀ-Ý][\w&.’'-]*| (?:de|du|des) \w[\w-]*){0,4}"
_CLAUSE: Final = re.compile(
    rf".{{20,}}, (?P<verb>{'|'.join(_VERBS)}) (?P<article>l['’]|le |la |les )?(?P<name>{_NAME})\.",
    re.DOTALL,
)
_LAST: Final = re.compile(r",(?P<clause>[^,]+)$")
MOST_WORDS: Final = 8  # of the translated clause: a longer one says more than the source
CLOSE: Final = 0.7  # likeness of a name to what the model made of it ("informant", "Informé")


@dataclass(frozen=True)
class Attribution:
    """The source that ends a sentence, in English, and the words of its name. Empty if the sentence
    names none."""

    clause: str = ""
    name: tuple[str, ...] = ()

    def put_right(self, candidates: Sequence[Candidate]) -> list[Candidate]:
        """Translations with the clause in English; those that do not end with the source's name
        stay as they are."""
        return [replace(one, text=self._put_right(one.text)) for one in candidates]

    def _put_right(self, english: str) -> str:
        last = _LAST.search(english)
        words = re.findall(r"\w+", last["clause"].lower()) if last else []
        if last is None or not self.name or len(words) > MOST_WORDS:
            return english
        name = [word.lower() for word in self.name]
        if not any(get_close_matches(word, name, n=1, cutoff=CLOSE) for word in words):
            return english
        return f"{english[: last.start()]}, {self.clause}."


def attribution(sentence: str) -> Attribution:
    """The source that the French sentence ends with."""
    found = _CLAUSE.fullmatch(sentence)
    if found is None or sentence.count('"') % 2 or sentence.count("«") != sentence.count("»"):
        return Attribution()
    clause = f"{_subject(found['article'] or '', found['name'])} {_VERBS[found['verb']]}"
    return Attribution(
        clause, tuple(word for word in re.findall(r"\w+", found["name"]) if word[0].isupper())
    )


def _subject(article: str, name: str) -> str:
    """The name of the source: initials lose their article (l'AFP), titles keep it (l'Informé, Le
    Monde)."""
    if name.isupper():
        return name
    return (article if article[1:] in ("'", "’") else article.capitalize()) + name
