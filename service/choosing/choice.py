"""Chooses among the model's candidates what the article supports, and makes a summary of the right
length of it."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from models.engine import Candidate, never
from service.checking.evidence import EvidenceFinder, SupportedSentence
from service.checking.standalone import MIN_LEAD_WORDS, dangles, leans, may_stand, points_back
from service.choosing.candidates import (
    consensus,
    may_open,
    tells_all,
    whole_sentences,
    without_days,
    words_said_again,
)
from service.choosing.lengths import SECTION_WORDS, Budget, shortened
from service.choosing.news import News, first_name
from service.choosing.repair import Restorer
from service.facts.fact import Fact, FactKind
from service.facts.peoples import is_people, remove_peoples
from service.facts.statements import stems
from service.reading.article import Article
from service.text.sentences import is_complete
from service.text.words import count_words
from service.warning import SummaryWarning

# Costs in units of the model's mean log-probability of a token (candidates differ by about 0.05 to
# 0.3).
UNSUPPORTED_COST: Final = 1.0
SCATTERED_COST: Final = 0.15
MISSING_WORDS_COST: Final = 0.5
MOVED_WORDS_COST: Final = (
    0.5  # for words that do not follow each other as in a sentence of the article
)
MISSING_NEWS_COST: Final = 0.5  # for a summary that says nothing of what the title and the lead say
# for a word that a generated sentence says twice ("le crash a fait 22 morts dans le crash")
REPEATED_COST: Final = 0.1
LOST_OPENING_COST: Final = 1.0  # for a first sentence that cannot be used: it carries the news
CONSENSUS_GAIN: Final = 0.6  # for a candidate that says what the others say: see `consensus`
# of the words of a sentence, counted or weighed by rarity, from which on it says nothing new
SAME_SHARE: Final = 0.5
MIN_WORDS_BEHIND: Final = 4  # of a sentence behind another one
# Missing sentences up to which the article's own sentences stand in and no further section is read
# (0.6 s; 7 to 14 % of the medium summaries read one when they had to have 25 words): ROUGE is the
# same, see docs/decisions/sections-on-demand.md.
WORTH_READING: Final = 1
NAMED_GAIN: Final = 0.1  # for a summary that has the first name of the title, in shares of the news
NEWS_SENTENCES: Final = 3  # up to which a summary tells the news and nothing else
LEAST_NEWS: Final = (
    21  # words of a medium summary of a page with its title: editors prefer the shorter ones
)
LEAD_SENTENCES: Final = 8  # how far down the article an opening of its own is looked for
# for a sentence whose words come back in the article, in units of the candidates' words that it has
RETURNING_GAIN: Final = 2.0

# Gives the candidates of each of the next so many sections, in the order of the article.
MoreSections = Callable[[int], Sequence[Sequence[Candidate]]]
# Says whether a sentence of a draft may stay behind those of it that were kept.
MayStay = Callable[[SupportedSentence, Sequence[SupportedSentence]], bool]

_DEFINITE: Final = re.compile(
    r"(?:Les? |La |L['’])(?![A-ZÀ-Ý\d])"
)  # begins a sentence on what was named, or is known
_DOUBLED: Final = re.compile(
    r"(?<![\w-])([^\W\d][\w'’-]*(?: [\w'’-]+){1,4})(?: \1)+(?![\w-])"
)  # "son magasin en ligne en ligne"


@dataclass(frozen=True)
class Draft:
    """A French summary: its sentences in order, what the reader should know, and the facts for
    which sentences of the best candidate that were wanted were left out."""

    sentences: tuple[SupportedSentence, ...]
    warnings: tuple[SummaryWarning, ...] = ()
    caught: tuple[Fact, ...] = ()


def _no_sections(count: int) -> Sequence[Sequence[Candidate]]:
    """What an article has that is read at once."""
    return []


class Chooser:
    """Chooses for one article. `titled`: its title will stand above the summary. `cancelled` says
    that nobody waits any more; it is asked before each sentence that is checked."""

    def __init__(
        self,
        article: Article,
        budget: Budget,
        titled: bool = False,
        cancelled: Callable[[], bool] = never,
    ) -> None:
        self._article, self._titled = article, titled
        self._finder = EvidenceFinder(article.sentences, article.header.title, cancelled)
        self._news = News(article, self._finder.weight)
        news = bool(self._news.title) and budget.sentences <= NEWS_SENTENCES
        self._budget = replace(budget, least=min(budget.least, LEAST_NEWS)) if news else budget
        self._restorer = Restorer(self._finder, [sentence.text for sentence in article.sentences])
        self._own = frozenset(
            [self._news.title, *(sentence.text for sentence in article.sentences)]
        )
        self._subject = first_name(article.header.title, self._finder.capitals)
        self._foreign = not article.language.may_be("fr")
        self._said: list[frozenset[str]] = []  # the words of each candidate of the opening

    def choose(self, opening: Sequence[Candidate], more: MoreSections = _no_sections) -> Draft:
        """The summary made of the candidates of the article's opening, and of its further sections
        where it would be much too short.

        `more(sentences)` gives the candidates of as many next sections; nothing once there are
        none. Raises Cancelled if nobody waits for the summary any more.
        """
        self._said = [stems(candidate.text) for candidate in opening]
        ranked = [self._ranked(opening, self._wanted)]
        best = ranked[0][0] if ranked[0] else []
        chosen = self._take([], _standing(best))
        if not chosen or chosen[0] is not best[0] or leans(chosen[0].text):
            chosen = self._opened(chosen, ranked[0])
        elif not self._names_subject(chosen):
            chosen = self._opened(chosen, ranked[0], named=True) or chosen
        chosen = self._with_news(chosen, ranked[0])
        while (missing := self._missing_sentences(chosen)) > WORTH_READING and (
            sections := more(missing)
        ):
            for candidates in map(self._ranked, sections):
                ranked.append(candidates)
                if candidates and self._wants_more(chosen):
                    chosen = self._take(chosen, (s for s in candidates[0][:1] if not leans(s.text)))
        return self._finished(self._restored(self._take(chosen, _of_others(ranked))), best)

    def _restored(self, chosen: Sequence[SupportedSentence]) -> list[SupportedSentence]:
        """`chosen` with the article's words where they have others, and with what they lack where
        there is room for it."""
        restored = _unbroken(
            map(self._restorer.corrected, chosen), lambda sentence, _: sentence.trusted
        )
        for k, sentence in enumerate(restored):
            for longer in self._restorer.completed(sentence):
                if (
                    count_words(_text([*restored[:k], longer, *restored[k + 1 :]]))
                    <= self._budget.most
                ):
                    restored[k] = longer
        return restored

    def _finished(self, chosen: list[SupportedSentence], best: list[SupportedSentence]) -> Draft:
        """Completes a summary that is too short with the article's own sentences, and says what was
        done."""
        warnings = []
        dropped = [sentence for sentence in best if not sentence.trusted]
        caught = tuple(
            fact for sentence in dropped for fact in (*sentence.unsupported, *sentence.scattered)
        )
        if dropped:
            detail = f"Generated sentences that the article does not support were left out: {len(dropped)}."
            warnings.append(SummaryWarning("repaired", detail))
        if self._wants_more(chosen):
            chosen = self._take(chosen, self._own_sentences())
        # What tells the news is weighed by French words: it says nothing of an article in another
        # language.
        chosen = self._with_title(_in_order(chosen) if self._foreign else chosen)
        if all(map(self._is_own, chosen)):
            warnings.append(
                SummaryWarning("extracted", "The summary consists of the article's own sentences.")
            )
        return (
            Draft(tuple(chosen), tuple(warnings), caught)
            if chosen
            else replace(self._shortest(), caught=caught)
        )

    def _wanted(self, sentence: SupportedSentence) -> bool:
        """False for a generated sentence that stands beside the news or is cut short, in a short or
        medium summary of an article with a title: a third of the former are wrong or dangle, and
        the lead can stand in their place."""
        if (
            self._budget.sentences > NEWS_SENTENCES
            or not self._news.title
            or self._is_own(sentence)
        ):
            return True
        return self._news.is_about(sentence.text) and not self._finder.cut_short(sentence.text)

    def _ranked(
        self,
        candidates: Sequence[Candidate],
        wanted: Callable[[SupportedSentence], bool] = lambda _: True,
    ) -> list[list[SupportedSentence]]:
        """The candidates' sentences that are `wanted` and lean on none that is not, with their
        evidence, the candidate with the least cost first."""
        drafts: list[tuple[float, int, list[SupportedSentence]]] = []
        for candidate, shared in zip(
            candidates, consensus([one.text for one in candidates]), strict=True
        ):
            supported = _unbroken(
                map(self._supported, whole_sentences(candidate)),
                lambda sentence, _: wanted(sentence),
            )
            if supported:
                cost = self._cost(supported) - candidate.score - CONSENSUS_GAIN * shared
                drafts.append((cost, len(drafts), supported))
        return [supported for _, _, supported in sorted(drafts, key=lambda draft: draft[:2])]

    def _supported(self, text: str) -> SupportedSentence:
        """The sentence with its evidence: its names as the article spells them, words that stand
        twice in a row once, a people that the article does not name ("le chanteur américain") cut
        out, and a day that it does not name or not there ("a annoncé mardi")."""
        text = _DOUBLED.sub(r"\1", self._finder.source.spelt(text))
        supported = self._finder.support(text)
        days = [
            fact.text
            for fact in (*supported.unsupported, *supported.scattered)
            if fact.kind is FactKind.DAY
        ]
        peoples = [fact.text for fact in supported.unsupported if is_people(fact.text)]
        mended = remove_peoples(without_days(text, days), peoples)
        return self._finder.support(mended) if mended != text else supported

    def _cost(self, draft: list[SupportedSentence]) -> float:
        unsupported = sum(len(sentence.unsupported) + len(sentence.made_up) for sentence in draft)
        scattered = sum(len(one.scattered) for one in draft)
        missing = sum(1 - sentence.share for sentence in draft) / len(draft)
        moved = sum(1 - sentence.kept_order for sentence in draft) / len(draft)
        untold = 1 - self._news.told(_text(draft))
        lost = not may_open(draft[0])
        again = sum(
            words_said_again(sentence.text) for sentence in draft if not self._is_own(sentence)
        )
        facts = UNSUPPORTED_COST * unsupported + SCATTERED_COST * scattered
        wording = MISSING_WORDS_COST * missing + MOVED_WORDS_COST * moved + REPEATED_COST * again
        return facts + wording + MISSING_NEWS_COST * untold + LOST_OPENING_COST * lost

    def _is_own(self, sentence: SupportedSentence) -> bool:
        """True if it stands in the article as it is."""
        return sentence.text in self._own

    def _own_news(self, first: int) -> list[SupportedSentence]:
        """Of the article's first sentences those that can stand in a summary, the one that says
        most of the news first.

        The candidates say the news, though they may not be used as they say it; and its words come
        back in the article.
        """
        return sorted(
            self._own_sentences(first),
            key=lambda sentence: self._news_share(stems(sentence.text)),
            reverse=True,
        )

    def _news_share(self, own: frozenset[str]) -> float:
        """The mean share of a candidate's words that are among `own`, rare words counting more, and
        how much these come back."""
        shares = [
            self._finder.weight(own & said) / (self._finder.weight(said) or 1.0)
            for said in self._said
        ]
        return sum(shares) / max(1, len(shares)) + RETURNING_GAIN * self._finder.returning(own)

    def _names_subject(self, chosen: Sequence[SupportedSentence]) -> bool:
        """False if the first name of the title is missing: small models put other words for a name
        that is new to them."""
        return not self._subject or any(
            self._subject in stems(sentence.text) for sentence in chosen
        )

    def _opened(
        self,
        chosen: list[SupportedSentence],
        ranked: Sequence[Sequence[SupportedSentence]],
        named: bool = False,
    ) -> list[SupportedSentence]:
        """`chosen` with a first sentence that says the news and stands by itself: of another
        candidate of the article's opening (`ranked`), the lead where there is a title, or the
        article's own.

        Where it must have the title's first name (`named`) and none has, nothing.
        """

        def usable(sentences: Iterable[SupportedSentence]) -> list[SupportedSentence]:
            found = [one for one in sentences if may_open(one) and self._fits(one, [])]
            return [one for one in found if self._names_subject([one])] if named else found

        openings = usable(candidate[0] for candidate in ranked)
        if not openings:
            alone = (lead for lead in self._leads() if self._news.is_plain(_text(lead)))
            if leads := [lead for lead in alone if self._names_subject(lead) or not named]:
                return self._take(max(leads, key=self._worth), chosen)
        openings += usable(self._own_news(LEAD_SENTENCES))
        if not openings:
            return [] if named else [sentence for sentence in chosen if not leans(sentence.text)]
        opening = max(openings, key=lambda sentence: self._news.of_title(sentence.text))
        taken = self._take([opening], [s for s in chosen if s is not opening])
        # "Le chef du gouvernement…" wants the name before it; what is a whole by itself comes first
        # if the article has it first.
        return _as_told(taken) if named and not _DEFINITE.match(chosen[0].text) else taken

    def _with_news(
        self, chosen: list[SupportedSentence], ranked: Sequence[Sequence[SupportedSentence]]
    ) -> list[SupportedSentence]:
        """`chosen`, or, where it misses the news, what tells it: another candidate, or `chosen`
        behind sentences of the lead, or behind the article's own one that tells most of the
        news."""
        if not self._news.is_missed(_text(chosen)):
            return chosen
        others = [self._take([], _standing(candidate)) for candidate in ranked]
        telling = [
            other
            for other in others
            if other and not leans(other[0].text) and not self._news.is_missed(_text(other))
        ]
        if telling:
            return max(telling, key=lambda other: self._news.told(_text(other)))
        openings = list(self._leads()) or [
            [s] for s in self._own_sentences(LEAD_SENTENCES) if self._opens(s)
        ]
        openings = [
            opening for opening in openings if self._news.may_replace(_text(chosen), _text(opening))
        ]
        return max(
            [*(self._take(opening, chosen) for opening in openings), chosen], key=self._worth
        )

    def _with_title(self, chosen: list[SupportedSentence]) -> list[SupportedSentence]:
        """`chosen` behind the title, where it is not understood without it and there is room for
        both."""
        title = "" if self._titled else self._news.title_before(_text(chosen))
        if title:
            opening = replace(self._finder.support(title), share=1.0, unsupported=(), scattered=())
            for size in range(len(chosen), 0, -1):
                if self._fits(opening, chosen[:size]):
                    return [opening, *_as_told(chosen[:size])]
        return chosen

    def _worth(self, draft: Sequence[SupportedSentence]) -> tuple[float, int]:
        """How much of the news a draft tells and whether it names whom it is about; of two that
        tell the same, the shorter one is worth more."""
        text = _text(draft)
        return round(
            self._news.told_again(text) + NAMED_GAIN * self._names_subject(draft), 2
        ), -count_words(text)

    def _opens(self, sentence: SupportedSentence) -> bool:
        """True if a sentence of the article may open a summary and points to nothing that it has
        not told."""
        return may_open(sentence) and not points_back(sentence.text) and self._fits(sentence, [])

    def _leads(self) -> Iterator[list[SupportedSentence]]:
        """The sentences of the lead from each one that may open a summary, as far as they may stand
        in one; a later one may lean on the one before it."""
        lead = [self._finder.support(text) for text in self._news.lead]
        for first, opening in enumerate(lead):
            if not (may_stand(opening.text) and self._opens(opening)):
                continue
            taken: list[SupportedSentence] = []
            for sentence in lead[first:]:
                if not may_stand(sentence.text, MIN_WORDS_BEHIND) or not self._fits(
                    sentence, taken
                ):
                    break
                taken.append(sentence)
                yield list(taken)

    def _wants_more(self, chosen: list[SupportedSentence]) -> bool:
        return self._missing_sentences(chosen) > 0

    def _missing_sentences(self, chosen: list[SupportedSentence]) -> int:
        """How many sentences of SECTION_WORDS words the summary is too short by; none, or fewer,
        where it is long enough."""
        words = self._budget.least - count_words(_text(chosen))
        return max(self._budget.least_sentences - len(chosen), -(-words // SECTION_WORDS))

    def _fits(self, sentence: SupportedSentence, taken: list[SupportedSentence]) -> bool:
        words = count_words(_text([*taken, sentence]))
        return words <= self._budget.most and len(taken) < self._budget.sentences

    def _take(
        self, chosen: list[SupportedSentence], more: Iterable[SupportedSentence]
    ) -> list[SupportedSentence]:
        """`chosen`, and of `more` what is trusted, new and fits the budget, while more is wanted or
        none was chosen."""
        taken = list(chosen)
        for sentence in more:
            if chosen and not self._wants_more(taken):
                break
            if (
                sentence.trusted
                and self._fits(sentence, taken)
                and not self._says_nothing_new(sentence, taken)
            ):
                taken.append(sentence)
        return taken

    def _says_nothing_new(
        self, sentence: SupportedSentence, taken: list[SupportedSentence]
    ) -> bool:
        wanted = stems(sentence.text)
        known = frozenset().union(*(stems(other.text) for other in taken))
        weighed = self._finder.weight(wanted & known) >= SAME_SHARE * (
            self._finder.weight(wanted) or 1.0
        )
        return (
            weighed
            or len(wanted & known) >= SAME_SHARE * len(wanted)
            or any(tells_all(wanted, other.text) for other in taken)
        )

    def _own_sentences(self, first: int | None = None) -> Iterable[SupportedSentence]:
        """Sentences of the article that can stand in a summary, in order."""
        for sentence in self._article.sentences[:first]:
            if may_stand(sentence.text) and not leans(sentence.text):
                yield self._finder.support(sentence.text)

    def _shortest(self) -> Draft:
        """The shortest sentence of the article that fits the word limit; its first one, cut, where
        not one does."""
        most = self._budget.most
        whole = (sentence for sentence in self._article.sentences if is_complete(sentence.text))
        fitting = [
            sentence for sentence in whole if MIN_LEAD_WORDS <= count_words(sentence.text) <= most
        ]
        extracted = SummaryWarning("extracted", "The summary is a sentence of the article.")
        if fitting:
            shortest = min(fitting, key=lambda sentence: count_words(sentence.text))
            return Draft((self._finder.support(shortest.text),), (extracted,))
        first = self._article.sentences[0]
        detail = f"No whole sentence of the article has {MIN_LEAD_WORDS} to {most} words: its first one was cut."
        cut = SupportedSentence(shortened(first.text, most), (first,), 1.0, ())
        return Draft((cut,), (extracted, SummaryWarning("max_words", detail)))


def _text(draft: Sequence[SupportedSentence]) -> str:
    return " ".join(sentence.text for sentence in draft)


def _as_told(draft: Sequence[SupportedSentence]) -> list[SupportedSentence]:
    """The sentences in the order in which the article tells them, where none needs the one before
    it."""
    if any(leans(one.text) or points_back(one.text) or not one.evidence for one in draft):
        return list(draft)
    return _in_order(draft)


def _in_order(draft: Sequence[SupportedSentence]) -> list[SupportedSentence]:
    """The sentences in the order in which the article tells them."""
    return sorted(
        draft, key=lambda sentence: min((source.start for source in sentence.evidence), default=0)
    )


def _of_others(
    ranked: Sequence[Sequence[Sequence[SupportedSentence]]],
) -> Iterable[SupportedSentence]:
    """The sentences of other candidates than the best one of each section that may stand by
    themselves."""
    others = (
        sentence
        for candidates in ranked
        for other in candidates[1:]
        for sentence in _standing(other)
    )
    return (sentence for sentence in others if not leans(sentence.text))


def _unbroken(draft: Iterable[SupportedSentence], may_stay: MayStay) -> list[SupportedSentence]:
    """The sentences of a draft that may stay behind those kept before, less those that lean on one
    that does not."""
    kept: list[SupportedSentence] = []
    whole = True
    for sentence in draft:
        whole = may_stay(sentence, kept) and (whole or not leans(sentence.text))
        kept += [sentence] * whole
    return kept


def _standing(draft: Iterable[SupportedSentence]) -> list[SupportedSentence]:
    """The trusted sentences of a draft, less those that lean on one that was dropped, or point to
    what is not said before."""

    def stands(sentence: SupportedSentence, before: Sequence[SupportedSentence]) -> bool:
        return sentence.trusted and not (
            before and dangles(sentence.text, [other.text for other in before])
        )

    return _unbroken(draft, stands)
