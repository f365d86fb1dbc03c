"""The pipeline: read, plan, generate, check and choose, translate.

Only this module knows the order of the steps.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property, partial
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
from service.checking.evidence import CheckedSentence, EvidenceFinder
from service.choosing.candidates import find_complete_sentences
from service.choosing.choice import Chooser, Draft
from service.choosing.coherence import join
from service.choosing.lengths import Budget, Length, budget, is_short
from service.choosing.plan import Opening, find_opening
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

HEADLINE_CANDIDATES: Final = 4
HEADLINE_TOKENS: Final = 48
MIN_HEADLINE_WORDS: Final = 3
MAX_HEADLINE_WORDS: Final = 20
MIN_SUMMARY_SENTENCES: Final = 3  # a shorter article is returned as it is, if it fits the length

_UNCHANGED: Final = SummaryWarning(
    "unchanged", "The article has one or two sentences: it is returned as it is."
)

TargetLanguage = Literal["fr", "en"]


@dataclass(frozen=True)
class SummaryRequest:
    """One article, as `text` or as `html`, and the summary that is asked for.

    `glossary` holds pairs of a French term and its English.
    """

    text: str | None = None
    html: str | None = None
    language: TargetLanguage = "fr"
    length: Length = Length.MEDIUM
    max_words: int | None = None
    headline: bool = False
    language_check: bool = True
    glossary: tuple[tuple[str, str], ...] = ()


def _ignore(step: str) -> None:
    """Ignores the progress: the default where nobody watches."""


class Timings:
    """Measures the milliseconds of each step.

    `progress` is called with the name of each step that begins.
    """

    def __init__(self, progress: Callable[[str], None]) -> None:
        self._progress = progress
        self._start = time.perf_counter()
        self._steps: dict[str, int] = {}

    def begin(self, name: str) -> None:
        """Reports that the step `name` begins."""
        self._progress(name)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Reports the step `name`, and adds the time of the block, less that of steps inside it."""
        self.begin(name)
        with self.quiet_step(name):
            yield

    @contextmanager
    def quiet_step(self, name: str) -> Iterator[None]:
        """Adds time as `step` does, but reports nothing.

        It is for the first part of a step that another step interrupts: `choose` prepares,
        `generate` runs, then `choose` goes on.
        """
        start, before = time.perf_counter(), sum(self._steps.values())
        yield
        spent = round(1000 * (time.perf_counter() - start))
        inside = sum(self._steps.values()) - before
        self._steps[name] = self._steps.get(name, 0) + max(0, spent - inside)

    def all(self) -> dict[str, int]:
        """The milliseconds of each step, and since the beginning as `total`."""
        return {**self._steps, "total": round(1000 * (time.perf_counter() - self._start))}


class Summarizer:
    """Summarises articles with one engine.

    As many threads may use it at a time as may use the engine.
    """

    def __init__(self, engine: Engine, glossary: Glossary | None = None) -> None:
        self._engine, self._glossary = engine, glossary or Glossary.builtin()
        self.description = engine.describe()

    def summarize(
        self,
        request: SummaryRequest,
        cancelled: Callable[[], bool] = never,
        progress: Callable[[str], None] = _ignore,
    ) -> Summary:
        """The summary of one article.

        Raises ArticleError if there is nothing to summarise, NotSupported if the model cannot write
        the language that is asked for, and Cancelled soon after `cancelled()` turns true.
        """
        self._refuse_silent_language(request)
        timings = Timings(progress)
        with timings.step("read"):
            article = _read(request, cancelled)
        stop_if(cancelled)
        work = _ArticleWork(self._engine, article, timings, cancelled)
        limits = budget(request.length, request.max_words)
        draft, coverage = work.summarize(limits, request.headline)
        headline = work.find_headline() if request.headline else None
        sentences = tuple(map(_to_summary_sentence, draft.sentences))
        warnings = [*article.warnings, *draft.warnings, *_coverage_warnings(coverage)]
        if request.headline and headline is None:
            warnings.append(_no_headline(article, Task.HEADLINE in self.description.tasks))
        if request.language == "en":
            glossary = self._glossary.extended(dict(request.glossary))
            sentences, headline, english_warnings = work.translate(sentences, headline, glossary)
            warnings += english_warnings
        return Summary(
            text=" ".join(sentence.text for sentence in sentences),
            language=request.language,
            headline=headline,
            sentences=sentences,
            article=article,
            coverage=coverage,
            warnings=tuple(warnings),
            model_id=self.description.id,
            model_revision=self.description.revision,
            timings_ms=timings.all(),
            caught=draft.caught,
        )

    def _refuse_silent_language(self, request: SummaryRequest) -> None:
        if request.language == "en" and Task.TRANSLATION not in self.description.tasks:
            raise NotSupported(
                "The model {id} writes French only, and English was asked for. Ask for French, or "
                "name a checkpoint that translates beside it: BREVE_TRANSLATOR, such as opus-mt.",
                id=self.description.id,
            )


