"""The systems that `breve eval` scores: the product, the model alone, and the first sentences."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from models.batching import PASS_TOKENS, BatchingEngine
from models.engine import Engine, GenerateRequest, Task
from service.english.lexicon.glossary import Glossary
from service.english.translator import Translator, count_max_tokens
from service.facts.fact import Source
from service.reading.article import ArticleError
from service.scoring.items import Item
from service.summarizer import HEADLINE_TOKENS, Summarizer, SummaryRequest, TargetLanguage
from service.text.sentences import is_complete, sentences
from service.text.words import TOKENS_PER_WORD

BATCH: Final = 16  # items that the model is given at once
ARTICLES: Final = 8  # in work at once; they share passes, as in the service
LEAD_SENTENCES: Final = 2

Answerer = Callable[[Sequence[Item]], Iterator[str]]


def lead(items: Sequence[Item]) -> Iterator[str]:
    """The first two sentences of each article: the baseline that any summarizer should beat."""
    return (" ".join(sentences(item.source)[:LEAD_SENTENCES]) for item in items)


@dataclass(frozen=True)
class ModelAlone:
    """The model's first candidate, unchecked.

    The candidate has about `words` words and comes from a search with `beams` beams. The model sees
    the first `window` tokens of an article (0: all of it). If `constrained`, the candidate may have
    only the source's numbers and names, as in the product.
    """

    engine: Engine
    words: int = 30
    beams: int = 4
    window: int = 0
    with_title: bool = False
    constrained: bool = False

    def summaries(self, items: Sequence[Item]) -> Iterator[str]:
        """French summaries of articles, in order."""
        limit = round(2 * self.words * TOKENS_PER_WORD)
        requests = [
            GenerateRequest(
                Task.SUMMARY,
                self._cut(item),
                limit,
                self.words,
                self.beams,
                item.titled if self.constrained else "",
            )
            for item in items
        ]
        for text in self._answer(requests):
            # The last sentence is left out where the limit cut it.
            complete = [sentence for sentence in sentences(text) if is_complete(sentence)]
            yield " ".join(complete) or text

    def headlines(self, items: Sequence[Item]) -> Iterator[str]:
        """French headlines of articles, in order."""
        requests = [
            GenerateRequest(
                Task.HEADLINE,
                self._cut(item),
                HEADLINE_TOKENS,
                0,
                self.beams,
                item.source if self.constrained else "",
            )
            for item in items
        ]
        return self._answer(requests)

    def translations(self, items: Sequence[Item]) -> Iterator[str]:
        """English translations of French sentences, in order."""
        requests = [
            GenerateRequest(
                Task.TRANSLATION,
                item.source,
                count_max_tokens([item.source]),
                candidates=self.beams,
            )
            for item in items
        ]
        return self._answer(requests)

    def _cut(self, item: Item) -> str:
        """The title if wanted, and whole sentences of the body up to `window` tokens."""
        start = f"{item.title}\n" if self.with_title and item.title else ""
        if not self.window or self.engine.count_tokens(item.source) <= self.window:
            return start + item.source
        kept = ""
        for sentence in sentences(item.source):
            if kept and self.engine.count_tokens(kept + sentence) > self.window:
                break
            kept += sentence + " "
        return start + kept.strip()

    def _answer(self, requests: Sequence[GenerateRequest]) -> Iterator[str]:
        for start in range(0, len(requests), BATCH):
            batch = requests[start : start + BATCH]
            for result in self.engine.generate(batch):
                yield result.candidates[0].text


def pipeline(engine: Engine, with_title: bool, language: TargetLanguage = "fr") -> Answerer:
    """Answers with the product's summaries; with an empty one for an article that is refused."""

    def summarize(shared: Engine, item: Item) -> str:
        title = f"# {item.title}\n\n" if with_title and item.title else ""
        text = title + item.source.replace("\n", "\n\n")
        request = SummaryRequest(text=text, language=language, language_check=False)
        try:
            return Summarizer(shared).summarize(request).text
        except ArticleError:
            return ""

    return _share_passes(engine, ARTICLES, summarize)


def product_translations(engine: Engine) -> Answerer:
    """Answers with English translations as the product makes them.

    Each sentence is translated by itself. Terms that the model misreads are replaced beforehand,
    and the best of several candidates is taken.
    """

    def translate(shared: Engine, item: Item) -> str:
        translator = Translator(shared, Glossary.builtin(), Source(item.source))
        translations = translator.translate(sentences(item.source))
        return " ".join(translation.text for translation in translations)

    return _share_passes(engine, BATCH, translate)


def _share_passes(engine: Engine, at_once: int, answer: Callable[[Engine, Item], str]) -> Answerer:
    """Returns an Answerer that calls `answer` for each item, and keeps the order of the items.

    It works on `at_once` items at a time, whose requests share the engine's passes.
    """

    def answer_all(items: Sequence[Item]) -> Iterator[str]:
        shared = BatchingEngine(engine, PASS_TOKENS)
        threads = ThreadPoolExecutor(at_once)
        try:
            yield from threads.map(lambda item: answer(shared, item), items)
        finally:
            threads.shutdown(cancel_futures=True)
            shared.close()

    return answer_all
