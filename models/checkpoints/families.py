"""What is known of each family of checkpoints, as data: languages, prefixes, windows, special
tokens.

A checkpoint's own files (`config.json`, `generation_config.json`, the tokenizer) win over what
stands here, and what the catalogue or the user says of one checkpoint wins over both.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from models.engine import ModelError, Task

NO_LIMIT: Final = 100_000  # tokenizers write a larger number where they mean that there is none
BOTH: Final = (Task.SUMMARY, Task.TRANSLATION)


@dataclass(frozen=True)
class Languages:
    """How a tokenizer names French and English (`fr`, `en`), and how it writes the token of a
    name."""

    fr: str
    en: str
    spelling: str = "{}"

    def written(self, language: str) -> str:
        """The token of a language, as it stands in the vocabulary."""
        return self.spelling.format(self.fr if language == "fr" else self.en)


@dataclass(frozen=True)
class Family:
    """One family.

    `model_types`: what transformers calls its configurations. `tasks`: what a checkpoint of which
    nothing else is known may have been trained for. `window`: most tokens of a source, its special
    tokens included, where the checkpoint does not say (or says more than it was trained on).
    `languages`: the sets of language tokens to look for, none to force if `languages_needed` is
    false and the tokenizer has none of them. `speaks_first`: the answer begins with its language's
    token (else that token stands before the source, as opus-mt has it). `around`: special tokens
    before and behind a source, for tokenizers that forget them. `normalised`: it was trained on
    text with plain quotes and apostrophes, which its tokenizer makes only when it is asked to.
    `fast`: CTranslate2 converts it.
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
    # CTranslate2 4.8.5 converts it, but its encoder ignores the local windows: other answers beyond
    # them.
    Family("t5gemma2", ("t5gemma2",), BOTH, window=2048, around=None, fast=False),
    Family("prefix-lm", ("gemma3_text",), tuple(Task), window=1024, around=None, fast=False,
    decoder_only=True),
)  # fmt: skip
# A decoder of another make can be used too, but only where the user says so (`family =
# "prefix-lm"`): it has to have been trained on our prompts.


def family_named(name: str) -> Family:
    """The family called `name`. Raises ModelError if there is none."""
    for family in FAMILIES:
        if family.name == name:
            return family
    raise ModelError(
        f"No family is called {name!r}; families are: "
        f"{', '.join(family.name for family in FAMILIES)}."
    )


def family_of(config: Mapping[str, Any], where: str) -> Family:
    """The family of a checkpoint by its `config.json`. Raises ModelError, naming `where`, for one
    that is not supported."""
    kind = config.get("model_type", "")
    for family in FAMILIES:
        if kind in family.model_types:
            return family
    supported = ", ".join(sorted(kind for family in FAMILIES for kind in family.model_types))
    raise ModelError(f"{where} is of the type {kind!r}; supported are: {supported}.")


def positions(config: Mapping[str, Any]) -> int | None:
    """How many tokens the encoder can number, special tokens included; None where it does not
    number them."""
    text = (
        config.get("encoder", {}).get("text_config", config)
        if isinstance(config.get("encoder"), dict)
        else config
    )
    found = text.get("max_position_embeddings") or text.get("n_positions")
    return int(found) if found else None


def window(family: Family, config: Mapping[str, Any], tokenizer_limit: int, wanted: int = 0) -> int:
    """The most tokens of a source, special tokens included: what is `wanted`, else the tokenizer's
    limit where it has one, else the family's; and never more than the encoder can number."""
    likely = wanted or (tokenizer_limit if tokenizer_limit < NO_LIMIT else family.window)
    return min(likely, positions(config) or likely)


def languages_of(family: Family, knows: Callable[[str], bool]) -> Languages | None:
    """The language tokens of the family that a tokenizer `knows`, or None."""
    for languages in family.languages:
        if knows(languages.written("en")) or knows(languages.written("fr")):
            return languages
    return None


def prefix(
    family: Family, config: Mapping[str, Any], task: Task, wanted: str | Mapping[str, str]
) -> str:
    """The text before a source: what is wanted, else what the checkpoint's configuration says, else
    the family's."""
    if isinstance(wanted, str) and wanted:
        return wanted
    if not isinstance(wanted, str) and task in wanted:
        return wanted[task]
    own = (config.get("task_specific_params") or {}).get(_PARAMETERS.get(task, ""), {})
    return str(own.get("prefix", family.prefixes.get(task, "")))


_PARAMETERS: Final = {Task.SUMMARY: "summarization", Task.TRANSLATION: "translation_fr_to_en"}
