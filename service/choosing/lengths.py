"""How long a summary may be: presets, and a word limit that is never exceeded."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from service.text.words import LONGEST_WORD, count_words, words_of


class Length(StrEnum):
    """The presets."""

    SHORT = "short"
    MEDIUM = "medium"
    LONG = "long"


@dataclass(frozen=True)
class Budget:
    """How much a summary may hold.

    `asked` words are asked of the model. `most` words and `sentences` sentences are never exceeded.
    Below `least` words or `least_sentences` sentences the summary is filled up, as far as the
    article has usable sentences. A lead of at most `whole_lead` words stands as it is, where it may
    open a summary. If `beginning` is not 0, the summary is the article's first sentences, until
    they have that many words.
    """

    asked: int
    most: int
    sentences: int
    least: int
    least_sentences: int
    whole_lead: int = 0
    beginning: int = 0


# A medium summary of one long sentence is not filled up: on 10 validation articles (body only) a
# second sentence, the article's own, cost 2 points of ROUGE-1 (28.4 against 30.6) and said little.
# OrangeSum's abstracts, most of what the model was trained on, have 12 to 60 words (5th and 95th
# percentile).
PRESETS: Final = {
    Length.SHORT: Budget(asked=20, most=40, sentences=1, least=8, least_sentences=1),
    Length.MEDIUM: Budget(
        asked=30, most=80, sentences=3, least=25, least_sentences=1, whole_lead=60
    ),
    Length.LONG: Budget(asked=70, most=150, sentences=6, least=60, least_sentences=4, beginning=75),
}
MIN_MAX_WORDS: Final = 10
MAX_MAX_WORDS: Final = 400

# Most characters for each word of a short text, with the space behind it; French news has 6.
WIDEST_WORD: Final = 20


def is_short(text: str, most: int) -> bool:
    """True if `text` has at most `most` words, and at most WIDEST_WORD characters for each of
    them."""
    return len(text) <= most * WIDEST_WORD and count_words(text) <= most


def shortened(text: str, most: int) -> str:
    """Returns the beginning of `text`, with at most `most` words, and "…".

    The beginning ends before a comma or the like if one stands in its second half.
    """
    kept: list[str] = []
    words_left, characters_left = most, most * WIDEST_WORD
    text = text[: most * LONGEST_WORD - 1]
    for word in text.split():
        if words_of(word) > words_left or (kept and len(word) > characters_left):
            break
        words_left -= words_of(word)
        characters_left -= len(word) + 1
        kept.append(word)
    beginning = " ".join(kept) or text
    clause_end = max(beginning.rfind(mark) for mark in (", ", "; ", " : ", " – ", " — "))
    if clause_end > len(beginning) / 2:
        beginning = beginning[:clause_end]
    return beginning.rstrip(" ,;:–—") + "…"


def budget(length: Length, max_words: int | None) -> Budget:
    """The preset, narrowed to `max_words` if that is given."""
    preset = PRESETS[length]
    if max_words is None:
        return preset
    most = min(preset.most, max_words)
    return Budget(
        asked=min(preset.asked, max(10, most)),
        most=most,
        sentences=preset.sentences,
        least=min(preset.least, most // 2),
        least_sentences=preset.least_sentences if most >= preset.least * 2 else 1,
        whole_lead=min(preset.whole_lead, most),
        beginning=min(preset.beginning, most),
    )
