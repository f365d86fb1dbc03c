"""The words around the entries of a digest, in its language."""

import re
from datetime import UTC, datetime, time
from typing import Final

from babel.dates import format_date, format_datetime

from service.feeds.digest import Digest, Health
from service.feeds.entries import Basis, Entry
from service.feeds.grouping.differences import SourcedFigure
from service.feeds.incoming.marks import printable
from service.text.tables import table

TABLE: Final = "words"
_WITHIN_FIGURE: Final = re.compile(
    r"(?<=\d) (?=\d{3}(?!\d)|(?:millions?|milliards?|euros?)\b|[%€$£])"
)


class Words:
    """The words of a digest in `fr` or `en`. Times are shown in the zone of this machine."""

    def __init__(self, language: str) -> None:
        self._language = language

    def word(self, name: str, **values: object) -> str:
        """The words `name` of the section `digest`, with `values` filled in."""
        return self._find("digest", name).format(**values)

    def trouble(self, health: Health) -> str:
        """What is wrong with a feed or an article."""
        words = self._find("trouble", health.trouble.kind.value)
        return printable(words.format(detail=health.trouble.detail))

    @staticmethod
    def name(health: Health) -> str:
        """What the feed or article is called."""
        return printable(health.subscription.title or health.subscription.address)

    def title(self, made: datetime) -> str:
        """The title of a digest."""
        date = format_date(made.astimezone(), "long", locale=self._language)
        return self.word("title", date=date)

    def date(self, moment: datetime | None) -> str:
        """When an item appeared; empty if that is unknown.

        A day without a time was read as midnight, in UTC or in the zone of this machine: no time
        is shown.
        """
        if moment is None:
            return ""
        for midnight in (moment.astimezone(UTC), moment.astimezone()):
            if midnight.time() == time.min:
                return str(format_date(midnight, "d MMM y", locale=self._language))
        return str(format_datetime(moment.astimezone(), "d MMM y, HH:mm", locale=self._language))

    def opening(self, digest: Digest) -> str:
        """The sentence of a digest without entries; empty if there are entries."""
        if digest.entries:
            return ""
        return self.word("unread" if digest.is_unread else "nothing")

    def basis(self, entry: Entry) -> str:
        """The words for what an entry is made of; empty if it is made of the page."""
        return "" if entry.basis is Basis.PAGE else self.word(entry.basis.value)

    def difference(self, figures: tuple[SourcedFigure, SourcedFigure]) -> str:
        """Two figures with their sources."""
        return ", ".join(
            self.word("according", figure=figure.written, source=figure.source)
            for figure in figures
        )

    def _find(self, section: str, name: str) -> str:
        return str(table(__package__, TABLE)[section][name][self._language])


def keep_figures_whole(text: str) -> str:
    """The text with no-break spaces within figures: no line ends in "800" with "000" below."""
    return _WITHIN_FIGURE.sub("\u00a0", text)
