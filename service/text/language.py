"""The language of a text, through py3langid."""

from dataclasses import dataclass
from functools import cache
from typing import Any, Final

# What a French newsroom may be handed; fewer languages make short texts safer to tell apart.
LANGUAGES: Final = (
    "fr",
    "en",
    "de",
    "es",
    "it",
    "pt",
    "nl",
    "ca",
    "ro",
    "pl",
    "sv",
    "da",
    "tr",
    "ru",
    "ar",
    "zh",
    "ja",
    "oc",
)

# Below this confidence a text (a list of product names, say) is given the benefit of the doubt.
MIN_SCORE: Final = 0.6


@dataclass(frozen=True)
class Language:
    """An ISO 639-1 code and how sure the detection is, from 0 to 1."""

    code: str
    score: float

    def may_be(self, code: str) -> bool:
        """True unless the text is plainly in another language than `code`."""
        return self.code == code or self.score < MIN_SCORE


@cache
def _identifier() -> Any:
    from py3langid import langid

    identifier = langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE, norm_probs=True)
    identifier.set_languages(LANGUAGES)
    return identifier


def detect_language(text: str) -> Language:
    """The most likely of LANGUAGES for `text`."""
    code, score = _identifier().classify(text)
    return Language(code, round(float(score), 3))
