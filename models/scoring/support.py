"""A rough test of whether a text supports another: for references that teach and for summaries that
are scored.

Deliberately apart from the checks of the product (`service/facts/fact.py`), with code and rules of
its own: a measurement must not share the blind spots of what it measures. This is the test that the
published systems were measured with.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

MIN_NAME_LETTERS: Final = 3
MIN_LONG_WORD: Final = 4  # letters of a word that counts for `covered_share`
_SENTENCE_START: Final = re.compile(r'(?<=[.!?:«"])\s+')
_ELISION: Final = re.compile(r"^(?:[dlscnjmt]|qu|jusqu|lorsqu)'", re.IGNORECASE)


def normalised(text: str) -> str:
    """`text` in NFC, with straight apostrophes and plain spaces."""
    text = unicodedata.normalize("NFC", text).replace("’", "'")
    return text.replace("\u202f", " ").replace("\xa0", " ")


def without_accents(text: str) -> str:
    """`text` with the letters alone of accented ones."""
    return "".join(
        piece for piece in unicodedata.normalize("NFD", text) if not unicodedata.combining(piece)
    )


def words(text: str) -> list[str]:
    """The Unicode words of `text` in lower case, after NFC: the tokens of every score."""
    return re.findall(r"\w+", unicodedata.normalize("NFC", text).lower())


def _numbers(text: str) -> set[str]:
    joined = re.sub(r"(?<=\d)[ .](?=\d{3}\b)", "", text)
    return {number.rstrip(".,") for number in re.findall(r"\d+(?:[.,]\d+)?", joined)}


def covered_share(article: str, text: str) -> float:
    """The share of the longer words of `text` that stand in `article`, from 0 to 1."""
    known = set(words(normalised(article)))
    long = [word for word in words(normalised(text)) if len(word) >= MIN_LONG_WORD]
    return sum(word in known for word in long) / max(1, len(long))


def inner_capitals(
    text: str, sentence_start: re.Pattern[str], affix: re.Pattern[str]
) -> Iterator[str]:
    """The capitalised words inside the sentences of a normalised `text`, which begin at
    `sentence_start`, less their `affix`."""
    for sentence in sentence_start.split(text):
        for word in re.findall(r"[A-Za-zÀ-ÿ0-9][\w'&.-]*", sentence)[1:]:
            name = affix.sub("", word).rstrip(".'-")
            if len(name) >= MIN_NAME_LETTERS and name[0].isupper():
                yield name


def foreign_facts(article: str, text: str) -> list[str]:
    """The numbers of `text`, and its capitalised words inside sentences, that `article` does not
    contain."""
    article, text = normalised(article), normalised(text)
    found = sorted(_numbers(text) - _numbers(article))
    lower = article.lower()
    return found + [
        name
        for name in inner_capitals(text, _SENTENCE_START, _ELISION)
        if name.lower() not in lower
    ]
