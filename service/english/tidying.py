"""Tidies an English sentence: spaces, quotation marks, "a" or "an", titles, full stop."""

import re
from typing import Final

from service.text.sentences import is_complete

# "A" before a vowel and "an" before a consonant, where the letters leave no doubt: not "an hour",
# "a one-off", "a user", "an NGO". The words for 8, 11 and 18 begin with a vowel, and so do 11.5 and
# 18,000; 1878 may be a year or a number.
_VOWEL: Final = r"(?!(?i:one|once|eu|ew|ouest|oui))[aeioAEIO](?:[a-z]|[A-Z]{2})"
_A_BEFORE_VOWEL: Final = re.compile(
    rf"(?<![\w'’.])(a|(?<!\w )A)(?= [\"“‘]?(?:{_VOWEL}|8|1[18](?!\d)))"
)
_AN_BEFORE_CONSONANT: Final = re.compile(
    r"(?<![\w'’.])([Aa])n(?= (?:[bcdfgjklmnpqrstvwyz][a-z]{2}|(?!8|1[18](?!\d)|1[18]\d\d(?!\d))\d))"
)


def tidy(english: str, is_sentence: bool) -> str:
    """Returns `english` in clean print, with a full stop if the French text `is_sentence`."""
    text = " ".join(english.split())
    text = re.sub(r"(?<=\w) (?=[.,](?:\s|$))", "", text)
    if text.count('"') % 2 == 0:
        text = re.sub(r'" ?([^"]*?) ?"', r'"\1"', text)
    text = re.sub(r"(?<=\w)(?:,| )['’] ?(?=s\b)", "'", text)  # "Nuagis 's"
    text = re.sub(r"\b(Mr|Mrs|Ms|Dr)\. ?(?=[A-Z])", r"\1 ", text)
    text = _A_BEFORE_VOWEL.sub(r"\1n", text)
    text = _AN_BEFORE_CONSONANT.sub(r"\1", text)
    return text if not is_sentence or is_complete(text) else f"{text}."
