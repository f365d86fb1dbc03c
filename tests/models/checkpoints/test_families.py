"""Each family of checkpoints, on both runtimes: what its encoder reads, what its answer begins
with, and equal answers."""

import json
import logging
import shutil
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModelForSeq2SeqLM

from models.checkpoint_finder import Checkpoint, locate
from models.checkpoints.families import FAMILIES, family_named, family_of, window
from models.checkpoints.tokenizer import load_tokenizer
from models.engine import Cancelled, Engine, GenerateRequest, ModelError, Task
from models.loading import load_checkpoint, load_engine, try_out
from models.runtimes.conversion import converted
from models.runtimes.ctranslate2_engine import CTranslateEngine
from models.runtimes.seq2seq import Seq2SeqText
from models.runtimes.transformers_engine import TransformersEngine
from tests.checkpoints import BUILDERS, ENGLISH, FRENCH, POSITIONS

pytestmark = pytest.mark.usefixtures("single_precision", "own_cache")
LONG = " ".join(FRENCH)
TOKENS = 24
# For each checkpoint: its family, the task to try, what stands before and behind a source, and what
# its answer begins with.
EXPECTED = {
    "mt5": ("t5", Task.SUMMARY, [], ["</s>"], None),
    "t5": ("t5", Task.SUMMARY, [], ["</s>"], None),
    "barthez": ("mbart", Task.SUMMARY, ["<s>"], ["</s>"], None),
    "mbart50": ("mbart", Task.TRANSLATION, ["fr_XX"], ["</s>"], "en_XX"),
    "m2m100": ("nllb", Task.TRANSLATION, ["__fr__"], ["</s>"], "__en__"),
    "nllb": ("nllb", Task.TRANSLATION, ["fra_Latn"], ["</s>"], "eng_Latn"),
    "marian": ("marian", Task.TRANSLATION, [], ["</s>"], None),
    "pegasus": ("pegasus", Task.SUMMARY, [], ["</s>"], None),
    "t5gemma2": ("t5gemma2", Task.SUMMARY, ["<bos>"], [], None),
    "prefix-lm": ("prefix-lm", Task.SUMMARY, [], [], None),
}
ENCODERS = [
    name for name, (family, *_) in EXPECTED.items() if not family_named(family).decoder_only
]
FAST = [name for name, (family, *_) in EXPECTED.items() if family_named(family).fast]
WINDOWS = {
    "mt5": 511,
    "barthez": POSITIONS - 2,
    "mbart50": POSITIONS - 2,
    "marian": 63,
    "t5gemma2": 511,
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The folder of a checkpoint, built when it is first asked for."""
    root = tmp_path_factory.mktemp("snapshots")

    def build(name: str) -> Path:
        path = root / name
        if not path.exists():
            path.mkdir()
            BUILDERS[name](path)
        return path

    return build


Folder = Callable[[str], Path]


@pytest.fixture(scope="module")
def checkpoint(folder: Folder) -> Callable[[str], Checkpoint]:
    return lambda name: locate(str(folder(name)), EXPECTED[name][1])


Checkpoints = Callable[[str], Checkpoint]


@pytest.fixture(scope="module")
def slow(checkpoint: Checkpoints) -> Callable[[str], TransformersEngine]:
    @cache
    def make(name: str) -> TransformersEngine:
        located = checkpoint(name)
        return TransformersEngine(str(located.folder), located.entry, "r1", 1)

    return make


@pytest.fixture(scope="module")
def fast(checkpoint: Checkpoints) -> Callable[[str], CTranslateEngine]:
    @cache
    def make(name: str) -> CTranslateEngine:
        located = checkpoint(name)
        return CTranslateEngine(converted(located, quantization="float32"), located, 1, "float32")

    return make


Engines = Callable[[str], Engine]


def request(text: str, task: Task, candidates: int = 1, tokens: int = TOKENS) -> GenerateRequest:
    return GenerateRequest(task, text, tokens, 40, candidates)


def answers(engine: Engine, name: str, *texts: str, candidates: int = 1) -> list[list[str]]:
    results = engine.generate([request(text, EXPECTED[name][1], candidates) for text in texts])
    return [[candidate.text for candidate in result.candidates] for result in results]


@pytest.mark.parametrize("name", EXPECTED)
def test_family_is_recognised(name: str, checkpoint: Checkpoints) -> None:
    located = checkpoint(name)
    assert located.entry.family == EXPECTED[name][0]
    assert EXPECTED[name][1] in located.entry.tasks


@pytest.mark.parametrize("name", ENCODERS)
def test_what_the_encoder_reads(name: str, checkpoint: Checkpoints) -> None:
    _, task, before, behind, forced = EXPECTED[name]
    located = checkpoint(name)
    tokenizer = load_tokenizer(located.folder, located.entry)
    text = Seq2SeqText(tokenizer, located.entry, located.folder)
    source = text.encode(request(FRENCH[1], task))
    tokens = tokenizer.convert_ids_to_tokens(source.ids)
    prefix = "résumé, " if name == "t5" else ""
    plain = tokenizer.convert_ids_to_tokens(
        tokenizer(prefix + FRENCH[1], add_special_tokens=False).input_ids
    )
    assert tokens == [*before, *plain, *behind]
    assert tokenizer.unk_token not in tokens
    assert source.tokens == source.used_tokens == text.count_tokens(FRENCH[1])
    search = text.search(request(FRENCH[1], task))
    assert (
        (search.forced is None)
        if forced is None
        else (tokenizer.convert_ids_to_tokens(search.forced) == forced)
    )


@pytest.mark.parametrize("name", [name for name in ENCODERS if EXPECTED[name][4]])
def test_answer_is_forced_into_its_language(name: str, slow: Engines, fast: Engines) -> None:
    engine, forced = slow(name), EXPECTED[name][4]
    assert isinstance(engine, TransformersEngine)
    asked = request(FRENCH[0], EXPECTED[name][1])
    inputs, _ = engine._inputs([asked])
    ids = engine._model.generate(**inputs, **engine._options([asked], inputs, lambda: False))[
        0
    ].tolist()
    assert engine._tokenizer.convert_ids_to_tokens(ids[1]) == forced
    for runtime in (engine, fast(name)):
        assert str(forced) not in answers(runtime, name, FRENCH[0])[0][0]


def test_french_summary_of_a_multilingual_checkpoint(folder: Folder) -> None:
    """The same mBART-50 is forced into French where it summarises."""
    located = locate(str(folder("mbart50")), Task.SUMMARY)
    tokenizer = load_tokenizer(located.folder, located.entry)
    search = Seq2SeqText(tokenizer, located.entry, located.folder).search(
        request("x", Task.SUMMARY)
    )
    assert tokenizer.convert_ids_to_tokens(search.forced) == "fr_XX"


@pytest.mark.parametrize("name", EXPECTED)
def test_batch_equals_single(name: str, slow: Engines) -> None:
    texts = (FRENCH[0], FRENCH[1][:15], FRENCH[2], FRENCH[1])
    singles = [answers(slow(name), name, text, candidates=4)[0] for text in texts]
    assert answers(slow(name), name, *texts, candidates=4) == singles


@pytest.mark.parametrize("name", FAST)
def test_batch_equals_single_on_ctranslate2(name: str, fast: Engines) -> None:
    texts = (FRENCH[0], FRENCH[1][:15], FRENCH[2], FRENCH[1])
    for beams in (1, 4):
        singles = [answers(fast(name), name, text, candidates=beams)[0] for text in texts]
        assert answers(fast(name), name, *texts, candidates=beams) == singles


def test_workers_of_a_translator_answer_in_order(checkpoint: Checkpoints, fast: Engines) -> None:
    located = checkpoint("marian")
    several = CTranslateEngine(converted(located, quantization="float32"), located, 3, "float32")
    texts = [
        text[:cut] for text in FRENCH for cut in (15, 30, 60)
    ] * 3  # more than one batch of each worker
    assert answers(several, "marian", *texts, candidates=4) == answers(
        fast("marian"), "marian", *texts, candidates=4
    )


def test_a_translator_leaves_torch_its_threads(checkpoint: Checkpoints) -> None:
    """They may share OpenMP, and its workers have one thread each."""
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    try:
        located = checkpoint("marian")
        CTranslateEngine(converted(located, quantization="float32"), located, 3, "float32")
        assert torch.get_num_threads() == 3
    finally:
        torch.set_num_threads(before)


@pytest.mark.parametrize("name", FAST)
def test_both_runtimes_write_the_same(name: str, slow: Engines, fast: Engines) -> None:
    texts = [*FRENCH, ENGLISH[0], FRENCH[1][:15], LONG]
    requests = [request(text, EXPECTED[name][1]) for text in texts]
    for exact, other in zip(
        slow(name).generate(requests), fast(name).generate(requests), strict=True
    ):
        (expected,), (candidate,) = exact.candidates, other.candidates
        assert (candidate.text, candidate.tokens, candidate.finished) == (
            expected.text,
            expected.tokens,
            expected.finished,
        )
        assert candidate.score == pytest.approx(expected.score, abs=0.01)
        assert (other.tokens, other.used_tokens) == (exact.tokens, exact.used_tokens)


@pytest.mark.parametrize("name", FAST)
def test_beams_on_ctranslate2(name: str, fast: Engines) -> None:
    (result,) = fast(name).generate([request(FRENCH[0], EXPECTED[name][1], 4)])
    assert len(result.candidates) == len({candidate.text for candidate in result.candidates}) == 4
    assert all(
        0 < candidate.tokens <= TOKENS and candidate.score < 0 for candidate in result.candidates
    )
    assert result.candidates[0].score >= result.candidates[-1].score


@pytest.mark.parametrize("name", ENCODERS)
def test_window(name: str, slow: Engines) -> None:
    engine = slow(name)
    most = engine.describe().window
    assert most == WINDOWS.get(name, most)
    result, whole = engine.generate(
        [request(LONG * 5, EXPECTED[name][1]), request(FRENCH[1], EXPECTED[name][1])]
    )
    assert (result.tokens, result.used_tokens) == (engine.count_tokens(LONG * 5), most)
    assert whole.tokens == whole.used_tokens
    assert isinstance(engine, TransformersEngine)
    read = len(engine._inputs([request(LONG * 5, EXPECTED[name][1])])[0]["input_ids"][0])
    assert most < read <= max(POSITIONS, 512)


@pytest.mark.parametrize("name", ENCODERS)
def test_texts_are_cut_as_their_tokenizer_cuts_them(
    name: str, checkpoint: Checkpoints, monkeypatch: pytest.MonkeyPatch
) -> None:
    """But without its truncation, a state that another thread, counting tokens, would meet or take
    away."""
    located = checkpoint(name)
    tokenizer, plain = (
        load_tokenizer(located.folder, located.entry),
        load_tokenizer(located.folder, located.entry),
    )
    text, asked = (
        Seq2SeqText(tokenizer, located.entry, located.folder),
        request(LONG * 5, EXPECTED[name][1]),
    )
    monkeypatch.setattr(text, "count_tokens", len)  # which would hide the truncation
    ids = text.encode(asked).ids
    assert not tokenizer.is_fast or tokenizer.backend_tokenizer.truncation is None
    Seq2SeqText(plain, located.entry, located.folder)  # mends it
    whole = text._before(asked.task) + text._clean(asked.text)
    assert ids == plain(whole, truncation=True, max_length=len(ids)).input_ids
    assert len(ids) == text.window + len(text._around(asked.task))


def test_tokenizer_that_was_saved_while_it_cut_texts(
    folder: Folder, checkpoint: Checkpoints, tmp_path: Path
) -> None:
    located = checkpoint("mt5")
    shutil.copytree(located.folder, tmp_path / "mt5")
    tokenizer = load_tokenizer(located.folder, located.entry)
    tokenizer(LONG, truncation=True, padding="max_length", max_length=8)
    tokenizer.save_pretrained(tmp_path / "mt5")
    backend = load_tokenizer(tmp_path / "mt5", located.entry).backend_tokenizer
    assert (backend.truncation, backend.padding) == (None, None)


def test_marian_reads_typographic_punctuation(folder: Folder, checkpoint: Checkpoints) -> None:
    located = checkpoint("marian")
    tokenizer = load_tokenizer(located.folder, located.entry)
    text = Seq2SeqText(tokenizer, located.entry, located.folder)
    printed, typed = (text.encode(request(f"L{mark}hébergeur", Task.TRANSLATION)) for mark in "’'")
    assert printed == typed
    assert tokenizer.unk_token_id not in printed.ids


def test_windows_by_what_is_known() -> None:
    mbart, t5 = family_named("mbart"), family_named("t5")
    none = 10**30
    assert window(mbart, {"max_position_embeddings": 1024}, none) == 1024
    assert window(mbart, {"max_position_embeddings": 1024}, 512) == 512
    assert window(mbart, {"max_position_embeddings": 1024}, none, 768) == 768
    assert (
        window(mbart, {"max_position_embeddings": 512}, none, 768) == 512
    )  # more would be an index out of range
    assert window(t5, {}, none) == 512
    assert window(t5, {}, 1024) == 1024
    assert (
        window(
            family_named("t5gemma2"),
            {"encoder": {"text_config": {"max_position_embeddings": 131_072}}},
            none,
        )
        == 2048
    )


def test_families_are_told_apart() -> None:
    kinds = [kind for family in FAMILIES for kind in family.model_types]
    assert len(kinds) == len(set(kinds))
    with pytest.raises(ModelError, match=r"here is of the type 'bert'; supported are: .*marian"):
        family_of({"model_type": "bert"}, "here")
    with pytest.raises(ModelError, match=r"'bert'; families are: t5"):
        family_named("bert")


def test_defaults_of_the_checkpoint_count(folder: Folder, checkpoint: Checkpoints) -> None:
    texts = {name: Seq2SeqText(load_tokenizer(folder(name), checkpoint(name).entry),
    checkpoint(name).entry, folder(name))
             for name in ("mt5", "pegasus", "marian")}  # fmt: skip
    assert texts["mt5"].search(request("x", Task.SUMMARY)).length_penalty == 0.6
    assert texts["pegasus"].search(request("x", Task.SUMMARY)).min_tokens == 4
    assert (
        texts["pegasus"].search(request("x", Task.SUMMARY, tokens=6)).min_tokens == 3
    )  # never more than half of what is asked
    assert texts["marian"].search(request("x", Task.TRANSLATION)).banned == (
        texts["marian"].search(request("x", Task.TRANSLATION)).start,
    )
    assert (
        texts["marian"].search(request("x", Task.TRANSLATION, tokens=500)).max_tokens
        == POSITIONS - 2
    )


def test_cancellation_on_ctranslate2(fast: Engines) -> None:
    asked: list[int] = []

    def after_three() -> bool:
        asked.append(1)
        return len(asked) > 3

    with pytest.raises(Cancelled):  # between two tokens
        fast("mt5").generate([request(FRENCH[0], Task.SUMMARY, tokens=400)], after_three)
    assert len(asked) < 20
    with pytest.raises(Cancelled):  # between two batches
        fast("mt5").generate([request(text, Task.SUMMARY, 4) for text in FRENCH], after_three)
    assert answers(fast("mt5"), "mt5", FRENCH[0])  # and it goes on


def test_ctranslate2_is_taken_where_it_can(folder: Folder) -> None:
    described = load_engine(str(folder("mt5")), 1).describe()
    assert described.runtime.startswith("ctranslate2 int8")
    assert load_engine(str(folder("mt5")), 1, runtime="torch").describe().runtime == "torch float32"
    assert load_engine(str(folder("t5gemma2")), 1).describe().runtime == "torch float32"
    with pytest.raises(ModelError, match="does not run the family t5gemma2"):
        load_engine(str(folder("t5gemma2")), 1, runtime="ctranslate2")


def test_without_ctranslate2(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "ctranslate2", None)
    with caplog.at_level(logging.WARNING, "breve"):
        assert load_engine(str(folder("mt5")), 1).describe().runtime == "torch float32"
    assert "pip install ctranslate2" in caplog.text
    with pytest.raises(ModelError, match="not installed"):
        load_engine(str(folder("mt5")), 1, runtime="ctranslate2")


def test_conversion_that_fails(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any) -> None:
        raise ValueError("no such layer")

    monkeypatch.setattr("models.runtimes.conversion._describe_layers", broken)
    with caplog.at_level(logging.WARNING, "breve"):
        assert load_engine(str(folder("pegasus")), 1).describe().runtime == "torch float32"
    assert "no such layer" in caplog.text


def test_conversion_is_done_once(checkpoint: Checkpoints, monkeypatch: pytest.MonkeyPatch) -> None:
    first = converted(checkpoint("marian"))
    with monkeypatch.context() as patch:
        patch.setattr(
            "models.runtimes.conversion._convert", lambda *_: pytest.fail("converted again")
        )
        assert converted(checkpoint("marian")) == first
    (first / "model.bin").write_bytes(b"damaged")
    assert converted(checkpoint("marian")) == first  # and whole again
    assert (first / "model.bin").stat().st_size > 1000
    weights = checkpoint("marian").folder / "model.safetensors"
    weights.touch()
    second = converted(checkpoint("marian"))
    assert second != first
    assert not first.exists()


def test_conversions_of_folders_with_one_name(folder: Folder, tmp_path: Path) -> None:
    """Neither throws the other's away, nor is one with a name like a pattern kept for ever."""
    located = []
    for kind, name in (("summariser", "barthez"), ("translator", "marian")):
        path = tmp_path / kind / "final [v2]"
        shutil.copytree(folder(name), path)
        located.append(locate(str(path), EXPECTED[name][1]))
    first, second = map(converted, located)
    assert first.exists()
    (located[1].folder / "model.safetensors").touch()
    assert converted(located[1]) != second
    assert (first.exists(), second.exists()) == (True, False)


def test_conversion_that_is_gone(checkpoint: Checkpoints, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="marian could not be loaded"):
        CTranslateEngine(tmp_path, checkpoint("marian"), 1)


def copy_of(path: Path, target: Path, change: Callable[[dict[str, torch.Tensor]], object]) -> Path:
    """A copy of a checkpoint with changed weights."""
    shutil.copytree(path, target)
    weights = load_file(target / "model.safetensors")
    change(weights)
    save_file(weights, target / "model.safetensors", {"format": "pt"})
    return target


LAYER = "model.decoder.layers.1.fc1.weight"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            lambda weights: weights.update({LAYER: torch.zeros(2, 2)}),
            rf"weights have the wrong shape: {LAYER}",
        ),
        (lambda weights: weights.pop(LAYER), rf"weights are missing: {LAYER}"),
        (
            lambda weights: weights.update({"model.decoder.layers.7.fc1.weight": torch.zeros(2)}),
            r"does not have: .*layers\.7",
        ),
    ],
)
@pytest.mark.parametrize("runtime", ["torch", "auto"])
def test_weights_that_do_not_fit(
    folder: Folder, tmp_path: Path, change: Any, words: str, runtime: Any
) -> None:
    path = copy_of(folder("barthez"), tmp_path / "copy", change)
    with pytest.raises(ModelError, match=words):
        load_engine(str(path), 1, runtime=runtime)


