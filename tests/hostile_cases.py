"""The texts of `make hostile`: 200,000 characters of one unit, in a frame."""

from dataclasses import dataclass
from typing import Final

from service.summarizer import SummaryRequest, TargetLanguage
from tests.engines import ARTICLE

SIZE: Final = 200_000  # characters: as many as the service takes
OPENING: Final = "Le président du conseil a dit oui "

LETTERS: Final = (
    "a",
    "É",
    "aa ",
    "Ab ",
    "a b ",
    "x1",
    "3f9a",
    "中",
    "ا",
    "😀",
    "e\u0301",
    "\u0301",
)
DIGITS: Final = (
    "1", "1 ", "1 000 ", "1\u202f000 ", "1,", "1, ", "1.", "1. ", "1.5 ", "12:30 ", "12h30 ",
    "10/10/2020 ", "12 mars 2024 ",
    "1 % ", "1 € ", "n° ", "(1) ", "1) ", "1\n", "12:30\n", "3D ", "$",
)  # fmt: skip
SPACES: Final = (
    " ", "\t", "\n", "\n\n", " \n", "\r\n", "\r", "\x0b", "\u00a0", "\u202f", "\u2028", "\u200b",
    "\ufeff", "\x00", "\x85",
)  # fmt: skip
MARKS: Final = (
    ".", ". ", "…", "… ", "!", "! ", "? ", "?!", ",", ", ", "; ", ":", " : ", "-", "- ", " - ", "–",
    " – ", "— ", "@", "+",
    "\"", "\" ", "'", "’", "« ", "«", "»", "« a » ", "“", "”", "(", ")", "( ", "{", "/", "\\", "^",
    "&", "&amp;",
)  # fmt: skip
MARKUP: Final = (
    "_", "*", "* ", "**a** ", "~~", "`", "```\n", "|", "|-|\n", "# ", "===\n", "---\n", "> ", "[",
    "]", "[a](", "](", "![",
    "[^1]", "<", "<b>", "<b ", "</b>", "<br>", "<!--", "www.", "www.a.", "https://", "https://a.b/",
    "a@b.", "Title: a\n",
)  # fmt: skip
WORDS: Final = (
    "l'", "d'", "qu'", "M. ", "Mme ", "A. ", "A.", "J.-P. ", "Jean-", "Jean ", "Jean-Pierre ",
    "-t-", "etc. ", "le ", "de ",
    "et ", "que ", "ne ", "pas ", "a dit ", "selon ", "mille ", "millions, ", "deux ", "par ",
    "publié ", "À lire aussi ",
    "cookies ", "vous ", "oui, ", "Oui. ", "oui…", "lundi ", "• ", "a\n", "a,\n", "a-\n",
)  # fmt: skip
UNITS: Final = LETTERS + DIGITS + SPACES + MARKS + MARKUP + WORDS
PAGE_UNITS: Final = (
    "<b>", "<time>", "<div>", "&amp;", "<!--", "<p>a", "<li>", "<q>", "<h1>", "<br>", "<a href=x>",
    "<meta name=date>", "… ",
    "<sup>", "<td>a", "<i>a</i> ", "<q>a</q> ", "<a href=x>a</a> ", "<sup>a</sup> ",
)  # fmt: skip
FEW_UNITS: Final = (
    "a",
    "1 000 ",
    "1, ",
    "\n",
    " ",
    "… ",
    "« ",
    " - ",
    "A. ",
    "www.a.",
    "[a](",
    "Jean-Pierre ",
)
BUILT_IN_UNITS: Final = ("1\n", "![", "Oui. ", "1 000 ", "« ", "Jean-Pierre ")
# What stands before the units and behind them: nothing, a sentence's beginning and its end, an
# article.
FRAMES: Final = (("", ""), (OPENING, " hier."), (f"{ARTICLE}\n\n{OPENING}", f".\n\n{ARTICLE}"))


@dataclass(frozen=True)
class Case:
    """One text of the sweep: `size` characters of a unit in a frame, as text or as a page.

    `is_built_in`: the built-in models answer it.
    """

    unit: str
    frame: int
    language: TargetLanguage
    is_page: bool = False
    size: int = SIZE
    is_built_in: bool = False

    def request(self) -> SummaryRequest:
        """What is asked of the pipeline."""
        before, behind = FRAMES[self.frame]
        units = (self.unit * (self.size // len(self.unit) + 1))[: self.size]
        text = f"{before}{units}{behind}"
        if self.is_page:
            article = f"<h1>Oui</h1><p>{ARTICLE}</p><p>{text}</p>"
            page = f"<html><body><article>{article}</article></body></html>"
            return SummaryRequest(html=page, language=self.language, language_check=False)
        return SummaryRequest(text=text, language=self.language, language_check=False)


def all_cases() -> list[Case]:
    """The whole sweep: each unit in each frame, in both languages, and a few of them as pages."""
    languages: tuple[TargetLanguage, ...] = ("fr", "en")
    frames = range(len(FRAMES))
    texts = [
        Case(unit, frame, language) for language in languages for frame in frames for unit in UNITS
    ]
    # A page may have 30,000 tags; of a longer one the service says so at once.
    pages = [Case(unit, 1, "fr", True, min(SIZE, 29_000 * len(unit))) for unit in PAGE_UNITS]
    return pages + texts


def few_cases() -> list[Case]:
    """The short form for the ordinary tests: a few units, and the slowest ones."""
    few = [Case(unit, 2, "en" if number % 2 else "fr") for number, unit in enumerate(FEW_UNITS)]
    return [*few, Case("1\n", 1, "en"), Case("![", 1, "fr")]


def built_in_cases() -> list[Case]:
    """Those for the built-in models, in both languages."""
    languages: tuple[TargetLanguage, ...] = ("fr", "en")
    return [
        Case(unit, 2, language, is_built_in=True)
        for unit in BUILT_IN_UNITS
        for language in languages
    ]
