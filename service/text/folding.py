"""Folds text: removes the accents, capitals and signs in which two spellings of a word differ."""

import unicodedata

_STRAIGHT = str.maketrans({"’": "'", "\u00a0": " ", "\u202f": " "})


def straight(text: str) -> str:
    """Returns `text` with straight apostrophes and plain spaces.

    Each character is replaced by one character, so offsets stay the same.
    """
    return text.translate(_STRAIGHT)


def plain(text: str) -> str:
    """Returns `text` in lower case, without accents, with straight apostrophes, single spaces."""
    if text.isascii():
        return " ".join(text.casefold().split())
    text = text.replace("’", "'").replace("œ", "oe").replace("Œ", "OE")
    decomposed = unicodedata.normalize("NFKD", text)
    unaccented = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
    return " ".join(unaccented.casefold().split())
