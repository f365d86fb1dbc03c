"""Finds how a summary begins: it tells the news, names whom it is about, and is standalone."""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Final, NamedTuple

from service.checking.evidence import CheckedSentence, EvidenceFinder
from service.checking.standalone import is_complete_statement, is_wholly_standalone
from service.choosing.candidates import CheckedCandidate
from service.choosing.coherence import join, keep_trusted, order_as_article_if_standalone
from service.choosing.filling import Filler
from service.choosing.news import News
from service.choosing.own_sentences import OwnSentences
from service.facts.statements import stems
from service.text.words import count_words

MIN_WORDS_BEHIND: Final = 4  # of a sentence of the lead behind another one
NAMED_GAIN: Final = 0.1  # for a summary that has the first name of the title, in shares of the news
LEAD_SENTENCES: Final = 8  # how far down the article an opening of its own is looked for
# For a sentence whose words return in the article, in units of the model's words that it has.
RECURRENCE_GAIN: Final = 2.0

# Begins a sentence with something that was named before, or that everybody knows.
_DEFINITE: Final = re.compile(r"(?:Les? |La |L['’])(?![A-ZÀ-Ý\d])")


class _Beginning(NamedTuple):
    """Sentences with which a summary may begin, and whether they are the article's lead."""

    sentences: list[CheckedSentence]
    is_lead: bool


