"""The pipeline: read, plan, generate, check and choose, translate. The only place that knows the
order of the steps."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, Literal

from models.engine import (
    Candidate,
    Engine,
    GenerateRequest,
    GenerateResult,
    NotSupported,
    Task,
    never,
    stop_if,
)
from service.checking.evidence import EvidenceFinder, SupportedSentence
from service.choosing.candidates import whole_sentences
from service.choosing.choice import Chooser, Draft
from service.choosing.lengths import (
    SECTION_WORDS,
    Budget,
    Length,
    budget,
    is_short,
)
from service.choosing.plan import Plan, plan
from service.english.lexicon.glossary import Glossary
from service.english.translation import Translation
from service.english.translator import Translator, find_warnings
from service.facts.fact import Source
from service.reading.article import Article
from service.reading.reader import read_article
from service.summary import Coverage, Summary, SummarySentence
from service.text.language import detect_language
from service.text.words import TOKENS_PER_WORD, count_words
from service.warning import SummaryWarning

CANDIDATES: Final = 4
SECTION_CANDIDATES: Final = 2
SECTION_ANSWER_TOKENS: Final = 64
HEADLINE_TOKENS: Final = 48
MIN_HEADLINE_WORDS: Final = 3
MAX_HEADLINE_WORDS: Final = 20
MIN_SUMMARY_SENTENCES: Final = 3  # an article of fewer sentences is returned as it is

TargetLanguage = Literal["fr", "en"]
Generate = Callable[[Sequence[GenerateRequest]], list[GenerateResult]]


@dataclass(frozen=True)
class SummaryRequest:
    """One article, as `text` or as `html`, and what is wanted of it. `glossary`: pairs of terms for
    the English."""

    text: str | None = None
    html: str | None = None
    language: TargetLanguage = "fr"
    length: Length = Length.MEDIUM
    max_words: int | None = None
    headline: bool = False
    language_check: bool = True
    glossary: tuple[tuple[str, str], ...] = ()


def _silent(step: str) -> None:
    """The progress of work that nobody watches."""


class Timings:
    """Milliseconds by step; `progress` is told the name of each step that begins."""

    def __init__(self, progress: Callable[[str], None]) -> None:
        self._progress = progress
        self._start = time.perf_counter()
        self._steps: dict[str, int] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Adds the time that the block takes to the step `name`, less that of the steps inside
        it."""
        self._progress(name)
        start, others = time.perf_counter(), sum(self._steps.values())
        yield
        inside = sum(self._steps.values()) - others
        self._steps[name] = self._steps.get(name, 0) + max(
            0, round(1000 * (time.perf_counter() - start)) - inside
        )

    def all(self) -> dict[str, int]:
        """The steps, and `total`."""
        return {**self._steps, "total": round(1000 * (time.perf_counter() - self._start))}


