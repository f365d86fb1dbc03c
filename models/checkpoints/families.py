"""Families of checkpoints, as data: their languages, prefixes, windows and special tokens.

A checkpoint's own files (`config.json`, `generation_config.json`, the tokenizer) win over these
defaults. Statements of the catalogue or the user about a checkpoint win over both.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from models.engine import ModelError, Task

# Tokenizers without a limit state a larger number than this.
NO_LIMIT: Final = 100_000
BOTH: Final = (Task.SUMMARY, Task.TRANSLATION)
# How configurations of transformers name the parameters of a task.
_PARAMETERS: Final = {Task.SUMMARY: "summarization", Task.TRANSLATION: "translation_fr_to_en"}


@dataclass(frozen=True)
class Languages:
    """How a tokenizer names French and English, and how it spells the token of such a name."""

    fr: str
    en: str
    spelling: str = "{}"

    def written(self, language: str) -> str:
        """The token of a language, as it stands in the vocabulary."""
        return self.spelling.format(self.fr if language == "fr" else self.en)


@dataclass(frozen=True)
class Family:
    """One family.

    - `model_types`: the names of its configurations in transformers.
    - `tasks`: the tasks of its checkpoints, where nothing else names them.
    - `window`: the longest source in tokens, special tokens included. It is used where a checkpoint
      does not state one, or states more than it was trained on.
    - `languages`: the sets of language tokens to look for. Without `languages_needed`, a tokenizer
      may have none of them, and none is forced.
    - `speaks_first`: an answer begins with the token of its language. Otherwise that token stands
      before the source, as with opus-mt.
    - `around`: special tokens before and behind a source, for tokenizers that forget them.
    - `normalised`: the family was trained on text with plain quotes and apostrophes, which its
      tokenizer makes only on demand.
    - `fast`: CTranslate2 converts it.
    """

    name: str
    model_types: tuple[str, ...]
    tasks: tuple[Task, ...]
    window: int
    languages: tuple[Languages, ...] = ()
    languages_needed: bool = False
    speaks_first: bool = True
    around: tuple[str, str] | None = ("", "</s>")
    prefixes: Mapping[Task, str] = field(default_factory=dict)
    normalised: bool = False
    fast: bool = True
    decoder_only: bool = False


FAMILIES: Final = (
    Family("t5", ("t5", "mt5", "umt5"), BOTH, window=512),
    Family(
        "mbart", ("mbart", "bart"), BOTH, window=1024, around=("<s>", "</s>"),
        languages=(Languages("fr_XX", "en_XX"),),
    ),
    Family(
        "nllb", ("m2m_100",), (Task.TRANSLATION,), window=512, languages_needed=True,
        languages=(Languages("fra_Latn", "eng_Latn"), Languages("fr", "en", "__{}__")),
    ),
    Family(
        "marian", ("marian",), (Task.TRANSLATION,), window=512, speaks_first=False, normalised=True,
        languages=(Languages("fra", "eng", ">>{}<<"), Languages("fr", "en", ">>{}<<")),
    ),
    Family("pegasus", ("pegasus",), (Task.SUMMARY,), window=512),
    # CTranslate2 4.8.5 converts it, but its encoder ignores the local windows: answers differ for
    # texts that are longer than these.
    Family("t5gemma2", ("t5gemma2",), BOTH, window=2048, around=None, fast=False),
    Family("prefix-lm", ("gemma3_text",), tuple(Task), window=1024, around=None, fast=False,
    decoder_only=True),
)  # fmt: skip
# Another decoder can be used too, but only if the user says so (`family = "prefix-lm"`): it must
# have been trained on our prompts.


def family_named(name: str) -> Family:
    """The family called `name`. Raises ModelError if there is none."""
    for family in FAMILIES:
        if family.name == name:
            return family
    known = ", ".join(family.name for family in FAMILIES)
    raise ModelError("No family is called {name!r}; families are: {known}.", name=name, known=known)


def family_of(config: Mapping[str, Any], where: str) -> Family:
    """The family of a checkpoint by its `config.json`.

    Raises ModelError, naming `where` the checkpoint lies, if its family is not supported.
    """
    kind = config.get("model_type", "")
    for family in FAMILIES:
        if kind in family.model_types:
            return family
    supported = ", ".join(sorted(kind for family in FAMILIES for kind in family.model_types))
    raise ModelError(
        "{where} is of the type {kind!r}; supported are: {supported}.",
        where=where,
        kind=kind,
        supported=supported,
    )


def positions(config: Mapping[str, Any]) -> int | None:
    """The most tokens that the encoder can number, special tokens included; None: no limit."""
    encoder = config.get("encoder", {})
    text = encoder.get("text_config", config) if isinstance(encoder, dict) else config
    count = text.get("max_position_embeddings") or text.get("n_positions")
    return int(count) if count else None


def window(family: Family, config: Mapping[str, Any], tokenizer_limit: int, wanted: int = 0) -> int:
    """The most tokens of a source, special tokens included.

    The number is the `wanted` one, else the tokenizer's limit if it has one, else the family's
    window. It is never more than the encoder can number.
    """
    limit = wanted or (tokenizer_limit if tokenizer_limit < NO_LIMIT else family.window)
    return min(limit, positions(config) or limit)


def languages_of(family: Family, knows: Callable[[str], bool]) -> Languages | None:
    """The language tokens of the family that a tokenizer `knows`, or None."""
    for languages in family.languages:
        if knows(languages.written("en")) or knows(languages.written("fr")):
            return languages
    return None


def prefix(
    family: Family, config: Mapping[str, Any], task: Task, wanted: str | Mapping[str, str]
) -> str:
    """The text before a source: the `wanted` one, else the configuration's, else the family's."""
    if isinstance(wanted, str) and wanted:
        return wanted
    if not isinstance(wanted, str) and task in wanted:
        return wanted[task]
    by_task = config.get("task_specific_params") or {}
    parameters = by_task.get(_PARAMETERS.get(task, ""), {})
    return str(parameters.get("prefix", family.prefixes.get(task, "")))
