"""How many words a text has, as an editor counts them; and runs of words (n-grams)."""

import math
from collections.abc import Sequence
from typing import Final

# Characters of one word. Without a limit a summary of one "word" could be as long as the article.
LONGEST_WORD: Final = 100
# Tokens to reserve for each word. A French or English word has 1.5 on average.
TOKENS_PER_WORD: Final = 2.0


def count_words(text: str) -> int:
    """Returns how many words `text` has. White space parts words, and lone signs are none.

    The count is at least one for each LONGEST_WORD characters, so that a row of commas has a
    length too.
    """
    words = sum(map(words_of, text.split()))
    return max(words, len(text) // LONGEST_WORD)


def words_of(word: str) -> int:
    """Returns how many words a piece without white space counts as.

    A piece without a letter or digit counts as none. Any other piece counts as one for each
    LONGEST_WORD characters, rounded up.
    """
    has_letter = any(character.isalnum() for character in word)
    return math.ceil(len(word) / LONGEST_WORD) if has_letter else 0


def runs(words: Sequence[str], size: int) -> list[tuple[str, ...]]:
    """Returns all runs of `size` words, in order; none if there are fewer words."""
    starts = range(len(words) - size + 1)
    return [tuple(words[start : start + size]) for start in starts]
