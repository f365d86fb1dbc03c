"""How long a summary may be: presets, a word limit that the code keeps, whole sentences only."""

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
    """`asked` words are asked of the model; `most` words and `sentences` sentences are never
    exceeded; below `least` words or `least_sentences` the summary is completed if the article
    offers a sentence."""

    asked: int
    most: int
    sentences: int
    least: int
    least_sentences: int


# A medium summary of one long sentence is not filled up with another: on 10 validation articles
# (body only) a second sentence of the article's own cost 2 points of ROUGE-1 (28.4 against 30.6)
# and said little. OrangeSum's abstracts, most of what the model was trained on, have 12 to 60 words
# (5th and 95th percentile).
PRESETS: Final = {
    Length.SHORT: Budget(asked=20, most=40, sentences=1, least=8, least_sentences=1),
    Length.MEDIUM: Budget(asked=30, most=80, sentences=3, least=25, least_sentences=1),
    Length.LONG: Budget(asked=70, most=150, sentences=6, least=60, least_sentences=4),
}
MIN_MAX_WORDS: Final = 10
MAX_MAX_WORDS: Final = 400


SECTION_WORDS: Final = (
    20  # asked of the model for a section after the first one, of which a sentence at most is used
)
# Characters for each word of a text that is short, the space behind it included; French news has 6.
WIDEST_WORD: Final = 20


def is_short(text: str, most: int) -> bool:
    """True if `text` has at most `most` words and as few characters as so many words have."""
    return len(text) <= most * WIDEST_WORD and count_words(text) <= most


def shortened(text: str, most: int) -> str:
    """The beginning of `text` that has at most `most` words, and "…"; up to a comma or the like
    where one stands in the second half of it."""
    kept: list[str] = []
    left, room = most, most * WIDEST_WORD  # words, characters
    text = text[: most * LONGEST_WORD - 1]
    for word in text.split():
        if words_of(word) > left or (kept and len(word) > room):
            break
        left, room = left - words_of(word), room - len(word) - 1
        kept.append(word)
    beginning = " ".join(kept) or text
    clause = max(beginning.rfind(mark) for mark in (", ", "; ", " : ", " – ", " — "))
    return (beginning[:clause] if clause > len(beginning) / 2 else beginning).rstrip(" ,;:–—") + "…"


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
    )