class Summarizer:
    """Summarises articles with one engine. As many threads may use it at a time as may use the
    engine."""

    def __init__(self, engine: Engine, glossary: Glossary | None = None) -> None:
        self._engine, self._glossary = engine, glossary or Glossary.builtin()
        self.description = engine.describe()

    def summarize(
        self,
        request: SummaryRequest,
        cancelled: Callable[[], bool] = never,
        progress: Callable[[str], None] = _silent,
    ) -> Summary:
        """The summary of one article.

        Raises ArticleError if there is nothing to summarise, NotSupported if the model cannot write
        the language that is asked for, and Cancelled soon after `cancelled()` turns true.
        """
        self._refuse(request)
        timings = Timings(progress)
        with timings.step("read"):
            article = read_article(
                request.text,
                request.html,
                language_check=request.language_check,
                go_on=partial(stop_if, cancelled),
            )
        stop_if(cancelled)
        limits = budget(request.length, request.max_words)
        draft, coverage = self._french(article, limits, request.headline, timings, cancelled)
        headline = self._headline(article, timings, cancelled) if request.headline else None
        finished = tuple(_as_summary(sentence) for sentence in draft.sentences)
        warnings = [*article.warnings, *draft.warnings, *_coverage_warnings(coverage)]
        if request.headline and headline is None and Task.HEADLINE not in self.description.tasks:
            warnings.append(
                SummaryWarning(
                    "headline", "The article has no title, and the model writes no headlines."
                )
            )
        if request.language == "en":
            stop_if(cancelled)
            glossary = self._glossary.extended(dict(request.glossary))
            translator = Translator(self._engine, glossary, Source(_facts_of(article)))
            finished, headline, more = self._english(
                translator, finished, headline, timings, cancelled
            )
            warnings += more
        text = " ".join(sentence.text for sentence in finished)
        return Summary(
            text, request.language, headline, finished, article, coverage, tuple(warnings),
            self.description.id,
            self.description.revision, timings.all(), draft.caught,
        )  # fmt: skip

    def _refuse(self, request: SummaryRequest) -> None:
        if request.language == "en" and Task.TRANSLATION not in self.description.tasks:
            raise NotSupported(
                f"The model {self.description.id} writes French only, and English was asked for. "
                f"Ask for French, or name a "
                "checkpoint that translates beside it: BREVE_TRANSLATOR, such as opus-mt."
            )

    def _french(
        self,
        article: Article,
        limits: Budget,
        titled: bool,
        timings: Timings,
        cancelled: Callable[[], bool],
    ) -> tuple[Draft, Coverage]:
        if len(article.sentences) < MIN_SUMMARY_SENTENCES and is_short(article.body, limits.most):
            return self._unchanged(article, cancelled)
        parts = plan(article, self._engine.count_tokens, self.description.window)

        def generate(requests: Sequence[GenerateRequest]) -> list[GenerateResult]:
            with timings.step("generate"):
                return self._engine.generate(requests, cancelled)

        reader = _SectionReader(generate, article, parts, limits)
        opening = reader.opening()
        stop_if(cancelled)
        with timings.step("choose"):
            draft = Chooser(article, limits, titled, cancelled).choose(opening, reader.more)
        return draft, reader.coverage()

    def _unchanged(self, article: Article, cancelled: Callable[[], bool]) -> tuple[Draft, Coverage]:
        tokens = self._engine.count_tokens(article.body)
        finder = EvidenceFinder(article.sentences, article.header.title, cancelled)
        note = SummaryWarning(
            "unchanged", "The article has one or two sentences: it is returned as it is."
        )
        kept = tuple(finder.support(sentence.text) for sentence in article.sentences)
        return Draft(kept, (note,)), Coverage(tokens, tokens, False, article.left_out)

    def _headline(
        self, article: Article, timings: Timings, cancelled: Callable[[], bool]
    ) -> str | None:
        """The article's own title; where it has none, the first generated headline that the article
        supports."""
        stop_if(cancelled)
        own = article.header.title
        if own and count_words(own) <= MAX_HEADLINE_WORDS:
            return own
        if Task.HEADLINE not in self.description.tasks:
            return None
        parts = plan(article, self._engine.count_tokens, self.description.window)
        text = parts.sections[0].text.removeprefix(own).lstrip()
        with timings.step("headline"):
            request = GenerateRequest(
                Task.HEADLINE, text, HEADLINE_TOKENS, 0, CANDIDATES, _facts_of(article)
            )
            (result,) = self._engine.generate([request], cancelled)
        finder = EvidenceFinder(article.sentences, own, cancelled)
        for candidate in result.candidates:
            title = candidate.text.strip().rstrip(".")
            fits = (
                candidate.finished
                and MIN_HEADLINE_WORDS <= count_words(title) <= MAX_HEADLINE_WORDS
            )
            if fits and finder.support(title).supported:
                return title
        return None

    @staticmethod
    def _english(
        translator: Translator,
        french: tuple[SummarySentence, ...],
        headline: str | None,
        timings: Timings,
        cancelled: Callable[[], bool],
    ) -> tuple[tuple[SummarySentence, ...], str | None, list[SummaryWarning]]:
        """The summary and the headline in English, translated sentence by sentence and checked
        again."""
        texts = [sentence.text for sentence in french] + ([headline] if headline else [])
        with timings.step("translate"):
            chosen = translator.translate(texts, cancelled)
        finished = tuple(_translated(old, new) for old, new in zip(french, chosen, strict=False))
        title = chosen[-1].text.rstrip(".") if headline else None
        return finished, title, find_warnings(texts, chosen, bool(headline))