def test_pickled_weights_are_refused(folder: Folder, tmp_path: Path) -> None:
    path = tmp_path / "pickled"
    shutil.copytree(folder("barthez"), path)
    (path / "model.safetensors").unlink()
    torch.save(
        AutoModelForSeq2SeqLM.from_pretrained(folder("barthez")).state_dict(),
        path / "pytorch_model.bin",
    )
    with pytest.raises(ModelError, match="BREVE_ALLOW_PICKLE=true"):
        load_engine(str(path), 1)
    for runtime in ("torch", "auto"):
        engine = load_engine(str(path), 1, "", True, runtime)
        assert answers(engine, "barthez", FRENCH[0])


def test_weights_that_are_not_there(folder: Folder, tmp_path: Path) -> None:
    path = tmp_path / "empty"
    shutil.copytree(folder("barthez"), path)
    (path / "model.safetensors").unlink()
    with pytest.raises(ModelError, match=r"holds no weights \(\*\.safetensors\)"):
        load_engine(str(path), 1)


def test_barthez_that_does_not_say_so(folder: Folder, tmp_path: Path, slow: Engines) -> None:
    """Nothing in its files names its tokenizer: transformers takes it for an mBART and adds
    languages without weights."""
    path = tmp_path / "barthez"
    shutil.copytree(folder("barthez"), path)
    load_tokenizer(path, locate(str(path), Task.SUMMARY).entry).save_pretrained(path)
    (path / "tokenizer_config.json").unlink()
    engine = load_engine(str(path), 1, runtime="torch")
    assert answers(engine, "barthez", *FRENCH[:3]) == answers(
        slow("barthez"), "barthez", *FRENCH[:3]
    )


