"""Measures how much of an article's news a text tells. The news is what title and lead say.

Only an article with a title has news. An article without one may have been cut out of its page
and lack its lead too, so that its first paragraph is as good as any other.

The thresholds were chosen on 80 pages about technology and looked at on 80 others. LEAST_TOLD and
ABOUT were chosen on 100 more pages: readers graded candidates that version 6 of the built-in
adapter wrote for them. See docs/decisions/the-lead.md.
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
# The news is the first sentences of the lead up to this length: about what a summary has room for.
NEWS_WORDS: Final = 40
# A text with a smaller share of the words of title and lead misses the news.
LEAST_TOLD: Final = 0.5
# A text with at least this share of the title's words tells what the title says.
TITLE_TOLD: Final = 0.45
# A sentence is about the news if title and lead have at least this share of its words.
ABOUT: Final = 0.7
LEAST_OF_TITLE: Final = 0.3  # a text with a smaller share of the title needs the title
# A text that misses the news, but has a larger share of the title, says the title already. Looked
# at on 110 pages.
MOST_OF_TITLE: Final = 0.6
TITLE_WORDS: Final = range(4, 21)  # of a title that may stand as a sentence
ROUNDING: Final = Decimal("0.1")  # share of a number by which a title may round it
MARGIN: Final = 0.15  # an opening may have this share less of the title than the text behind it

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
    """The news of one article. Shares are from 0 to 1, and 0 where there is no title.

    - `weigh` says how much some words count, rare ones more; `capitals` are the words that stand
      capitalised inside the article's sentences.
    - `title` is the title as a sentence, `lead` the sentences of the lead, and `subject` the first
      name of the title as `stems` gives it, empty where there is none.
    - `lead_is_whole` is true where the lead is the whole first paragraph.
    """

    def __init__(
        self,
        article: Article,
        weigh: Callable[[frozenset[str]], float],
        capitals: frozenset[str] = frozenset(),
    ) -> None:
        self._weigh = weigh
        header_title = article.header.title
        title = _RUBRIC.sub("", LABEL.sub("", header_title.strip()))
        title = title[:1].upper() + title[1:]
        self.title = title if not title or is_complete(title) else f"{title}."
        self.lead = _first_sentences(article, LEAD_WORDS)
        paragraphs = [sentence.paragraph for sentence in article.sentences]
        self.lead_is_whole = paragraphs.count(paragraphs[0]) == len(self.lead)
        self.subject = _first_name(header_title, capitals)
        self._counts = _find_counts(title)
        self._title_stems = stems(header_title)
        self._news_stems = stems(" ".join(_first_sentences(article, NEWS_WORDS)))
        lead_stems = stems(" ".join(self.lead))
        self._known_stems = self._title_stems | lead_stems
        # Words of the lead that recur in the title or later in the article; others are ornament.
        rest = " ".join(sentence.text for sentence in article.sentences[len(self.lead) :])
        self._returning_stems = lead_stems & (self._title_stems | stems(rest))

    def of_title(self, text: str) -> float:
        """The share of the title's words that `text` has."""
        return self._share(text, self._title_stems)

    def told(self, text: str) -> float:
        """The mean share of the words of the title and of the lead that `text` has."""
        return self._share(text, self._title_stems, self._news_stems)

    def told_again(self, text: str) -> float:
        """The same, but only those words of the lead count that recur later or in the title."""
        return self._share(text, self._title_stems, self._returning_stems)

    def is_missed(self, text: str) -> bool:
        """True if there is a title and `text` tells something else than the news."""
        return bool(self._title_stems) and self.told(text) < LEAST_TOLD

    def is_about(self, sentence: str) -> bool:
        """True if a sentence keeps to what title and lead say; always where there is no title."""
        words = stems(sentence)
        known = self._weigh(words & self._known_stems)
        return not self._title_stems or known >= ABOUT * self._weigh(words)

    def may_replace(self, text: str, opening: str) -> bool:
        """False if `text` tells what the title says, and `opening` tells much less of it.

        Such an opening goes on from the title, and is no news by itself.
        """
        told = self.of_title(text)
        return told < TITLE_TOLD or self.of_title(opening) >= told - MARGIN

    def title_before(self, text: str) -> str:
        """Returns the title as a sentence if it should stand before `text`; else an empty string.

        It should if `text` tells too little of the title or of the news, or lacks the number of
        what the title counts. In print a lead goes on from the title: "Le prévenu, âgé de 44
        ans…".
        """
        if not self.title or self.title.endswith("?") or _ANNOUNCED.match(self.title):
            return ""
        if count_words(self.title) not in TITLE_WORDS:
            return ""
        missed = self.is_missed(text) and self.of_title(text) <= MOST_OF_TITLE
        needed = missed or not self.is_plain(text) or self.leaves_out_count(text)
        return self.title if needed else ""

    def is_plain(self, text: str) -> bool:
        """True if there is a title and `text` is understood without it."""
        return bool(self._title_stems) and self.of_title(text) >= LEAST_OF_TITLE

    def leaves_out_count(self, text: str) -> bool:
        """True if the title counts something ("572 millions d'euros", "60 licenciements") and
        `text` has no such number."""
        if not self._counts:
            return False
        amounts = [
            Decimal(figure.value)
            for figure in figures(text, "fr")
            if figure.kind is FigureKind.AMOUNT
        ]
        return not any(
            abs(count - amount) <= ROUNDING * count for count in self._counts for amount in amounts
        )

    def _share(self, text: str, *news: frozenset[str]) -> float:
        """Returns the share that `text` has of each set of words, averaged over the sets."""
        if not self._title_stems:
            return 0.0
        words = stems(text)
        shares = (self._weigh(part & words) / (self._weigh(part) or 1.0) for part in news)
        return sum(shares) / len(news)


def _first_sentences(article: Article, most: int) -> list[str]:
    """The sentences of the first paragraph, at least one and up to `most` words."""
    lead: list[str] = []
    words = 0
    for sentence in article.sentences:
        same_paragraph = sentence.paragraph == article.sentences[0].paragraph
        words += count_words(sentence.text)
        # A sentence of signs has no words, so sentences are limited too: 60,000 are no lead.
        if not same_paragraph or (lead and words > most) or len(lead) > most:
            break
        lead.append(sentence.text)
    return lead


def _find_counts(title: str) -> list[Decimal]:
    """Returns the numbers of what a title counts: money, shares and things.

    A year, a length or a part of a name ("Windows 10") is not counted.
    """
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


def _first_name(title: str, capitals: frozenset[str]) -> str:
    """The stem of the first name of a title, a capitalised word that is one of `capitals`; empty if
    there is none.

    A name behind a colon goes before one in front of it ("Brexit : Boris Johnson rejoue…"), unless
    a quotation stands behind the colon.
    """
    topic, _, rest = title.partition(" : ")
    parts = (topic, rest) if rest.startswith(("«", '"', "“")) else (rest, topic)
    words = [word for part in parts for word in Statement(part).words]
    names = [word.text for word in words if word.capital and word.plain in capitals]
    return next(filter(None, map(stem, names)), "")
