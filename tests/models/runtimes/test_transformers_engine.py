"""The engine on small random models: what it computes is what transformers computes, only
faster."""

import importlib.util
import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sentencepiece
import torch
from tokenizers import Tokenizer, decoders, models, normalizers, processors, trainers
from transformers import (
    Gemma3ForCausalLM,
    Gemma3TextConfig,
    MBart50Tokenizer,
    MBartConfig,
    MBartForConditionalGeneration,
    MT5Config,
    MT5ForConditionalGeneration,
    PreTrainedTokenizerFast,
    T5Tokenizer,
)

from models.checkpoints.catalog import CatalogEntry
from models.cpu.narrow_linear import NarrowLinear, narrow
from models.engine import Cancelled, Engine, GenerateRequest, ModelError, Task
from models.loading import load_engine
from models.prompts import marker
from models.runtimes.transformers_engine import TransformersEngine, _OutputNoRepeat

ARTICLE = (
    "L'hébergeur français ouvre une nouvelle région à Lille. Le site compte 1 200 serveurs et a "
    "coûté 45 millions d'euros.\n\n"
    "Résumé en 40 mots : il est refroidi à l'eau de pluie. Titre : un nuage à Lille. English : a "
    "cloud in Lille."
)
SHORT, LONG, LONGER = ARTICLE[:20], ARTICLE[:55], ARTICLE[:119]
SPECIAL = ["<pad>", "<eos>", "<bos>", "<unk>"]
SLIDING_WINDOW = 8
WINDOW = 64
SPREAD = 0.2  # of the random weights: the answers then depend on the prompt, and the beams differ
NEW_TOKENS = 12


pytestmark = pytest.mark.usefixtures("single_precision")