def test_tokenizer_without_its_languages(folder: Folder, tmp_path: Path) -> None:
    """What transformers 5 makes of an NLLB that has a SentencePiece model and no tokenizer.json."""
    path = tmp_path / "nllb"
    shutil.copytree(folder("nllb"), path)
    (path / "tokenizer.json").unlink()
    settings = json.loads((path / "tokenizer_config.json").read_text())
    (path / "tokenizer_config.json").write_text(
        json.dumps({"tokenizer_class": settings["tokenizer_class"]})
    )
    with pytest.raises(ModelError, match=r"lacks language tokens .*eng_Latn.*tokenizer\.json"):
        load_checkpoint(str(path), 1, Task.TRANSLATION)


def test_trial_of_a_checkpoint(fast: Engines) -> None:
    (trial,) = try_out(fast("marian"))
    assert (trial.task, trial.language, trial.problem) == (Task.TRANSLATION, "en", None)
    assert trial.text


def test_trial_of_an_engine_that_fails(fast: Engines, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[GenerateRequest] = []

    def broken(requests: list[GenerateRequest]) -> None:
        asked.extend(requests)
        raise IndexError("out of bounds")

    monkeypatch.setattr(fast("mt5"), "generate", broken)
    trials = try_out(fast("mt5"))
    assert {str(trial.problem) for trial in trials} == {"it fails: IndexError: out of bounds"}
    assert all(each.facts == each.text for each in asked if each.task is not Task.TRANSLATION), (
        "as articles are asked for"
    )


def test_trial_finds_damaged_weights(folder: Folder, tmp_path: Path) -> None:
    path = copy_of(
        folder("mt5"),
        tmp_path / "copy",
        lambda weights: weights["lm_head.weight"].fill_(float("nan")),
    )
    problems = [
        trial.problem
        for trial in try_out(load_checkpoint(str(path), 1, Task.SUMMARY, runtime="torch"))
    ]
    assert problems
    assert all("no numbers" in str(problem) for problem in problems)
