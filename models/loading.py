"""From a name to a loaded engine.

Torch and CTranslate2 are imported only when an engine is made, so importing this module is fast.
"""

import logging
from collections.abc import Collection
from functools import partial
from typing import Final, Literal

from models.checkpoint_finder import Checkpoint, is_here, locate, pull, revision_of, tasks_of
from models.checkpoints.catalog import AUTO, BUILTIN, BUILTIN_TRANSLATOR, CatalogEntry, catalog
from models.checkpoints.families import family_named
from models.cpu.memory import compact_loading
from models.cpu.processors import in_thread_of_its_own, spin_briefly
from models.deferred import DeferredEngine
from models.engine import Engine, EngineDescription, ModelError, Task
from models.trial import Trial, try_out

__all__ = [
    "Runtime",
    "Trial",
    "is_here",
    "load_checkpoint",
    "load_engine",
    "pull",
    "revision_of",
    "revisions_of",
    "try_out",
]

logger = logging.getLogger("breve")

# The effect that a reader will notice if an engine ignores a field of a request.
_CONSEQUENCES: Final = {
    (Task.SUMMARY, "facts"): (
        "is not held to an article's numbers and names while it writes: sentences with others are "
        "left out afterwards. BREVE_RUNTIME=torch holds it to them, and is slower."
    ),
    (Task.TRANSLATION, "uncopied"): (
        "cannot be kept from a sentence's own words: what it leaves in French comes back in French "
        "when it is asked for again."
    ),
}
Runtime = Literal["auto", "torch", "ctranslate2"]


def load_engine(  # noqa: PLR0913, PLR0917
    name: str,
    threads: int = 0,
    translator: str = "",
    allow_pickle: bool = False,
    runtime: Runtime = "auto",
    defers: bool = False,
) -> Engine:
    """The engine that the service uses: the checkpoint `name`, with a `translator` for English.

    `translator` is a name too; empty means none. AUTO means the built-in translator, unless the
    checkpoint `name` translates itself. With `defers`, built-in checkpoints that are already built
    are loaded only when they have to write. Raises ModelError, saying what to do, if a checkpoint
    is not available or cannot do its task.
    """

    def waits(checkpoint: str, built_in: str) -> bool:
        # Other checkpoints may turn out to be wrong only while they are loaded.
        return defers and checkpoint == built_in and runtime == "auto" and is_here(checkpoint)

    options = (allow_pickle, runtime)
    engine = (
        _defer_model(threads)
        if waits(name, BUILTIN)
        else load_checkpoint(name, threads, Task.SUMMARY, *options)
    )
    if second := chosen_translator(translator, engine.describe().tasks):
        from models.pair import PairEngine

        translating = (
            _defer_translator(threads)
            if waits(second, BUILTIN_TRANSLATOR)
            else load_checkpoint(second, threads, Task.TRANSLATION, *options)
        )
        engine = PairEngine(engine, translating)
    _warn_of_ignored(engine.describe())
    return engine


def _defer_model(threads: int) -> Engine:
    """The built-in model of summaries. If the lead is the summary, only its tokenizer is loaded."""
    from models.gemma.tokenizer import count_tokens, load_tokenizer

    spin_briefly()
    with compact_loading():
        checkpoint = locate(BUILTIN, Task.SUMMARY)
        tokenizer = load_tokenizer(checkpoint.folder)

    def load() -> Engine:
        from models.gemma.engine import GemmaEngine

        names = (str(checkpoint.folder), checkpoint.entry, checkpoint.revision)
        with compact_loading():
            return GemmaEngine(*names, threads, tokenizer=tokenizer)

    description = _describe_unloaded(checkpoint.entry, checkpoint.revision)
    return DeferredEngine(description, load, partial(count_tokens, tokenizer))


def _defer_translator(threads: int) -> Engine:
    """The built-in translator, which is loaded when the first translation is asked for."""
    revision = revision_of(BUILTIN_TRANSLATOR) or ""
    load = partial(load_checkpoint, BUILTIN_TRANSLATOR, threads, Task.TRANSLATION)
    return DeferredEngine(_describe_unloaded(catalog()[BUILTIN_TRANSLATOR], revision), load)


def _describe_unloaded(entry: CatalogEntry, revision: str) -> EngineDescription:
    """The description of a checkpoint whose engine is not loaded."""
    family, tasks, window, licence = entry.family, entry.tasks, entry.window, entry.licence
    return EngineDescription(entry.id, revision, family, "not loaded", tasks, window, licence)


def _warn_of_ignored(description: EngineDescription) -> None:
    """Logs a line for each field that an engine ignores, if a reader would notice.

    The facts of a translation are not such a field: they are compared afterwards in any case.
    """
    for ignored, consequence in _CONSEQUENCES.items():
        if ignored in description.ignores:
            logger.warning("%s (%s) %s", description.id, description.runtime, consequence)


