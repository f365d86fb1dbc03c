"""Text without what two spellings of a word may differ in."""

import unicodedata

_STRAIGHT = str.maketrans({"’": "'", "\u00a0": " ", "\u202f": " "})


def straight(text: str) -> str:
    """`text` with straight apostrophes and common spaces, one character for one: places in it stay
    where they are."""
    return text.translate(_STRAIGHT)


def plain(text: str) -> str:
    """`text` in lower case without accents, with straight apostrophes and single spaces."""
    if text.isascii():
        return " ".join(text.casefold().split())
    decomposed = unicodedata.normalize(
        "NFKD", text.replace("’", "'").replace("œ", "oe").replace("Œ", "OE")
    )
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return " ".join(bare.casefold().split())
