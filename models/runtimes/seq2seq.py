"""What goes into an encoder-decoder and what comes out: prefixes, language tokens, windows, search
options.

Shared by both runtimes, so that they are asked for the same. Imports no torch.
"""

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from models.checkpoints.catalog import CatalogEntry
from models.checkpoints.config_files import CONFIG, GENERATION_CONFIG, read_object
from models.checkpoints.families import (
    Languages,
    family_named,
    languages_of,
    positions,
    prefix,
    window,
)
from models.engine import GenerateRequest, ModelError, Task
from models.prompts import NO_REPEAT

OWN_WORDS: Final = (
    2  # with three, the built-in translator changes every third word a little and stays French
)
SHARED: Final = frozenset(
    {"a", "an", "as", "me", "on", "or"}
)  # short words of both languages: "on a" may be right
WORD_STARTS: Final = ("▁", "Ġ")  # how vocabularies mark a token that begins a word
_LOWER: Final = re.compile(r"(?:(?![A-ZÀ-Ý])[^\W\d_]|['’-])+")
Token = tuple[int, str]  # with its own string in the vocabulary
MIN_WINDOW: Final = 16  # tokens of text; with less no sentence can be read


@dataclass(frozen=True)
class EncodedText:
    """A text in tokens, special tokens included; of the text's `tokens`, `used_tokens` are among
    them."""

    ids: list[int]
    tokens: int
    used_tokens: int


@dataclass(frozen=True)
class SearchOptions:
    """How to search for an answer. `forced` is its first token; `banned` are tokens, and `runs`
    tokens in a row, that it must not have."""

    beams: int
    max_tokens: int
    min_tokens: int
    length_penalty: float
    no_repeat: int
    start: int
    forced: int | None
    banned: tuple[int, ...]
    runs: tuple[tuple[int, ...], ...] = ()