class Opener:
    """Begins summaries of one article. `titled`: its title will stand above them."""

    def __init__(
        self,
        finder: EvidenceFinder,
        news: News,
        own: OwnSentences,
        filler: Filler,
        titled: bool = False,
    ) -> None:
        self._finder, self._news, self._own, self._filler = finder, news, own, filler
        self._titled = titled

    def begin(self, written: CheckedCandidate) -> list[CheckedSentence]:
        """A summary of the article's opening: the whole lead where that may stand. Else the trusted
        sentences of what the model wrote, behind another beginning where theirs is not fit for
        one."""
        if lead := self.whole_lead:
            return lead
        trusted = self._filler.take(keep_trusted(written.sentences))
        summary = trusted
        if not summary or summary[0] is not written.sentences[0] or not summary[0].standalone:
            summary = self._replace_opening(summary, written)
        elif not self._names_subject(summary):
            summary = self._name_subject(summary, written)
        return self._tell_news(summary, trusted)

    @cached_property
    def whole_lead(self) -> list[CheckedSentence]:
        """All sentences of the lead, where it fits, is understood by itself and tells what the
        title says; else none. Under its title a lead need not say that again.

        Editors prefer it to any sentence that was cut out of it: see docs/decisions/the-lead.md.
        """
        if not self._news.lead_is_whole or not self._news.title:
            return []
        may_open = self._may_open if self._titled else self._may_open_alone
        lead = max(self._find_leads(may_open), key=len, default=[])
        if [sentence.text for sentence in lead] != self._news.lead:
            return []
        if count_words(join(lead)) > self._filler.budget.whole_lead:
            return []
        return lead if self._titled or self._tells_title(lead) else []

    def _tells_title(self, summary: Sequence[CheckedSentence]) -> bool:
        """True if a summary is understood without the title, and has its first number and name."""
        text = join(summary)
        plain = self._news.is_plain(text) and not self._news.leaves_out_count(text)
        return plain and self._names_subject(summary)

    def _names_subject(self, summary: Sequence[CheckedSentence]) -> bool:
        """False if the first name of the title is missing: small models put other words for a name
        that is new to them."""
        subject = self._news.subject
        return not subject or any(subject in stems(sentence.text) for sentence in summary)

    def _replace_opening(
        self, summary: list[CheckedSentence], written: CheckedCandidate
    ) -> list[CheckedSentence]:
        """`summary` behind a beginning that may open it. Where there is none, its standalone
        sentences."""
        beginning = self._find_beginning(written, must_name_subject=False)
        if beginning is None:
            return [sentence for sentence in summary if sentence.standalone]
        return self._put_first(beginning, summary)

    def _name_subject(
        self, summary: list[CheckedSentence], written: CheckedCandidate
    ) -> list[CheckedSentence]:
        """`summary` with a sentence that has the first name of the title, where there is one."""
        beginning = self._find_beginning(written, must_name_subject=True)
        if beginning is None:
            return summary
        named = self._put_first(beginning, summary)
        # "Le chef du gouvernement…" wants the name before it. Other sentences come first where the
        # article has them first.
        if beginning.is_lead or _DEFINITE.match(summary[0].text):
            return named
        return order_as_article_if_standalone(named)

    def _put_first(
        self, beginning: _Beginning, summary: list[CheckedSentence]
    ) -> list[CheckedSentence]:
        opening = beginning.sentences[0]
        others = [sentence for sentence in summary if sentence is not opening]
        return self._filler.extend(beginning.sentences, others)

    def _find_beginning(
        self, written: CheckedCandidate, must_name_subject: bool
    ) -> _Beginning | None:
        """The sentences that may open a summary, or None.

        If the first sentence that the model wrote may not, the lead does, where it is understood
        without the title. Otherwise it is the one that has most of the title, of that sentence and
        the article's own.
        """

        def is_usable(sentences: list[CheckedSentence]) -> bool:
            return self._names_subject(sentences) or not must_name_subject

        first = filter(self._may_open, written.sentences[:1])
        openings = [sentence for sentence in first if is_usable([sentence])]
        if not openings:
            own_leads = self._find_leads(self._may_open_alone)
            plain_leads = (lead for lead in own_leads if self._news.is_plain(join(lead)))
            if leads := list(filter(is_usable, plain_leads)):
                return _Beginning(max(leads, key=self._worth), is_lead=True)
        own = filter(self._may_open, self._rank_own_sentences(written.text))
        openings += [sentence for sentence in own if is_usable([sentence])]
        if not openings:
            return None
        opening = max(openings, key=lambda sentence: self._news.of_title(sentence.text))
        return _Beginning([opening], is_lead=False)

    def _may_open(self, sentence: CheckedSentence) -> bool:
        """True if it is trusted and standalone, and fits the budget."""
        return sentence.trusted and sentence.standalone and self._filler.has_room([], sentence)

    def _rank_own_sentences(self, written: str) -> list[CheckedSentence]:
        """The article's first usable sentences, the one that says most of the news first.

        The model's text says the news, though it may not be used as it says it. Its words return in
        the article.
        """
        told = stems(written)
        return sorted(
            self._own.read(LEAD_SENTENCES),
            key=lambda sentence: self._share_of_news(stems(sentence.text), told),
            reverse=True,
        )

    def _share_of_news(self, words: frozenset[str], told: frozenset[str]) -> float:
        """The share of `told` that is among `words`, rare ones counting more, and how much these
        return in the article."""
        weigh = self._finder.weight
        share = weigh(words & told) / (weigh(told) or 1.0)
        return share + RECURRENCE_GAIN * self._finder.recurrence(words)

    def _tell_news(
        self, summary: list[CheckedSentence], trusted: list[CheckedSentence]
    ) -> list[CheckedSentence]:
        """`summary`; where it misses the news, what the model wrote, if that tells it, or `summary`
        behind the lead or another own sentence of the article, whichever tells most."""
        text = join(summary)
        if not self._news.is_missed(text):
            return summary
        if trusted and self._tells_news(trusted):
            return trusted
        beginnings = [
            beginning
            for beginning in self._find_own_beginnings()
            if self._news.may_replace(text, join(beginning))
        ]
        extended = [self._filler.extend(beginning, summary) for beginning in beginnings]
        return max([*extended, summary], key=self._worth)

    def _tells_news(self, summary: Sequence[CheckedSentence]) -> bool:
        return summary[0].standalone and not self._news.is_missed(join(summary))

    def _worth(self, summary: Sequence[CheckedSentence]) -> tuple[float, int]:
        """How much of the news a summary tells and whether it names whom it is about. Of two that
        tell the same, the shorter is worth more."""
        text = join(summary)
        told = self._news.told_again(text) + NAMED_GAIN * self._names_subject(summary)
        return round(told, 2), -count_words(text)

    def _find_own_beginnings(self) -> list[list[CheckedSentence]]:
        """The leads; where there are none, other sentences of the article's beginning."""
        if leads := list(self._find_leads(self._may_open_alone)):
            return leads
        return [
            [sentence]
            for sentence in self._own.read(LEAD_SENTENCES)
            if self._may_open_alone(sentence)
        ]

    def _may_open_alone(self, sentence: CheckedSentence) -> bool:
        """True if it may open a summary, and nothing in it points back."""
        return self._may_open(sentence) and is_wholly_standalone(sentence.text)

    def _find_leads(
        self, may_open: Callable[[CheckedSentence], bool]
    ) -> Iterator[list[CheckedSentence]]:
        """The runs of complete sentences of the lead, each from one that may open a summary. A
        later one may need the one before it."""
        sentences = [self._finder.support(text) for text in self._news.lead]
        for first, opening in enumerate(sentences):
            if not (is_complete_statement(opening.text) and may_open(opening)):
                continue
            lead: list[CheckedSentence] = []
            for sentence in sentences[first:]:
                complete = is_complete_statement(sentence.text, MIN_WORDS_BEHIND)
                if not complete or not self._filler.has_room(lead, sentence):
                    break
                lead.append(sentence)
                yield list(lead)
