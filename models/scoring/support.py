"""A rough test of whether an article supports a text.

It filters references for training, and scores summaries. It shares no code with the checks of the
product (`service/facts`): a measurement must not share the blind spots of what it
measures. All published systems were measured with this test.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

MIN_NAME_LETTERS: Final = 3
# The fewest letters of a word that counts for `covered_share`.
MIN_LONG_WORD: Final = 4
_SENTENCE_START: Final = re.compile(r'(?<=[.!?:«"])\s+')
_ELISION: Final = re.compile(r"^(?:[dlscnjmt]|qu|jusqu|lorsqu)'", re.IGNORECASE)


def normalised(text: str) -> str:
    """`text` in NFC, with straight apostrophes and plain spaces."""
    text = unicodedata.normalize("NFC", text).replace("’", "'")
    return text.replace("\u202f", " ").replace("\xa0", " ")


def without_accents(text: str) -> str:
    """`text` with plain letters in place of accented ones."""
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
    """The capitalised words inside the sentences of a normalised `text`, without their `affix`.

    `sentence_start` matches the gap between two sentences.
    """
    for sentence in sentence_start.split(text):
        for word in re.findall(r"[A-Za-zÀ-ÿ0-9][\w'&.-]*", sentence)[1:]:
            name = affix.sub("", word).rstrip(".'-")
            if len(name) >= MIN_NAME_LETTERS and name[0].isupper():
                yield name


def foreign_facts(article: str, text: str) -> list[str]:
    """The numbers, and the capitalised words inside sentences, that `article` lacks of `text`."""
    article, text = normalised(article), normalised(text)
    numbers = sorted(_numbers(text) - _numbers(article))
    names = inner_capitals(text, _SENTENCE_START, _ELISION)
    lower = article.lower()
    return numbers + [name for name in names if name.lower() not in lower]
