"""The part of a page that a model sees to write one sentence of a summary.

Models learn this task from `sentence_examples.py`. No model that ships knows it.

The new sentence tells of a few sentences of the page, its sources. The model sees the sources,
marked, and the context that they need: the title, the lead, the sentence before each source, and
the sentences that first mention a name of a source. It does not see the rest of the page, so it
cannot mix that in.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

# Stands before a source.
MARK: Final = "* "
# At most this many words of the lead are shown, but always its whole first sentence.
LEAD_WORDS: Final = 60
# At most this many sentences that introduce a name are shown.
INTRODUCTIONS: Final = 2
_NAME: Final = re.compile(r"(?<=[^\W\d_][ '’])[A-ZÀ-Ý][\w-]+")


@dataclass(frozen=True)
class Page:
    """The title of a page, empty if it has none, and its sentences; the lead has `lead` of them."""

    title: str
    sentences: Sequence[str]
    lead: int

    @property
    def shown_lead(self) -> int:
        """How many sentences of the lead are shown: whole ones, of LEAD_WORDS words in all."""
        words = 0
        for number, sentence in enumerate(self.sentences[: self.lead]):
            words += len(sentence.split())
            if number and words > LEAD_WORDS:
                return number
        return self.lead

    def passage(self, sources: Collection[int], so_far: str = "", *, told: bool = False) -> str:
        """The text that stands before the marker that asks for a sentence of a summary.

        It holds the title; the shown sentences, one a line, with an empty line where some are left
        out; and the summary `so_far`. If `told`, that summary begins with the lead, which is not
        shown again.
        """
        lines = [self.title] if self.title else []
        before = -1
        for number in self._shown(sources, told):
            if lines and (before < 0 or number > before + 1):
                lines.append("")
            lines.append((MARK if number in sources else "") + self.sentences[number])
            before = number
        if so_far:
            lines += ["", so_far]
        return "\n".join(lines)

    def _shown(self, sources: Collection[int], told: bool) -> list[int]:
        """The numbers of the sentences that are shown with `sources`, in order."""
        lead = set(range(self.shown_lead))
        shown = set(sources) | {source - 1 for source in sources if source}
        introductions = self._find_introductions(sources) - shown - lead
        shown.update(sorted(introductions)[:INTRODUCTIONS])
        return sorted(shown - (lead - set(sources)) if told else shown | lead)

    def _find_introductions(self, sources: Collection[int]) -> set[int]:
        """The sentences that first mention a name of a source."""
        names = {name for source in sources for name in _NAME.findall(self.sentences[source])}
        return {
            next(k for k, sentence in enumerate(self.sentences) if name in sentence)
            for name in names
        }