class Seq2SeqText:
    """Turns texts into what the encoder of one checkpoint reads, and what its decoder writes into
    texts.

    Raises ModelError if the tokenizer lacks what the family needs.
    """

    def __init__(self, tokenizer: Any, entry: CatalogEntry, folder: Path) -> None:
        self._tokenizer, self._entry = tokenizer, entry
        self._family = family_named(entry.family)
        self._config = read_object(folder / CONFIG)
        self._generation = {**self._config, **read_object(folder / GENERATION_CONFIG, needed=False)}
        self._languages = self._find_languages()
        self._add_missing_special_tokens()
        self._behind = self._count_behind()
        most = window(self._family, self._config, tokenizer.model_max_length, entry.window)
        self.window = most - max(len(self._around(task)) for task in Task)
        if self.window < MIN_WINDOW:
            raise ModelError(
                f"{entry.id} reads {self.window} tokens of text at once; at least {MIN_WINDOW} are "
                f"needed."
            )

    def count_tokens(self, text: str) -> int:
        """The length of `text` in tokens, special tokens left out."""
        return len(
            self._tokenizer(self._clean(text), add_special_tokens=False, verbose=False).input_ids
        )

    def encode(self, request: GenerateRequest) -> EncodedText:
        """What the encoder reads for a request; what exceeds the window is left out, and
        counted."""
        ids = self._tokenizer(
            self._before(request.task) + self._clean(request.text), verbose=False
        ).input_ids
        most = self.window + len(self._around(request.task))
        # Cut here: truncation is a state of a fast tokenizer, and other threads count with it
        # meanwhile.
        if len(ids) > most:
            ids = [*ids[: most - self._behind], *ids[len(ids) - self._behind :]]
        tokens = self.count_tokens(request.text)
        return EncodedText(ids, tokens, min(tokens, self.window))

    def decode(self, ids: list[int]) -> str:
        """The text of an answer, without special tokens and language tokens."""
        hidden = self._language_ids()
        kept = [token for token in ids if token not in hidden]
        # Cleaning up would glue French punctuation to the word before it ("quoi ?").
        text: str = self._tokenizer.decode(
            kept, skip_special_tokens=True, clean_up_tokenization_spaces=False
        )
        return text.strip()

    def search(self, request: GenerateRequest) -> SearchOptions:
        """How to search for the answer to a request: its own limits, within the checkpoint's
        defaults."""
        most = min(request.max_tokens, (positions(self._config) or request.max_tokens + 2) - 2)
        least = (
            min(int(self._generation.get("min_length") or 0), most // 2)
            if request.task is Task.SUMMARY
            else 0
        )
        banned = [ids[0] for ids in self._generation.get("bad_words_ids") or [] if len(ids) == 1]
        penalty = self._generation.get("length_penalty")
        start = self._generation.get("decoder_start_token_id")
        return SearchOptions(
            beams=request.candidates,
            max_tokens=most,
            min_tokens=least,
            length_penalty=1.0 if penalty is None else float(penalty),
            no_repeat=NO_REPEAT[request.task],
            start=int(self._tokenizer.pad_token_id if start is None else start),
            forced=self._forced(request.task),
            banned=tuple(banned),
            runs=own_runs(self._written(request.text)) if request.uncopied else (),
        )

    def _written(self, text: str) -> Iterator[list[Token]]:
        """The tokens with which an answer may write `text`: as a source has them, and, where the
        tokenizer has one model for each side, as a target has them."""
        clean = self._clean(text)
        ids = [self._tokenizer(clean, add_special_tokens=False, verbose=False).input_ids]
        target = getattr(self._tokenizer, "spm_target", None)
        if (
            target is not None
        ):  # by itself: to ask the tokenizer for a target changes its state for other threads, too
            ids.append(self._tokenizer.convert_tokens_to_ids(target.encode(clean, out_type=str)))
        for tokens in ids:
            yield list(zip(tokens, self._tokenizer.convert_ids_to_tokens(tokens), strict=True))

    def _clean(self, text: str) -> str:
        """The text with the punctuation that the family was trained on. transformers makes Marian's
        normaliser, but never calls it: typographic apostrophes and guillemets, in most French
        articles, would be unknown tokens."""
        return str(self._tokenizer.normalize(text)) if self._family.normalised else text

    def _before(self, task: Task) -> str:
        """The text before a source: the prefix and, for some families, the token of the language
        that is wanted."""
        own = prefix(self._family, self._config, task, self._entry.prefix)
        if self._languages is None or self._family.speaks_first:
            return own
        return f"{self._languages.written(_language(task))} {own}"

    def _around(self, task: Task) -> list[int]:
        """The tokens that every source of a task has besides its text."""
        ids: list[int] = self._tokenizer(self._before(task)).input_ids
        return ids

    def _count_behind(self) -> int:
        """How many special tokens stand behind a source."""
        last = self._tokenizer("a", add_special_tokens=False).input_ids[-1]
        return int(self._tokenizer("a").input_ids[::-1].index(last))

    def _forced(self, task: Task) -> int | None:
        if self._languages is None or not self._family.speaks_first:
            return None
        return self._id(self._languages.written(_language(task)))

    def _id(self, token: str) -> int | None:
        """The id of a token; None if the tokenizer does not know it, or the weights have no row for
        it."""
        found = self._tokenizer.convert_tokens_to_ids(token)
        unknown = (
            found is None
            or found == self._tokenizer.unk_token_id
            or found >= self._config.get("vocab_size", found + 1)
        )
        return None if unknown else int(found)

    def _language_ids(self) -> set[int | None]:
        return {self._forced(task) for task in Task} - {None}

    def _find_languages(self) -> Languages | None:
        """The language tokens to use: the entry's, else those of the family that the tokenizer
        knows."""
        found = (
            _named(self._family.languages, self._entry.codes)
            if self._entry.codes
            else self._known_languages()
        )
        if found is None and not self._family.languages_needed:
            return None
        lacking = [token for token in self._needed(found) if self._id(token) is None]
        if found is None or lacking:
            names = ", ".join(
                lacking or [languages.written("en") for languages in self._family.languages]
            )
            raise ModelError(
                f"The tokenizer of {self._entry.id} lacks language tokens of its family ({names}): "
                f"an answer in the right "
                "language cannot be asked for. Is its tokenizer.json missing?"
            )
        if hasattr(self._tokenizer, "src_lang"):
            self._tokenizer.src_lang = found.fr
        return found

    def _known_languages(self) -> Languages | None:
        return languages_of(self._family, lambda token: self._id(token) is not None)

    def _needed(self, languages: Languages | None) -> list[str]:
        """The tokens of which none may be missing for the entry's tasks."""
        if languages is None:
            return []
        targets = {_language(task) for task in self._entry.tasks}
        sources = {"fr"} if self._family.speaks_first else set()
        return [languages.written(language) for language in sorted(targets | sources)]

    def _add_missing_special_tokens(self) -> None:
        """Mends tokenizers that put nothing around a source. transformers 5 makes such a one of
        BARThez's files, which hold a SentencePiece model and no tokenizer.json."""
        if self._family.around is None or self._tokenizer("").input_ids:
            return
        from tokenizers import processors

        template = " ".join([self._family.around[0], "$A", self._family.around[1]]).strip()
        special = [(token, self._id(token)) for token in self._family.around if token]
        if any(number is None for _, number in special):
            raise ModelError(
                f"The tokenizer of {self._entry.id} lacks one of the tokens {self._family.around}."
            )
        backend = self._tokenizer.backend_tokenizer
        backend.post_processor = processors.TemplateProcessing(
            single=template, special_tokens=special
        )


def own_runs(writings: Iterable[Sequence[Token]]) -> tuple[tuple[int, ...], ...]:
    """What an answer may not have of a text in other words (see `GenerateRequest.uncopied`), given
    each of its `writings` in tokens: OWN_WORDS of its words in a row, and single words with an
    accent, all of them in lower case; not what is in SHARED."""
    found: dict[tuple[int, ...], None] = {}
    for tokens in writings:
        for words in _in_lower_case(tokens):
            runs = [words[k : k + OWN_WORDS] for k in range(len(words) - OWN_WORDS + 1)]
            runs = [run for run in runs if not SHARED.issuperset(map(_text, run))]
            runs += [[word] for word in words if not _text(word).isascii()]
            found |= dict.fromkeys(
                tuple(token for word in run for token, _ in word) for run in runs
            )
    return tuple(found)


def _in_lower_case(tokens: Sequence[Token]) -> Iterator[list[list[Token]]]:
    """The words of a text that stand in a row without a capital, a digit or another sign between
    them, each in its tokens."""
    run: list[list[Token]] = []
    for word in _words(tokens):
        text = _text(word)
        if _LOWER.fullmatch(text):
            run.append(word)
            continue
        letters = _LOWER.match(text)
        # "concurrent," ends a run, and may be of it without its comma.
        if letters and (bare := _beginning(word, letters.end())):
            run.append(bare)
        yield run
        run = []
    yield run


def _words(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """A text's tokens, word by word; without marks where words begin there are none."""
    word: list[Token] = []
    for token, text in tokens:
        if text.startswith(WORD_STARTS):
            if word:
                yield word
            word = [(token, text)]
        elif word:
            word.append((token, text))
    if word:
        yield word


def _beginning(word: Sequence[Token], length: int) -> list[Token]:
    """The first tokens of a word that write as many letters; empty if no tokens write just
    these."""
    for end in range(1, len(word)):
        if len(_text(word[:end])) == length:
            return list(word[:end])
    return []


def _text(word: Sequence[Token]) -> str:
    """The letters of a word in tokens."""
    return "".join(text for _, text in word).lstrip("".join(WORD_STARTS))


def mean_score(score: float, tokens: int, length_penalty: float) -> float:
    """The mean log-probability of an answer's tokens, from a beam's score: their sum over a power
    of their number."""
    return score * math.pow(tokens, length_penalty - 1)


def _language(task: Task) -> str:
    """The language of a task's answer: summaries are French, translations English."""
    return "en" if task is Task.TRANSLATION else "fr"


def _named(known: tuple[Languages, ...], wanted: Mapping[str, str]) -> Languages:
    """The language names of a catalogue entry, written as the family writes them."""
    for languages in known:
        if (languages.fr, languages.en) == (wanted["fr"], wanted["en"]):
            return languages
    return Languages(wanted["fr"], wanted["en"])
