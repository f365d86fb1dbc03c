"""How many words a text has, as an editor counts them."""

from typing import Final

# characters of one word at most: else a summary of one "word" could be as long as the article
LONGEST_WORD: Final = 100
TOKENS_PER_WORD: Final = 2.0  # room for a word in French or English: 1.5 on average


def count_words(text: str) -> int:
    """The words of `text`: parted by white space, without lone signs.

    Never fewer than one for LONGEST_WORD characters: a row of commas has a length, too.
    """
    return max(sum(words_of(word) for word in text.split()), len(text) // LONGEST_WORD)


def words_of(word: str) -> int:
    """For how many words one of `text.split()` counts: none without a letter or digit, several if
    it is very long."""
    return -(-len(word) // LONGEST_WORD) if any(character.isalnum() for character in word) else 0
