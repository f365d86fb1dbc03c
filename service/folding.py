"""Text without what two spellings of a word may differ in."""

import unicodedata


def plain(text: str) -> str:
    """`text` in lower case without accents, with straight apostrophes and single spaces."""
    if text.isascii():
        return " ".join(text.casefold().split())
    decomposed = unicodedata.normalize("NFKD", text.replace("’", "'").replace("œ", "oe").replace("Œ", "OE"))
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return " ".join(bare.casefold().split())
