"""How many words a text has, as an editor counts them."""

import math
from typing import Final

# Characters of one word. Without a limit a summary of one "word" could be as long as the article.
LONGEST_WORD: Final = 100
# Room for a word in French or English, which has 1.5 tokens on average.
TOKENS_PER_WORD: Final = 2.0


def count_words(text: str) -> int:
    """Returns how many words `text` has: parted by white space, without lone signs.

    There is at least one for each LONGEST_WORD characters: a row of commas has a length, too.
    """
    words = sum(map(words_of, text.split()))
    return max(words, len(text) // LONGEST_WORD)


def words_of(word: str) -> int:
    """Returns for how many words a piece without white space counts.

    None without a letter or digit, several if it is very long.
    """
    has_letter = any(character.isalnum() for character in word)
    return math.ceil(len(word) / LONGEST_WORD) if has_letter else 0