def save_tokenizer(folder: Path, template: str | None = None) -> int:
    """Trains a small tokenizer, saves it in `folder` and returns its size."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    tokenizer.normalizer = normalizers.Replace(" ", "▁")
    tokenizer.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.Fuse()])
    tokenizer.train_from_iterator(
        ARTICLE.split("."),
        trainers.BpeTrainer(vocab_size=150, special_tokens=SPECIAL, show_progress=False),
    )
    if template:
        tokenizer.post_processor = processors.TemplateProcessing(
            single=template, special_tokens=[("<eos>", 1)]
        )
    names = {f"{token.strip('<>')}_token": token for token in SPECIAL}
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, **names).save_pretrained(folder)
    return tokenizer.get_vocab_size()


def entry(family: str, tasks: tuple[Task, ...] = tuple(Task), **more: Any) -> CatalogEntry:
    return CatalogEntry(
        "tiny", "tiny", family, tasks, ("fr", "en"), WINDOW, "none", 0, "A random model.", **more
    )


def request(
    text: str, task: Task = Task.SUMMARY, tokens: int = NEW_TOKENS, candidates: int = 4
) -> GenerateRequest:
    return GenerateRequest(task, text, tokens, 40, candidates)


def texts(engine: Engine, *requests: GenerateRequest) -> list[list[str]]:
    return [
        [candidate.text for candidate in result.candidates] for result in engine.generate(requests)
    ]


@pytest.fixture(scope="module")
def gemma(tmp_path_factory: pytest.TempPathFactory) -> TransformersEngine:
    folder = tmp_path_factory.mktemp("gemma")
    save_gemma(folder)
    return TransformersEngine(str(folder), entry("prefix-lm"), "r1", threads=1)


def save_gemma(folder: Path, more_rows: int = 0, **more: Any) -> None:
    torch.manual_seed(0)
    sizes: dict[str, Any] = {
        "hidden_size": 32, "intermediate_size": 64, "head_dim": 16, "num_attention_heads": 2,
        "num_key_value_heads": 1, **more,
    }  # fmt: skip
    config = Gemma3TextConfig(
        vocab_size=save_tokenizer(folder) + more_rows, num_hidden_layers=4,
        sliding_window=SLIDING_WINDOW, max_position_embeddings=512,
        layer_types=["sliding_attention", "sliding_attention", "full_attention",
        "sliding_attention"],
        pad_token_id=0, eos_token_id=1, bos_token_id=2, initializer_range=SPREAD, **sizes,
    )  # fmt: skip
    model = Gemma3ForCausalLM(config)
    for name, weight in model.named_parameters():
        if "norm" in name:
            torch.nn.init.normal_(weight, std=SPREAD)
    model.save_pretrained(folder)


@pytest.fixture(scope="module")
def mt5(tmp_path_factory: pytest.TempPathFactory) -> TransformersEngine:
    folder = tmp_path_factory.mktemp("mt5")
    save_tokenizer(folder, "$A <eos>")
    save_mt5(folder, 150, eos=1)
    return TransformersEngine(str(folder), entry("t5", prefix="Résumé : "), "r1", threads=1)


def save_mt5(folder: Path, size: int, eos: int) -> None:
    torch.manual_seed(0)
    config = MT5Config(
        vocab_size=size, d_model=32, d_kv=8, d_ff=64, num_layers=2, num_heads=2,
        decoder_start_token_id=0, pad_token_id=0,
        eos_token_id=eos, initializer_factor=1.5,
    )  # fmt: skip
    MT5ForConditionalGeneration(config).save_pretrained(folder)


def save_mbart(folder: Path, size: int, eos: int = 1) -> None:
    torch.manual_seed(0)
    config = MBartConfig(
        vocab_size=size, d_model=32, encoder_layers=2, decoder_layers=2, encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=64, decoder_ffn_dim=64, max_position_embeddings=256,
        decoder_start_token_id=eos,
        pad_token_id=0 if eos == 1 else 1, eos_token_id=eos, bos_token_id=2 if eos == 1 else 0,
        forced_eos_token_id=None,
        init_std=SPREAD,
    )  # fmt: skip
    MBartForConditionalGeneration(config).save_pretrained(folder)


@pytest.fixture(scope="module")
def mbart(tmp_path_factory: pytest.TempPathFactory) -> TransformersEngine:
    folder = tmp_path_factory.mktemp("mbart")
    save_mbart(folder, save_tokenizer(folder, "$A <eos>"))
    return TransformersEngine(str(folder), entry("mbart"), "r1", threads=1)


@pytest.fixture(params=["gemma", "mt5", "mbart"])
def engine(request: pytest.FixtureRequest) -> TransformersEngine:
    chosen: TransformersEngine = request.getfixturevalue(request.param)
    return chosen


@pytest.mark.parametrize("beams", [1, 2, 4])
def test_beam_cache_changes_nothing(gemma: TransformersEngine, beams: int) -> None:
    requests = [request(text, candidates=beams) for text in (SHORT, LONGER, LONG)]
    inputs, lengths = gemma._inputs(requests)
    assert min(lengths) < max(lengths)
    assert (
        inputs["attention_mask"][0, 0] == 0
    )  # the shorter ones are padded, by more than the window of the sliding layers
    assert inputs["input_ids"].shape[1] > 2 * SLIDING_WINDOW
    options = gemma._options(requests, inputs, lambda: False)
    plain = gemma._model.generate(
        **inputs, **options, return_dict_in_generate=True, output_scores=True
    )
    expected = gemma._tokenizer.batch_decode(
        plain.sequences[:, inputs["input_ids"].shape[1] :], skip_special_tokens=True
    )
    results = gemma.generate(requests)
    candidates = [candidate for result in results for candidate in result.candidates]
    assert [candidate.text for candidate in candidates] == [text.strip() for text in expected]
    if beams > 1:
        assert [candidate.score for candidate in candidates] == pytest.approx(
            plain.sequences_scores.tolist(), abs=1e-4
        )


@pytest.mark.parametrize("rows", range(1, 34))
def test_narrow_linear_equals_linear(rows: int) -> None:
    torch.manual_seed(rows)
    linear = torch.nn.Linear(24, 40, bias=False)
    states = torch.randn(rows, 24)
    with torch.inference_mode():
        torch.testing.assert_close(NarrowLinear(linear.weight)(states), linear(states))
        torch.testing.assert_close(
            NarrowLinear(linear.weight)(states[None, :, :]), linear(states)[None]
        )


def test_narrow_replaces_only_what_it_can() -> None:
    model = torch.nn.ModuleDict(
        {
            "plain": torch.nn.Linear(4, 4, bias=False),
            "biased": torch.nn.Linear(4, 4),
            "narrow": torch.nn.Linear(4, 4, bias=False, dtype=torch.bfloat16),
        }
    )
    weight = model["plain"].weight
    narrow(model)
    assert {name: type(child) for name, child in model.items()} == {
        "plain": NarrowLinear, "biased": torch.nn.Linear, "narrow": torch.nn.Linear,
    }  # fmt: skip
    assert model["plain"].weight is weight


def test_batch_equals_single(engine: TransformersEngine) -> None:
    requests = [request(text) for text in (LONGER, SHORT, LONG, SHORT)]
    singles = [texts(engine, each)[0] for each in requests]
    assert texts(engine, *requests) == singles
    assert singles[1] == singles[3]


def test_mixed_requests_are_answered_in_order(engine: TransformersEngine) -> None:
    requests = [
        request(SHORT, Task.TRANSLATION, 8, 2),
        request(LONG, Task.SUMMARY, 12, 4),
        request(SHORT, Task.HEADLINE, 6, 1),
        request(LONGER, Task.TRANSLATION, 8, 2),
    ]
    results = engine.generate(requests)
    for each, result in zip(requests, results, strict=True):
        assert len(result.candidates) == each.candidates
        assert result.tokens == engine.count_tokens(each.text)
        scores = [candidate.score for candidate in result.candidates]
        assert scores == sorted(scores, reverse=True)
        assert all(score <= 0 for score in scores)
        assert all(0 < candidate.tokens <= each.max_tokens for candidate in result.candidates)
    assert [texts(engine, each)[0] for each in requests] == [
        [c.text for c in result.candidates] for result in results
    ]


def test_no_requests_no_results(engine: TransformersEngine) -> None:
    assert engine.generate([]) == []


def test_same_request_same_answer(engine: TransformersEngine) -> None:
    assert engine.generate([request(LONG)]) == engine.generate([request(LONG)])


def prefix(engine: TransformersEngine) -> str:
    assert isinstance(engine._entry.prefix, str)
    return engine._entry.prefix


def window(engine: TransformersEngine) -> int:
    """Tokens of text: a decoder's marker comes behind its window, an encoder's prefix and <eos> lie
    within it."""
    return WINDOW if engine._decoder_only else WINDOW - len(engine._encode(prefix(engine))) - 1


def test_window(engine: TransformersEngine) -> None:
    result, cut = engine.generate([request(ARTICLE * 2), request(LONG)])
    assert (result.tokens, result.used_tokens) == (engine.count_tokens(ARTICLE * 2), window(engine))
    assert result.tokens > window(engine) >= cut.tokens == cut.used_tokens
    inputs, _ = engine._inputs([request(ARTICLE * 2)])
    around = (
        engine._encode(marker(request(ARTICLE)))
        if engine._decoder_only
        else engine._encode(prefix(engine))
    )
    assert inputs["input_ids"].shape[1] == 1 + window(engine) + len(
        around
    )  # one for <bos> or <eos>


def test_what_lies_beyond_the_window_changes_nothing(engine: TransformersEngine) -> None:
    assert texts(engine, request(ARTICLE)) == texts(
        engine, request(ARTICLE + " Un projet de plus.")
    )


def test_repetition_is_blocked_in_the_answer_only() -> None:
    phrase = [5, 6, 7, 8]
    prompt = phrase * 3
    blocked = _OutputNoRepeat(4, len(prompt))
    scores = torch.zeros(1, 20)
    allowed = blocked(torch.tensor([[*prompt, *phrase[:3]]]), scores.clone())
    assert torch.isfinite(allowed).all()  # the phrase of the prompt may be copied once
    refused = blocked(torch.tensor([[*prompt, *phrase, 9, *phrase[:3]]]), scores.clone())
    assert torch.isinf(refused).nonzero().tolist() == [[0, 8]]  # but not twice


def test_answers_repeat_nothing(engine: TransformersEngine) -> None:
    asked = request("Le site. " * 6, tokens=40)
    inputs, _ = engine._inputs([asked])
    start = inputs["input_ids"].shape[1] if engine._decoder_only else 0
    for row in engine._model.generate(**inputs, **engine._options([asked], inputs, lambda: False))[
        :, start:
    ].tolist():
        answer = list(itertools.takewhile(lambda token: token != 1, row[1:]))
        fours = list(zip(*(answer[k:] for k in range(4)), strict=False))
        assert len(fours) == len(set(fours))


def after(calls: int) -> Callable[[], bool]:
    """Turns true after so many questions."""
    asked = itertools.count(1)
    return lambda: next(asked) > calls


@pytest.mark.parametrize("calls", [0, 1, 3])
def test_cancellation(engine: TransformersEngine, calls: int) -> None:
    with pytest.raises(Cancelled):
        engine.generate([request(LONG, tokens=60)], after(calls))
    assert texts(engine, request(SHORT))  # and it goes on


def test_description(engine: TransformersEngine) -> None:
    described = engine.describe()
    assert (described.id, described.revision, described.window) == ("tiny", "r1", window(engine))
    assert described.runtime == "torch float32"


def _has_protobuf() -> bool:
    try:
        return importlib.util.find_spec("google.protobuf") is not None
    except ModuleNotFoundError:
        return False


needs_protobuf = pytest.mark.skipif(
    not _has_protobuf(), reason="transformers reads SentencePiece models with protobuf"
)


def save_sentencepiece(path: Path, **options: Any) -> None:
    with path.open("wb") as stream:
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(ARTICLE.split(".")), model_writer=stream, vocab_size=120,
            hard_vocab_limit=False,
            minloglevel=2, **options,
        )  # fmt: skip


@needs_protobuf
def test_checkpoint_with_a_sentencepiece_model_only(tmp_path: Path) -> None:
    save_sentencepiece(tmp_path / "spiece.model", pad_id=0, eos_id=1, unk_id=2, bos_id=-1)
    save_mt5(tmp_path, len(T5Tokenizer.from_pretrained(tmp_path)), eos=1)
    engine = load_engine(str(tmp_path), 1, runtime="torch")
    assert engine.describe().family == "t5"
    (result,) = engine.generate([request(LONG)])
    assert len(result.candidates) == 4
    assert engine.count_tokens("Le site") == len(
        T5Tokenizer.from_pretrained(tmp_path)("Le site", add_special_tokens=False).input_ids
    )


@needs_protobuf
def test_checkpoint_with_language_codes(tmp_path: Path) -> None:
    save_sentencepiece(tmp_path / "sentencepiece.bpe.model")
    tokenizer = MBart50Tokenizer.from_pretrained(tmp_path, src_lang="fr_XX", tgt_lang="en_XX")
    tokenizer.save_pretrained(tmp_path)
    save_mbart(tmp_path, len(tokenizer), eos=2)
    codes = {"fr": "fr_XX", "en": "en_XX"}
    engine = TransformersEngine(
        str(tmp_path), entry("mbart", (Task.TRANSLATION,), codes=codes), "r1", threads=1
    )
    asked = request(LONG, Task.TRANSLATION)
    inputs, _ = engine._inputs([asked])
    assert inputs["input_ids"][0, 0] == tokenizer.convert_tokens_to_ids("fr_XX")
    assert inputs["input_ids"][0, -1] == tokenizer.eos_token_id
    answers = engine._model.generate(**inputs, **engine._options([asked], inputs, lambda: False))
    assert set(answers[:, 1].tolist()) == {tokenizer.convert_tokens_to_ids("en_XX")}
    assert "en_XX" not in engine.generate([asked])[0].candidates[0].text


def test_local_folder(mt5: TransformersEngine, tmp_path: Path) -> None:
    folder = Path(mt5._model.name_or_path)
    (folder / "breve.json").write_text(
        '{"window": 32, "prefix": "Résumé : ", "tasks": ["summary", "headline"]}', encoding="utf-8"
    )
    described = load_engine(str(folder), 1, runtime="torch").describe()
    prefixed = len(mt5._encode("Résumé : "))
    assert (described.family, described.window, described.revision) == (
        "t5",
        32 - prefixed - 1,
        "local",
    )
    assert described.tasks == (Task.SUMMARY, Task.HEADLINE)


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({}, r"no readable config\.json"),
        ({"config.json": "{"}, r"no readable config\.json"),
        ({"config.json": "[]"}, "should hold an object"),
        ({"config.json": '{"model_type": "bert"}'}, "'bert'; supported are: .*mbart.*t5"),
        ({"config.json": '{"model_type": "mt5"}'}, "could not be loaded"),
        (
            {"config.json": '{"model_type": "mt5"}', "breve.json": '{"tasks": ["poem"]}'},
            r"breve\.json: .*tasks: .*'summary'.* not 'poem'",
        ),
        ({"config.json": '{"model_type": "mt5"}', "breve.json": "{"}, r"no readable breve\.json"),
    ],
)
def test_folder_that_is_no_checkpoint(tmp_path: Path, files: dict[str, str], words: str) -> None:
    for name, content in files.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(ModelError, match=words) as raised:
        load_engine(str(tmp_path), runtime="torch")
    assert str(tmp_path) in str(raised.value)


@pytest.mark.parametrize("content", [b"", b"no weights at all"])
def test_damaged_weights(mbart: TransformersEngine, tmp_path: Path, content: bytes) -> None:
    for path in Path(mbart._model.name_or_path).iterdir():
        (tmp_path / path.name).write_bytes(
            content if path.suffix == ".safetensors" else path.read_bytes()
        )
    with pytest.raises(ModelError, match="could not be loaded"):
        load_engine(str(tmp_path), runtime="torch")


def test_unknown_name() -> None:
    with pytest.raises(ModelError, match="No model is called"):
        load_engine("nothing")
