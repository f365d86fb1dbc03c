"""The words around the entries of a digest, in its language."""

from datetime import datetime
from typing import Final

from babel.dates import format_date, format_datetime

from service.feeds.entries import Basis, Entry
from service.feeds.grouping.differences import SourcedFigure
from service.feeds.item import Trouble
from service.text.tables import table

TABLE: Final = "words"


class Words:
    """The words of a digest in `fr` or `en`. Times are shown in the zone of this machine."""

    def __init__(self, language: str) -> None:
        self._language = language

    def word(self, name: str, **values: object) -> str:
        """The words `name` of the section `digest`, with `values` filled in."""
        return self._find("digest", name).format(**values)

    def trouble(self, trouble: Trouble) -> str:
        """What is wrong with a feed."""
        return self._find("trouble", trouble.kind.value).format(detail=trouble.detail)

    def title(self, made: datetime) -> str:
        """The title of a digest."""
        date = format_date(made.astimezone(), "long", locale=self._language)
        return self.word("title", date=date)

    def date(self, moment: datetime | None) -> str:
        """When an item appeared; empty if that is unknown."""
        if moment is None:
            return ""
        return str(format_datetime(moment.astimezone(), "d MMM y, HH:mm", locale=self._language))

    def basis(self, entry: Entry) -> str:
        """What an entry is made of; empty where that is the page."""
        return "" if entry.basis is Basis.PAGE else self.word(entry.basis.value)

    def difference(self, figures: tuple[SourcedFigure, SourcedFigure]) -> str:
        """Two figures with their sources."""
        return ", ".join(
            self.word("according", figure=figure.written, source=figure.source)
            for figure in figures
        )

    def _find(self, section: str, name: str) -> str:
        return str(table(__package__, TABLE)[section][name][self._language])