def chosen_translator(translator: str, tasks: Collection[Task]) -> str:
    """The name of the translator for a model that does these `tasks`; empty if it needs none."""
    if translator == AUTO:
        return "" if Task.TRANSLATION in tasks else BUILTIN_TRANSLATOR
    return translator


def revisions_of(model: str, translator: str) -> dict[str, str | None]:
    """The checkpoints that `load_engine` would load, and their revisions.

    A revision is None if its checkpoint is not on this machine. Raises ModelError if the cache
    folder cannot be named, or the catalogue is wrong.
    """
    names = (model, chosen_translator(translator, tasks_of(model)))
    return {name: revision_of(name) for name in names if name}


def load_checkpoint(
    name: str,
    threads: int = 0,
    wanted: Task | None = None,
    allow_pickle: bool = False,
    runtime: Runtime = "auto",
) -> Engine:
    """One checkpoint by itself. `wanted` is the task that it must be able to do."""
    spin_briefly()
    work = partial(_load, name, threads, wanted, allow_pickle, runtime)
    return in_thread_of_its_own(work, "breve-loading").result()


def _load(
    name: str, threads: int, wanted: Task | None, allow_pickle: bool, runtime: Runtime
) -> Engine:
    # `locate` stands inside the block: building a checkpoint leaves the most freed memory behind.
    with compact_loading():
        checkpoint = locate(name, wanted)
        _refuse_wrong_use(checkpoint, wanted)
        if runtime != "torch":
            engine = _fast_engine(checkpoint, threads, allow_pickle, runtime)
            if engine is not None:
                return engine
        from models.runtimes.transformers_engine import TransformersEngine

        return TransformersEngine(
            str(checkpoint.folder), checkpoint.entry, checkpoint.revision, threads, allow_pickle
        )


def _refuse_wrong_use(checkpoint: Checkpoint, wanted: Task | None) -> None:
    """Raises ModelError for a checkpoint that lacks the wanted task or its languages."""
    entry = checkpoint.entry
    tasks = ", ".join(entry.tasks)
    if wanted is Task.SUMMARY and Task.SUMMARY not in entry.tasks:
        raise ModelError(
            "{name} does not summarise, it only does: {tasks}. Name a checkpoint that does in "
            "BREVE_MODEL and, for English, {name} in BREVE_TRANSLATOR.",
            name=entry.name,
            tasks=tasks,
        )
    if wanted is Task.TRANSLATION and Task.TRANSLATION not in entry.tasks:
        raise ModelError(
            "{name} does not translate, it only does: {tasks}. For BREVE_TRANSLATOR name one that "
            "does, such as opus-mt.",
            name=entry.name,
            tasks=tasks,
        )
    needed = {"fr", "en"} if wanted is Task.TRANSLATION else {"fr"}
    if lacking := sorted(needed - set(entry.languages)):
        raise ModelError(
            "{name} does not know the language {language!r}; it knows: {known}.",
            name=entry.name,
            language=lacking[0],
            known=", ".join(entry.languages),
        )


def _gemma_engine(checkpoint: Checkpoint, threads: int) -> Engine | None:
    """The checkpoint on our own decoder, if it is a Gemma 3."""
    from models.gemma.engine import GemmaEngine, runs_folder

    if not runs_folder(checkpoint.folder):
        return None
    return GemmaEngine(str(checkpoint.folder), checkpoint.entry, checkpoint.revision, threads)


def _fast_engine(
    checkpoint: Checkpoint, threads: int, allow_pickle: bool, runtime: Runtime
) -> Engine | None:
    """The checkpoint on the fastest runtime that can run it; None if that is torch.

    Raises ModelError if `runtime` asks for CTranslate2, and that cannot run the checkpoint.
    """
    if checkpoint.entry.family == "prefix-lm" and runtime == "auto":
        return _gemma_engine(checkpoint, threads)
    if not family_named(checkpoint.entry.family).fast:
        if runtime == "ctranslate2":
            raise ModelError(
                "CTranslate2 does not run the family {family}; set BREVE_RUNTIME=auto.",
                family=checkpoint.entry.family,
            )
        return None
    from models.runtimes.conversion import NotConvertible, converted

    try:
        folder = converted(checkpoint, allow_pickle)
    except NotConvertible as error:
        if runtime == "ctranslate2":
            raise ModelError(error.sentence, **error.values) from error
        logger.warning("%s runs on torch, which is slower: %s", checkpoint.entry.id, error)
        return None
    from models.runtimes.ctranslate2_engine import CTranslateEngine

    return CTranslateEngine(folder, checkpoint, threads)
