"""What is the news of an article: what its title and its lead say, and how much of it a text tells.

Only of an article with a title: one that was cut out of its page may lack its lead too, and its
first paragraph is as good as any other. The thresholds were chosen on 80 pages about technology and
looked at on 80 others; LEAST_TOLD and ABOUT, since version 6 of the built-in adapter, on readers'
grades of its candidates for 100 more: see docs/decisions/the-lead.md.
"""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Final

from service.facts.figures import Figure, FigureKind, figures
from service.facts.statements import Statement, stem, stems
from service.facts.units import kind_of
from service.reading.article import Article
from service.reading.boilerplate import LABEL, RUBRICS
from service.text.calendar import MONTHS
from service.text.sentences import is_complete
from service.text.words import count_words

LEAD_WORDS: Final = 60  # where a paragraph is longer, its first sentences are the lead
# of the lead, whose first sentences up to here are the news: about as much as a summary has room
# for
NEWS_WORDS: Final = 40
LEAST_TOLD: Final = (
    0.5  # of the words of the title and of the lead, below which a text misses the news
)
TITLE_TOLD: Final = (
    0.45  # share of the title's words from which on a text tells what the title says
)
ABOUT: Final = (
    0.7  # share of a sentence's words that title and lead must have if it is about the news
)
LEAST_OF_TITLE: Final = 0.3  # below it a text is not understood without the title
MOST_OF_TITLE: Final = (
    0.6  # above it a text that misses the news says the title already; looked at on 110 pages
)
TITLE_WORDS: Final = range(4, 21)  # of a title that may stand as a sentence
ROUNDING: Final = Decimal("0.1")  # share of a number by which a title may round it
MARGIN: Final = 0.15  # by which a lead may tell less of the title than such a text

# A title that promises what the article says: "Pourquoi il faut taxer les centres de données".
_ANNOUNCED: Final = re.compile(
    r"(?:pourquoi|comment|qui|quels?|quelles?|où|combien|ce qu[ei]|ce qu'|voici)\b", re.IGNORECASE
)
_THINGS: Final = re.compile(rf" (?=[a-zà-ÿ]{{3}})(?!(?:pouces?|{'|'.join(MONTHS)})\b)")
_OF_NAME: Final = re.compile(r"(?:[A-ZÀ-Ý][\w-]* |[\w'’]-)\Z")
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
# What a site puts before a title to say of what kind the article is.
_RUBRIC: Final = re.compile(
    rf"\A(?:{RUBRICS}|analyse|enquête|reportage|portrait|entretien|interview|vidéos?|podcast"
    rf"|résultats|test|prise en main"
    r"|bon plan|avis d'expert)\s*[|:–—-]\s+",
    re.IGNORECASE,
)


