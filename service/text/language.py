"""The language of a text, through py3langid."""

from dataclasses import dataclass
from functools import cache
from typing import Any, Final

# The languages of texts that may reach a French newsroom. The fewer there are, the safer it is to
# tell short texts apart.
LANGUAGES: Final = (
    "fr", "en", "de", "es", "it", "pt", "nl", "ca", "ro", "pl", "sv", "da", "tr", "ru", "ar", "zh",
    "ja", "oc",
)  # fmt: skip

# Below this score a text (a list of product names, say) may be in any language.
MIN_SCORE: Final = 0.6


@dataclass(frozen=True)
class Language:
    """A detected language: its ISO 639-1 code and the score of the detection, from 0 to 1."""

    code: str
    score: float

    def may_be(self, code: str) -> bool:
        """True unless the text is surely in another language than `code`."""
        return self.code == code or self.score < MIN_SCORE


@cache
def _identifier() -> Any:
    from py3langid import langid

    identifier = langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE, norm_probs=True)
    identifier.set_languages(LANGUAGES)
    return identifier


def detect_language(text: str) -> Language:
    """Returns the most likely of LANGUAGES for `text`."""
    code, score = _identifier().classify(text)
    return Language(code, round(float(score), 3))
