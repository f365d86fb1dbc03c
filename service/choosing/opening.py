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

MIN_WORDS_BEHIND: Final = 4  # fewest words of a lead sentence behind another one
# Added to the share of the news that a summary tells, if it has the first name of the title.
NAMED_GAIN: Final = 0.1
LEAD_SENTENCES: Final = 8  # first sentences of the article that are searched for an opening
# Weight of how much a sentence's words recur in the article. The share of the model's words that it
# has weighs 1.
RECURRENCE_GAIN: Final = 2.0

# The sentence begins with a definite noun: something named before, or known to everybody.
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
        """Returns the sentences with which a summary begins: the whole lead, if that may stand.

        Otherwise they are the trusted sentences that the model wrote. Another beginning stands
        before them if their own may not open a summary.
        """
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
        """All sentences of the lead if it may stand as the summary; else none.

        It must fit, be understood by itself and tell what the title says. Under its title a lead
        need not repeat the title. Editors prefer the whole lead to any sentence cut out of it: see
        docs/decisions/the-lead.md.
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
        """True if a summary has the title's first name and count, and is understood without it."""
        text = join(summary)
        plain = self._news.is_plain(text) and not self._news.leaves_out_count(text)
        return plain and self._names_subject(summary)

    def _names_subject(self, summary: Sequence[CheckedSentence]) -> bool:
        """False if the summary lacks the first name of the title.

        Small models put other words in the place of a name that is new to them.
        """
        subject = self._news.subject
        return not subject or any(subject in stems(sentence.text) for sentence in summary)

    def _replace_opening(
        self, summary: list[CheckedSentence], written: CheckedCandidate
    ) -> list[CheckedSentence]:
        """Returns `summary` behind a beginning that may open it.

        If there is no such beginning, the standalone sentences of `summary` are returned.
        """
        beginning = self._find_beginning(written, must_name_subject=False)
        if beginning is None:
            return [sentence for sentence in summary if sentence.standalone]
        return self._put_first(beginning, summary)

    def _name_subject(
        self, summary: list[CheckedSentence], written: CheckedCandidate
    ) -> list[CheckedSentence]:
        """Adds to `summary` a sentence that has the first name of the title, if one may open it."""
        beginning = self._find_beginning(written, must_name_subject=True)
        if beginning is None:
            return summary
        named = self._put_first(beginning, summary)
        # "Le chef du gouvernement…" needs the name before it. Other sentences keep the article's
        # order.
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
        """Returns sentences that may open a summary, or None.

        If the model's first sentence may not open it, the lead does, where it is understood without
        the title. In all other cases the sentence with most of the title's words opens: the model's
        first one, or one of the article's own.
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
        """Returns the article's first usable sentences, the one that says most of the news first.

        The model's text says the news, even where its own sentences may not be used. Words that
        tell the news also recur in the article.
        """
        told = stems(written)
        return sorted(
            self._own.read(LEAD_SENTENCES),
            key=lambda sentence: self._share_of_news(stems(sentence.text), told),
            reverse=True,
        )

    def _share_of_news(self, words: frozenset[str], told: frozenset[str]) -> float:
        """Returns the weighted share of `told` that is among `words`, plus a gain.

        The gain is RECURRENCE_GAIN times the recurrence of `words` in the article.
        """
        weigh = self._finder.weight
        share = weigh(words & told) / (weigh(told) or 1.0)
        return share + RECURRENCE_GAIN * self._finder.recurrence(words)

    def _tell_news(
        self, summary: list[CheckedSentence], trusted: list[CheckedSentence]
    ) -> list[CheckedSentence]:
        """Returns `summary` if it tells the news, else the best replacement.

        It is `trusted`, the model's sentences, if they tell the news. Otherwise it is `summary`
        alone, or behind the lead or another own sentence of the article: whichever tells most.
        """
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
        """Returns how much of the news a summary tells, and its length as a negative number.

        A summary with the first name of the title tells NAMED_GAIN more. Of two summaries that tell
        the same, the shorter is worth more.
        """
        text = join(summary)
        told = self._news.told_again(text) + NAMED_GAIN * self._names_subject(summary)
        return round(told, 2), -count_words(text)

    def _find_own_beginnings(self) -> list[list[CheckedSentence]]:
        """Returns the leads that may open a summary; if none may, other early sentences."""
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
        """Yields the runs of complete sentences of the lead that begin with a possible opening.

        A later sentence of a run may depend on the one before it.
        """
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