class _ArticleWork:
    """Takes one article through the steps that follow reading.

    The article's opening and its evidence finder are made once.
    """

    def __init__(
        self,
        engine: Engine,
        article: Article,
        timings: Timings,
        cancelled: Callable[[], bool],
    ) -> None:
        self._engine, self._article = engine, article
        self._timings, self._cancelled = timings, cancelled
        self._finder = EvidenceFinder(article.sentences, article.header.title, cancelled)

    @cached_property
    def _opening(self) -> Opening:
        window = self._engine.describe().window
        return find_opening(self._article, self._engine.count_tokens, window)

    def summarize(self, limits: Budget, titled: bool) -> tuple[Draft, Coverage]:
        """The French summary. `titled`: a headline will stand above it."""
        article = self._article
        least = min(MIN_SUMMARY_SENTENCES, limits.sentences + 1)
        if len(article.sentences) < least and is_short(article.body, limits.most):
            return self._return_unchanged()
        with self._timings.quiet_step("choose"):
            chooser = Chooser(article, self._finder, limits, titled)
            beginning = chooser.take_beginning()
        if beginning is not None:
            self._timings.begin("choose")
            return beginning, self._cover(self._engine.count_tokens(join(beginning.sentences)))
        result = self._generate(limits)
        stop_if(self._cancelled)
        with self._timings.step("choose"):
            draft = chooser.choose(next(filter(_is_french, result.candidates), None))
        unread = result.tokens - result.used_tokens
        return draft, self._cover(self._opening.tokens - unread, truncated=unread > 0)

    def _cover(self, used_tokens: int, truncated: bool = False) -> Coverage:
        tokens = self._opening.article_tokens
        return Coverage(tokens, used_tokens, truncated, self._article.left_out)

    def _generate(self, limits: Budget) -> GenerateResult:
        """Generates a summary of the opening, which holds the news."""
        tokens = round(min(limits.most, limits.asked * 2) * TOKENS_PER_WORD)
        facts = _facts_of(self._article)
        request = GenerateRequest(
            Task.SUMMARY, self._opening.text, tokens, limits.asked, facts=facts
        )
        with self._timings.step("generate"):
            (result,) = self._engine.generate([request], self._cancelled)
        return result

    def _return_unchanged(self) -> tuple[Draft, Coverage]:
        kept = tuple(self._finder.support(sentence.text) for sentence in self._article.sentences)
        tokens = self._engine.count_tokens(self._article.body)
        coverage = Coverage(tokens, tokens, False, self._article.left_out)
        return Draft(kept, (_UNCHANGED,)), coverage

    def find_headline(self) -> str | None:
        """The article's own title. Where it has none, the first generated headline that the article
        supports."""
        stop_if(self._cancelled)
        title = self._article.header.title
        if title and count_words(title) <= MAX_HEADLINE_WORDS:
            return title
        if Task.HEADLINE not in self._engine.describe().tasks:
            return None
        opening = self._opening.text.removeprefix(title).lstrip()
        request = GenerateRequest(
            Task.HEADLINE,
            opening,
            HEADLINE_TOKENS,
            candidates=HEADLINE_CANDIDATES,
            facts=_facts_of(self._article),
        )
        with self._timings.step("headline"):
            (result,) = self._engine.generate([request], self._cancelled)
        headlines = (
            candidate.text.strip().rstrip(".")
            for candidate in result.candidates
            if candidate.finished
        )
        return next(filter(self._is_good_headline, headlines), None)

    def _is_good_headline(self, headline: str) -> bool:
        fits = MIN_HEADLINE_WORDS <= count_words(headline) <= MAX_HEADLINE_WORDS
        return fits and self._finder.support(headline).supported

    def translate(
        self,
        french: tuple[SummarySentence, ...],
        headline: str | None,
        glossary: Glossary,
    ) -> tuple[tuple[SummarySentence, ...], str | None, list[SummaryWarning]]:
        """The summary and the headline in English, translated sentence by sentence and checked
        again."""
        stop_if(self._cancelled)
        translator = Translator(self._engine, glossary, Source(_facts_of(self._article)))
        texts = [sentence.text for sentence in french] + ([headline] if headline else [])
        with self._timings.step("translate"):
            translations = translator.translate(texts, self._cancelled)
        pairs = zip(french, translations, strict=False)  # the last may be the headline's
        english = tuple(_translated(sentence, translation) for sentence, translation in pairs)
        title = translations[-1].text.rstrip(".") if headline else None
        return english, title, find_warnings(texts, translations, bool(headline))


def _read(request: SummaryRequest, cancelled: Callable[[], bool]) -> Article:
    return read_article(
        request.text,
        request.html,
        language_check=request.language_check,
        go_on=partial(stop_if, cancelled),
    )


def _facts_of(article: Article) -> str:
    """Title and body: a summary may use only the numbers and names in them."""
    return f"{article.header.title}\n{article.body}"


def _is_french(candidate: Candidate) -> bool:
    if not find_complete_sentences(candidate):
        return False
    return detect_language(candidate.text).may_be("fr")


def _to_summary_sentence(sentence: CheckedSentence) -> SummarySentence:
    return SummarySentence(
        text=sentence.text,
        french=sentence.text,
        evidence=sentence.evidence,
        supported=sentence.supported,
        french_supported=sentence.supported,
        unsupported=sentence.unsupported,
    )


def _translated(french: SummarySentence, english: Translation) -> SummarySentence:
    """The sentence with its translation.

    `unsupported` lists the unsupported facts of the French, then those that the English changes.
    """
    return replace(
        french,
        text=english.text,
        supported=french.supported and english.sound,
        unsupported=(*french.unsupported, *english.unfaithful),
    )


def _coverage_warnings(coverage: Coverage) -> list[SummaryWarning]:
    if not coverage.truncated:
        return []
    detail = (
        "A sentence of the opening is longer than the model reads: "
        f"{coverage.used_tokens} of the article's {coverage.tokens} tokens were read."
    )
    return [SummaryWarning("truncated", detail)]


def _no_headline(article: Article, writes_headlines: bool) -> SummaryWarning:
    """Says why there is no headline. `writes_headlines` tells what the model can do."""
    lack = "title is too long" if article.header.title else "article has no title"
    reason = "none that was written may stand" if writes_headlines else "the model writes none"
    return SummaryWarning("headline", f"The {lack}, and {reason}.")