class _SectionReader:
    """Has the engine read the sections of an article: its opening, then further ones as they are
    wanted."""

    def __init__(self, generate: Generate, article: Article, parts: Plan, limits: Budget) -> None:
        self._generate, self._parts, self._limits = generate, parts, limits
        self._facts, self._left_out = _facts_of(article), article.left_out
        self._read = 0  # sections
        self._unread = 0  # tokens of a sentence that did not fit the window

    def opening(self) -> Sequence[Candidate]:
        """The French candidates of the first section: the news stands there."""
        limits = self._limits
        tokens = round(min(limits.most, limits.asked * 2) * TOKENS_PER_WORD)
        text = self._parts.sections[0].text
        (candidates,) = self._candidates(
            [GenerateRequest(Task.SUMMARY, text, tokens, limits.asked, CANDIDATES, self._facts)]
        )
        return candidates

    def more(self, count: int) -> Sequence[Sequence[Candidate]]:
        """Those of the next `count` sections, generated in one call; fewer where fewer are left."""
        sections = self._parts.sections[self._read : self._read + count]
        return self._candidates([
            GenerateRequest(Task.SUMMARY, section.text, SECTION_ANSWER_TOKENS, SECTION_WORDS,
            SECTION_CANDIDATES, self._facts)
            for section in sections
        ])  # fmt: skip

    def _candidates(self, requests: Sequence[GenerateRequest]) -> Sequence[Sequence[Candidate]]:
        results = self._generate(requests) if requests else []
        self._read += len(requests)
        self._unread += sum(result.tokens - result.used_tokens for result in results)
        return [
            [candidate for candidate in result.candidates if _is_french(candidate)]
            for result in results
        ]

    def coverage(self) -> Coverage:
        """What has been read so far; truncated if the summary wanted more than there was room
        for."""
        sections = self._parts.sections
        read = sum(section.tokens for section in sections[: self._read]) - self._unread
        truncated = self._unread > 0 or (self._parts.truncated and self._read == len(sections))
        return Coverage(self._parts.tokens, read, truncated, self._left_out)


def _facts_of(article: Article) -> str:
    """The text whose numbers and names a summary may hold."""
    return f"{article.header.title}\n{article.body}"


def _is_french(candidate: Candidate) -> bool:
    return bool(whole_sentences(candidate)) and detect_language(candidate.text).may_be("fr")


def _as_summary(sentence: SupportedSentence) -> SummarySentence:
    supported = sentence.supported
    return SummarySentence(
        sentence.text, sentence.text, sentence.evidence, supported, supported, sentence.unsupported
    )


def _translated(french: SummarySentence, english: Translation) -> SummarySentence:
    """A sentence with its translation, whose facts stand behind those of the French."""
    unsupported = (*french.unsupported, *english.unfaithful)
    return replace(
        french,
        text=english.text,
        supported=french.supported and english.sound,
        unsupported=unsupported,
    )


def _coverage_warnings(coverage: Coverage) -> list[SummaryWarning]:
    if not coverage.truncated:
        return []
    detail = f"The article is too long: {coverage.used_tokens} of its {coverage.tokens} tokens were read."
    return [SummaryWarning("truncated", detail)]