class News:
    """The news of one article. `weight` says how much some words count, rare ones more; shares are
    from 0 to 1, and 0 where there is no title. `title` is a sentence, `lead` some."""

    def __init__(self, article: Article, weight: Callable[[frozenset[str]], float]) -> None:
        self.lead = _first_sentences(article, LEAD_WORDS)
        self._weight = weight
        title = _RUBRIC.sub("", LABEL.sub("", article.header.title.strip()))
        title = title[:1].upper() + title[1:]
        self.title = title if not title or is_complete(title) else f"{title}."
        self._counts = _counts(title)
        self._title, self._lead = (
            stems(article.header.title),
            stems(" ".join(_first_sentences(article, NEWS_WORDS))),
        )
        self._known = self._title | stems(" ".join(self.lead))
        # What of the lead the rest comes back to: the rest of it is ornament.
        behind = " ".join(sentence.text for sentence in article.sentences[len(self.lead) :])
        self._again = stems(" ".join(self.lead)) & (self._title | stems(behind))

    def of_title(self, text: str) -> float:
        """The share of the title's words that `text` has."""
        return self._share(text, self._title)

    def told(self, text: str) -> float:
        """The mean share of the words of the title and of the lead that `text` has."""
        return self._share(text, self._title, self._lead)

    def told_again(self, text: str) -> float:
        """The same, of the lead's words only those that the rest of the article has."""
        return self._share(text, self._title, self._again)

    def is_missed(self, text: str) -> bool:
        """True if `text` tells something else."""
        return bool(self._title) and self.told(text) < LEAST_TOLD

    def is_about(self, sentence: str) -> bool:
        """True if a sentence keeps to what title and lead say; always where there is no title."""
        said = stems(sentence)
        return not self._title or self._weight(said & self._known) >= ABOUT * self._weight(said)

    def may_replace(self, text: str, opening: str) -> bool:
        """True unless `text` tells what the title says and `opening` goes on from the title: that
        is no news by itself."""
        told = self.of_title(text)
        return told < TITLE_TOLD or self.of_title(opening) >= told - MARGIN

    def title_before(self, text: str) -> str:
        """The title as a sentence, where it should stand before `text`, which tells so little of
        what it says, or of the news, or nothing of what it counts; else empty.

        In print a lead goes on from the title: "Le prévenu, âgé de 44 ans…".
        """
        statement = self.title and not self.title.endswith("?") and not _ANNOUNCED.match(self.title)
        usable = statement and count_words(self.title) in TITLE_WORDS
        missed = self.is_missed(text) and self.of_title(text) <= MOST_OF_TITLE
        return (
            self.title
            if usable and (missed or not self.is_plain(text) or self._leaves_out_count(text))
            else ""
        )

    def is_plain(self, text: str) -> bool:
        """True if there is a title and `text` is understood without it."""
        return bool(self._title) and self.of_title(text) >= LEAST_OF_TITLE

    def _leaves_out_count(self, text: str) -> bool:
        """True if the title counts something ("572 millions d'euros", "60 licenciements") and
        `text` has no such number."""
        if not self._counts:
            return False
        told = [
            Decimal(figure.value)
            for figure in figures(text, "fr")
            if figure.kind is FigureKind.AMOUNT
        ]
        return not any(
            abs(count - other) <= ROUNDING * count for count in self._counts for other in told
        )

    def _share(self, text: str, *news: frozenset[str]) -> float:
        if not self._title:
            return 0.0
        said = stems(text)
        return sum(
            self._weight(words & said) / (self._weight(words) or 1.0) for words in news
        ) / len(news)


def _first_sentences(article: Article, most: int) -> list[str]:
    """The sentences of the first paragraph, at least one and up to `most` words."""
    lead: list[str] = []
    words = 0
    for sentence in article.sentences:
        same = sentence.paragraph == article.sentences[0].paragraph
        words += count_words(sentence.text)
        if (
            not same or (lead and words > most) or len(lead) > most
        ):  # 60,000 signs are sentences without a word
            break
        lead.append(sentence.text)
    return lead


def _counts(title: str) -> list[Decimal]:
    """The numbers of what a title counts: money, shares, things; not a year, a length or part of a
    name ("Windows 10")."""
    amounts = (
        figure
        for figure in figures(title, "fr")
        if figure.kind is FigureKind.AMOUNT and figure.written[:1].isdigit()
    )
    return [Decimal(figure.value) for figure in amounts if _is_counted(figure, title)]


def _is_counted(figure: Figure, title: str) -> bool:
    if figure.unit or figure.scale:
        return kind_of(figure.unit) in {"money", "share", ""}
    things = _THINGS.match(title, figure.end) and not _OF_NAME.search(title[: figure.start])
    return bool(things) and not _YEAR.fullmatch(figure.written)


def first_name(title: str, capitals: frozenset[str]) -> str:
    """The first name of a title, cut as `stems` does: a capitalised word that is one of the
    article's `capitals`; behind a colon rather than before ("Brexit : Boris Johnson rejoue…"), but
    before what somebody says. Empty if there is none."""
    topic, _, rest = title.partition(" : ")
    parts = (topic, rest) if rest.startswith(("«", '"', "“")) else (rest, topic)
    words = [
        word
        for part in parts
        for word in Statement(part).words
        if word.capital and word.plain in capitals
    ]
    return next(filter(None, (stem(word.text) for word in words)), "")
