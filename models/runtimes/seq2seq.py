"""The input and output of encoder-decoders: prefixes, language tokens, windows, search options.

Both runtimes use this module, so that they search in the same way. It imports no torch.
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

# A run of this many words may not be copied. If it were three, the built-in translator would change
# every third word a little, and stay in French.
OWN_WORDS: Final = 2
# Short words that both languages have: an English "on a" may be right.
SHARED: Final = frozenset({"a", "an", "as", "me", "on", "or"})
# How vocabularies mark a token that begins a word.
WORD_STARTS: Final = ("▁", "Ġ")
# In tokens of text. No sentence can be read in a smaller window.
MIN_WINDOW: Final = 16
_LOWER: Final = re.compile(r"(?:(?![A-ZÀ-Ý])[^\W\d_]|['’-])+")

# A token's id, and its string in the vocabulary.
Token = tuple[int, str]


@dataclass(frozen=True)
class EncodedText:
    """A text as the encoder reads it: `ids`, special tokens included.

    The text has `tokens` tokens, of which `used_tokens` are among the ids.
    """

    ids: list[int]
    tokens: int
    used_tokens: int


@dataclass(frozen=True)
class SearchOptions:
    """How to search for an answer.

    `start` is the token that the decoder starts from, `forced` the first token of the answer. The
    answer must not have the tokens `banned`, nor the tokens of one of the `runs` in a row.
    """

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
    """Turns texts into a checkpoint's tokens, and the tokens of its answers into texts.

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
        limit = window(self._family, self._config, tokenizer.model_max_length, entry.window)
        self.window = limit - max(len(self._around(task)) for task in Task)
        if self.window < MIN_WINDOW:
            raise ModelError(
                "{id} reads {window} tokens of text at once; at least {least} are needed.",
                id=entry.id,
                window=self.window,
                least=MIN_WINDOW,
            )

    def count_tokens(self, text: str) -> int:
        """The length of `text` in tokens, special tokens left out."""
        clean = self._clean(text)
        return len(self._tokenizer(clean, add_special_tokens=False, verbose=False).input_ids)

    def encode(self, request: GenerateRequest) -> EncodedText:
        """The encoder's input for a request, cut to the window."""
        source = self._before(request.task) + self._clean(request.text)
        ids = self._tokenizer(source, verbose=False).input_ids
        limit = self.window + len(self._around(request.task))
        # Cut here, not by the tokenizer: truncation is a state of a fast tokenizer, and other
        # threads count tokens with it meanwhile.
        if len(ids) > limit:
            ids = [*ids[: limit - self._behind], *ids[len(ids) - self._behind :]]
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
        """How to search for the answer to a request.

        The request's limits are reduced to the checkpoint's own, if those are lower.
        """
        most = min(request.max_tokens, (positions(self._config) or request.max_tokens + 2) - 2)
        least = 0
        if request.task is Task.SUMMARY:
            least = min(int(self._generation.get("min_length") or 0), most // 2)
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
        """The ways in which an answer may write `text`, in tokens.

        The text is encoded as a source and, if the tokenizer has one model for each side, also as a
        target.
        """
        clean = self._clean(text)
        ids = [self._tokenizer(clean, add_special_tokens=False, verbose=False).input_ids]
        target = getattr(self._tokenizer, "spm_target", None)
        if target is not None:
            # The target's model is used directly: asking the tokenizer for a target would change
            # its state for other threads.
            ids.append(self._tokenizer.convert_tokens_to_ids(target.encode(clean, out_type=str)))
        for tokens in ids:
            yield list(zip(tokens, self._tokenizer.convert_ids_to_tokens(tokens), strict=True))

    def _clean(self, text: str) -> str:
        """The text with the punctuation that the family was trained on.

        transformers makes Marian's normaliser, but never calls it. Without the normaliser,
        typographic apostrophes and guillemets, which most French articles have, would be unknown
        tokens.
        """
        return str(self._tokenizer.normalize(text)) if self._family.normalised else text

    def _before(self, task: Task) -> str:
        """The text before a source: the prefix and, in some families, the answer's language."""
        before = prefix(self._family, self._config, task, self._entry.prefix)
        if self._languages is None or self._family.speaks_first:
            return before
        return f"{self._languages.written(_language(task))} {before}"

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
        """The id of a token; None if the tokenizer or the weights do not have it."""
        token_id = self._tokenizer.convert_tokens_to_ids(token)
        unknown = (
            token_id is None
            or token_id == self._tokenizer.unk_token_id
            or token_id >= self._config.get("vocab_size", token_id + 1)
        )
        return None if unknown else int(token_id)

    def _language_ids(self) -> set[int | None]:
        return {self._forced(task) for task in Task} - {None}

    def _find_languages(self) -> Languages | None:
        """The language tokens to use: the entry's, else the known ones of the family.

        Raises ModelError if tokens are lacking.
        """
        if self._entry.codes:
            languages: Languages | None = _match_codes(self._family.languages, self._entry.codes)
        else:
            languages = languages_of(self._family, lambda token: self._id(token) is not None)
        if languages is None and not self._family.languages_needed:
            return None
        lacking = [token for token in self._needed(languages) if self._id(token) is None]
        if languages is None or lacking:
            names = ", ".join(lacking or [each.written("en") for each in self._family.languages])
            raise ModelError(
                "The tokenizer of {id} lacks language tokens of its family ({names}): an answer in "
                "the right language cannot be asked for. Is its tokenizer.json missing?",
                id=self._entry.id,
                names=names,
            )
        if hasattr(self._tokenizer, "src_lang"):
            self._tokenizer.src_lang = languages.fr
        return languages

    def _needed(self, languages: Languages | None) -> list[str]:
        """The language tokens that the entry's tasks need."""
        if languages is None:
            return []
        targets = {_language(task) for task in self._entry.tasks}
        sources = {"fr"} if self._family.speaks_first else set()
        return [languages.written(language) for language in sorted(targets | sources)]

    def _add_missing_special_tokens(self) -> None:
        """Mends tokenizers that put no tokens around a source. Raises ModelError if they cannot.

        transformers 5 makes such a tokenizer from BARThez's files, which hold a SentencePiece model
        and no tokenizer.json.
        """
        if self._family.around is None or self._tokenizer("").input_ids:
            return
        from tokenizers import processors

        template = " ".join([self._family.around[0], "$A", self._family.around[1]]).strip()
        special = [(token, self._id(token)) for token in self._family.around if token]
        if any(number is None for _, number in special):
            raise ModelError(
                "The tokenizer of {id} lacks one of the tokens {tokens}.",
                id=self._entry.id,
                tokens=self._family.around,
            )
        backend = self._tokenizer.backend_tokenizer
        backend.post_processor = processors.TemplateProcessing(
            single=template, special_tokens=special
        )


def own_runs(writings: Iterable[Sequence[Token]]) -> tuple[tuple[int, ...], ...]:
    """The token runs that an uncopied answer may not have (see `GenerateRequest.uncopied`).

    `writings` are the ways to write the text in tokens. Two kinds of runs are forbidden, both in
    lower case: OWN_WORDS words in a row, unless all are in SHARED; and single words with an accent.
    """
    banned: dict[tuple[int, ...], None] = {}
    for tokens in writings:
        for words in _lower_case_runs(tokens):
            runs = [words[k : k + OWN_WORDS] for k in range(len(words) - OWN_WORDS + 1)]
            runs = [run for run in runs if not SHARED.issuperset(map(_text, run))]
            runs += [[word] for word in words if not _text(word).isascii()]
            for run in runs:
                banned[tuple(token for word in run for token, _ in word)] = None
    return tuple(banned)


def _lower_case_runs(tokens: Sequence[Token]) -> Iterator[list[list[Token]]]:
    """The runs of words of a text without a capital, a digit or a sign. A word is its tokens."""
    run: list[list[Token]] = []
    for word in _words(tokens):
        text = _text(word)
        if _LOWER.fullmatch(text):
            run.append(word)
            continue
        letters = _LOWER.match(text)
        # The word "concurrent," ends a run, and belongs to it without its comma.
        if letters and (bare := _beginning(word, letters.end())):
            run.append(bare)
        yield run
        run = []
    yield run


def _words(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """A text's tokens, word by word; nothing if its tokens do not mark where words begin."""
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
    """The first tokens of a word that write exactly `length` letters; empty if there are none."""
    for end in range(1, len(word)):
        if len(_text(word[:end])) == length:
            return list(word[:end])
    return []


def _text(word: Sequence[Token]) -> str:
    """The letters of a word in tokens."""
    return "".join(text for _, text in word).lstrip("".join(WORD_STARTS))


def mean_score(score: float, tokens: int, length_penalty: float) -> float:
    """The mean log-probability of an answer's tokens.

    A beam's `score` is their sum, divided by a power of their number.
    """
    return score * math.pow(tokens, length_penalty - 1)


def _language(task: Task) -> str:
    """The language of a task's answer: summaries are French, translations English."""
    return "en" if task is Task.TRANSLATION else "fr"


def _match_codes(known: tuple[Languages, ...], codes: Mapping[str, str]) -> Languages:
    """The language names `codes` of a catalogue entry, spelled as the family spells them."""
    for languages in known:
        if (languages.fr, languages.en) == (codes["fr"], codes["en"]):
            return languages
    return Languages(codes["fr"], codes["en"])
