"""The training loop on a tiny model: masks, falling loss, and a stopped run that ends with the same
weights."""

import gzip
import json
import os
import random
import shutil
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import Gemma3ForCausalLM, Gemma3TextConfig

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from models.training import low_rank
    from models.training.candidates import (
        candidate_examples,
        reward,
        rows,
        shown,
        translation_reward,
    )
    from models.training.losses import TokenLosses, losses_of, risk
    from models.training.mean import mean
    from models.training.merge import TOKENIZER_FILES, USE, merge
    from models.training.pages import WHOLE_WORDS, held_out_pages, page_examples
    from models.training.train import (
        Examples,
        Recipe,
        Trainer,
        Validation,
        compile_model,
        learning_rate,
        load,
    )

from models.engine import Task
from models.prompts import summary_marker, translation_marker
from models.training.examples import (
    Branch,
    Example,
    article_examples,
    is_supported,
    pair_examples,
    validation_examples,
    without_foreign_days,
)
from models.training.packing import IGNORED, ROUNDING, Packed, pack
from tests.engines import ScriptedEngine

WINDOW = 6


def encode(text: str) -> list[int]:
    return [min(ord(character), 127) for character in text]


def tiny_model(folder: Path) -> str:
    torch.manual_seed(1)
    config = Gemma3TextConfig(
        vocab_size=128,
        hidden_size=32,
        intermediate_size=48,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=1,
        head_dim=16,
        sliding_window=WINDOW,
        initializer_range=0.2,
        layer_types=["sliding_attention", "full_attention"],
    )
    Gemma3ForCausalLM(config).save_pretrained(folder)
    return str(folder)


EXAMPLES = [
    Example("Le chat dort.", (Branch("\nR:", "Il dort."), Branch("\nT:", "Chat"))),
    Example("Bonjour", (Branch("\nE:", "Hello"),)),
]


def test_packed_targets_see_their_source_and_not_each_other() -> None:
    packed = pack(EXAMPLES, encode, window=1000)
    visible = packed.visible()[0, 0]
    first = (packed.document == 0) & (packed.branch == 1)
    second = (packed.document == 0) & (packed.branch == 2)
    other = packed.document == 1
    source = (packed.document == 0) & (packed.branch == 0)
    assert visible[second][:, source].all()
    assert not visible[second][:, first].any()
    assert not visible[other][:, ~other].any()
    assert packed.position[second][0] == source.sum()


def test_packs_have_few_different_lengths_and_what_fills_them_up_is_seen_by_nobody() -> None:
    packed = pack(EXAMPLES, encode, window=1000)
    filler = packed.document == len(EXAMPLES)
    assert len(packed) % ROUNDING == 0
    assert filler.any()
    assert not packed.visible()[0, 0][~filler][:, filler].any()
    assert (packed.label[filler] == IGNORED).all()


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_low_rank_layers_give_the_gradients_of_an_update_beside_the_weights(
    dtype: torch.dtype,
) -> None:
    torch.manual_seed(3)
    layer = low_rank.LowRankLinear(torch.randn(24, 16, dtype=dtype), rank=4, alpha=8.0)
    torch.nn.init.normal_(layer.b)
    layer.merge()
    a, b = layer.a.detach().clone().requires_grad_(), layer.b.detach().clone().requires_grad_()
    states = torch.randn(2, 5, 16, dtype=dtype, requires_grad=True)
    same = states.detach().float().requires_grad_()
    beside = same @ layer.frozen.t() + 2.0 * (same @ a.t()) @ b.t()
    output = layer(states)
    tolerance = 1e-5 if dtype == torch.float32 else 0.05
    beside.square().sum().backward()  # type: ignore[no-untyped-call]
    output.float().square().sum().backward()
    for gradient, expected in (
        (output, beside),
        (layer.a.grad, a.grad),
        (layer.b.grad, b.grad),
        (states.grad, same.grad),
    ):
        assert gradient is not None
        assert expected is not None
        assert (gradient.float() - expected).norm() / expected.norm() < tolerance


def test_packing_does_not_change_the_loss(tmp_path: Path) -> None:
    """A target's loss is the same alone, as a plain causal sequence, as beside others in a pack."""
    model: Any = Gemma3ForCausalLM.from_pretrained(tiny_model(tmp_path)).eval()
    model.token_losses = TokenLosses(model.lm_head)
    losses = losses_of(model, pack(EXAMPLES, encode, 1000))
    alone = 0.0
    for example in EXAMPLES:
        for branch in example.branches:
            prompt = encode("<bos>") + encode(example.source) + encode(branch.marker)
            target = encode(" " + branch.target) + encode("<eos>")
            labels = torch.tensor([[IGNORED] * len(prompt) + target])
            output = model(input_ids=torch.tensor([prompt + target]), labels=labels)
            alone += output.loss.item() * len(target)
    assert losses.cross_entropy.item() == pytest.approx(alone, rel=1e-3)
    assert losses.risk.item() == 0
    assert losses.targets == sum(
        len(" " + branch.target) + len("<eos>")
        for example in EXAMPLES
        for branch in example.branches
    )


@pytest.fixture(autouse=True)
def in_float32(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever this processor can do: the tests compare numbers closely."""
    monkeypatch.setattr("models.training.train._precision", lambda: torch.float32)


def _packs(_: int) -> list[Packed]:
    return [pack(EXAMPLES, encode, 1000)]


@pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::UserWarning")
def test_loss_falls_and_a_stopped_run_ends_with_the_same_weights(tmp_path: Path) -> None:
    base = tiny_model(tmp_path / "base")
    recipe = Recipe(steps=30, decay=5, rank=4, alpha=8.0, learning_rate=2e-2)
    torch.manual_seed(2)
    whole = Trainer(load(base, tmp_path / "whole", recipe), tmp_path / "whole", recipe)
    whole.run(_packs, save_every=100)
    losses = [
        json.loads(line)["loss"]
        for line in (tmp_path / "whole" / "log.jsonl").read_text().splitlines()
    ]
    assert losses[-1] < 0.6 * losses[0]

    torch.manual_seed(2)
    stopped = Trainer(load(base, tmp_path / "parts", recipe), tmp_path / "parts", recipe)
    for _ in range(12):
        stopped.train_step(_packs(0))
    stopped.save()
    resumed = Trainer(load(base, tmp_path / "parts", recipe), tmp_path / "parts", recipe)
    assert resumed.step == 12
    resumed.run(_packs, save_every=100)
    for weight, other in zip(whole.weights, resumed.weights, strict=True):
        torch.testing.assert_close(weight, other)


JUDGED = Example(
    "Le chat dort.",
    (
        Branch("\nR:", "Il dort."),
        Branch("\nR:", "Le chat dort.", 0.9),
        Branch("\nR:", "Un chien court.", 0.1),
    ),
)


def test_candidates_are_compared_and_not_learnt() -> None:
    packed = pack([EXAMPLES[1], JUDGED], encode, 1000)
    assert packed.rewards == {1: {3: 0.9, 4: 0.1}}
    plain = pack([EXAMPLES[1], Example(JUDGED.source, JUDGED.branches[:1])], encode, 1000)
    assert packed.learnt.sum() == plain.learnt.sum()


def test_risk_is_the_mean_reward_of_what_the_model_finds_likely() -> None:
    branch = torch.tensor([1, 2, 2, 3])
    losses = torch.tensor(
        [9.0, 1.0, 3.0, 2.0], requires_grad=True
    )  # of a token: 2.0 for both candidates
    loss = risk(losses, branch, {2: 0.8, 3: 0.2})
    loss.backward()  # type: ignore[no-untyped-call]
    assert loss.item() == pytest.approx(-0.5)
    assert losses.grad is not None
    assert losses.grad[0] == 0
    assert (
        losses.grad[1] == losses.grad[2] > 0 > losses.grad[3]
    )  # a step against it makes the better one likelier


@pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::UserWarning")
def test_the_better_candidate_becomes_the_likelier_one(tmp_path: Path) -> None:
    recipe = Recipe(steps=30, decay=5, rank=4, alpha=8.0, learning_rate=1e-2)
    trainer = Trainer(
        load(tiny_model(tmp_path / "base"), tmp_path / "run", recipe), tmp_path / "run", recipe
    )
    trainer.run(
        lambda _: [pack([JUDGED], encode, 1000), pack(EXAMPLES, encode, 1000)], save_every=100
    )
    risks = [
        json.loads(line)["risk"]
        for line in (tmp_path / "run" / "log.jsonl").read_text().splitlines()
    ]
    assert risks[-1] < -0.8 < risks[0]


STEPS_TOGETHER = """
import sys
from pathlib import Path
import torch
from models.training.processes import Processes
from models.training.train import Recipe, Trainer, load
import models.training.train as train
from tests.models.training.test_training import EXAMPLES, JUDGED, encode, pack

train._precision = lambda: torch.float32
base, out, processes = sys.argv[1], Path(sys.argv[2]), Processes.joined()
recipe = Recipe(steps=3, rank=4, alpha=8.0)
torch.manual_seed(2)
trainer = Trainer(load(base, out, recipe), out, recipe, processes)
trainer.run(lambda _: [pack([JUDGED], encode, 1000), pack(EXAMPLES, encode, 1000)], save_every=100)
"""


def test_processes_train_the_model_that_one_would(tmp_path: Path) -> None:
    base = tiny_model(tmp_path / "base")
    script = tmp_path / "steps.py"
    script.write_text(STEPS_TOGETHER)
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    together = [
        sys.executable,
        "-m",
        "torch.distributed.run",
        "--standalone",
        "--nproc-per-node",
        "2",
    ]
    for name, command in (("one", [sys.executable]), ("two", together)):
        subprocess.run(
            [*command, str(script), base, str(tmp_path / name)],
            check=True,
            timeout=120,
            env=environment,
        )
    logs = [(tmp_path / name / "log.jsonl").read_text().splitlines() for name in ("one", "two")]
    for first, two in zip(*logs, strict=True):
        assert json.loads(first)["loss"] == pytest.approx(json.loads(two)["loss"], rel=1e-3)
    weights = [load_file(tmp_path / name / "adapter" / low_rank.WEIGHTS) for name in ("one", "two")]
    torch.testing.assert_close(*weights)


@pytest.mark.skipif(shutil.which("g++") is None, reason="needs a C++ compiler")
@pytest.mark.filterwarnings("ignore")
def test_a_compiled_model_learns_the_same(tmp_path: Path) -> None:
    recipe = Recipe(rank=4, alpha=8.0)
    packs = [pack([JUDGED], encode, 1000), pack(EXAMPLES, encode, 1000)]
    torch.manual_seed(2)
    plain = Trainer(
        load(tiny_model(tmp_path / "base"), tmp_path / "a", recipe), tmp_path / "a", recipe
    )
    torch.manual_seed(2)
    model = load(tiny_model(tmp_path / "base"), tmp_path / "b", recipe)
    compile_model(model)
    compiled = Trainer(model, tmp_path / "b", recipe)
    for _ in range(2):
        assert compiled.train_step(packs) == pytest.approx(plain.train_step(packs), rel=1e-3)


def test_a_reward_is_likeness_less_invention() -> None:
    article = "Nuagis ouvre un centre de données à Lille. Il emploie 320 personnes."
    reference = "Nuagis ouvre un centre de données à Lille."
    assert reward(article, reference, reference) == pytest.approx(1.0)
    true, invented = (
        reward(article, reference, f"Nuagis emploie {count} personnes.") for count in (320, 400)
    )
    assert 0 < invented + 0.19 < true < 0.5


def test_candidates_are_written_and_read(tmp_path: Path) -> None:
    body = "Nuagis ouvre un centre de données à Lille. " * 60
    article = Example(
        body, (Branch("\nR:", "Nuagis ouvre un centre."), Branch("\nT:", "Nuagis ouvre"))
    )
    engine = ScriptedEngine()
    (row,) = rows(engine, [article])
    assert 0 < engine.calls[0].temperature < 1
    assert shown(body) == row["source"]
    assert len(row["source"].split()) <= 260
    assert row["source"].endswith("Lille.")
    path = tmp_path / "candidates.jsonl"
    path.write_text(json.dumps(row) + "\n")
    (example,) = candidate_examples(path, random.Random(1))
    assert example.branches[:2] == article.branches
    assert example.branches[2].reward == row["candidates"][0][1] > 0.3
    assert example.branches[2].marker == row["marker"]
    assert row["marker"] in {summary_marker(30), summary_marker(40)}


def test_candidates_of_a_pair(tmp_path: Path) -> None:
    french, english = (
        "Le site de Lille emploie 320 personnes.",
        "They say that the site de Lille employs 320 people.",
    )
    pair = Example(french, (Branch(translation_marker(), english),))
    (row,) = rows(ScriptedEngine(), [pair], Task.TRANSLATION)
    path = tmp_path / "candidates.jsonl"
    path.write_text(json.dumps(row) + "\n")
    (example,) = candidate_examples(path, random.Random(1))
    assert example.branches[0] == pair.branches[0]
    (drawn,) = example.branches[1:]  # four draws that are the same
    assert drawn.marker == translation_marker()
    assert drawn.reward is not None
    assert 0.5 < drawn.reward < 1


def test_a_translation_is_rewarded_for_likeness() -> None:
    reference = "The company opened a data centre in Lille on Monday."
    like, unlike = (
        translation_reward(reference, f"The company {rest}.")
        for rest in ("opened a data centre in Paris", "left")
    )
    assert translation_reward(reference, reference) == pytest.approx(1.0)
    assert 0 < unlike < like < 1


def test_pairs_with_candidates_are_among_the_pairs_of_a_step(tmp_path: Path) -> None:
    with gzip.open(tmp_path / "orangesum_train.jsonl.gz", "wt") as out:
        row = {
            "article": f"{EXAMPLES[0].source} " * 3,
            "abstract": "",
            "title": "",
            "abstract_task": False,
            "title_task": False,
        }
        out.write(json.dumps(row) + "\n")
    with gzip.open(tmp_path / "fr_en_train.tsv.gz", "wt") as out:
        out.writelines(
            f"un deux trois quatre cinq six sept huit {k}\tone two {k}\tnews\n" for k in range(20)
        )
    judged = {
        "source": "Il dort.",
        "branches": [["m", "He sleeps."]],
        "marker": "m",
        "candidates": [["He sleeps.", 1.0], ["He.", 0.2]],
    }
    file = tmp_path / "pairs.jsonl"
    file.write_text(json.dumps(judged) + "\n")
    recipe = Recipe(articles_per_step=0, pairs_per_step=10, judged_pairs_per_step=5)
    packs = Examples(tmp_path, recipe, encode, judged_pairs=file).step(3)
    assert [len(packed.rewards) for packed in packs] == [4, 1, 0]


def test_whole_pages_are_learnt_with_the_summaries_written_for_them(tmp_path: Path) -> None:
    lead, body = (
        "Nuagis ouvre un centre de données à Lille.",
        "Il emploie 320 personnes et consomme peu. " * 60,
    )
    title = "Nuagis s'installe à Lille"
    plain = {
        "abstract_task": True,
        "title_task": True,
        "title": title,
        "abstract": lead,
        "article": body,
    }
    with gzip.open(tmp_path / "orangesum_train.jsonl.gz", "wt", encoding="utf-8") as out:
        out.writelines(json.dumps({"id": str(number), **plain}) + "\n" for number in range(40))
    sentences = ["Nuagis ouvre à Lille un centre de données sobre.", "Il emploie 320 personnes."]
    written = {
        **{str(number): sentences for number in range(30)},
        "30": ["Nuagis ouvre un centre de 900 personnes."],
    }
    rows = [json.dumps({"id": number, "fr": sentences}) for number, sentences in written.items()]
    (tmp_path / "a.jsonl").write_text("\n".join(rows), encoding="utf-8")
    (tmp_path / "held_out.jsonl").write_text(
        json.dumps({"id": "35", "fr": sentences}), encoding="utf-8"
    )
    examples = page_examples(tmp_path, random.Random(3), tmp_path)
    assert len(examples) == 30  # what has no summary is not there, nor what tells a fact of its own
    titled = [example for example in examples if example.source.startswith(title)]
    assert 15 < len(titled) < 30
    assert all(
        lead in example.source and len(example.source.split()) <= WHOLE_WORDS
        for example in examples
    )
    assert examples[0].branches[0] == Branch(summary_marker(13), " ".join(sentences))
    assert {len(example.branches) for example in examples} == {1, 2}
    (page,) = held_out_pages(tmp_path, tmp_path)
    assert page == {
        "id": "35",
        "title": title,
        "text": f"{lead}\n\n{body}",
        "reference": " ".join(sentences),
    }


def test_learning_rate_warms_up_and_falls() -> None:
    recipe = Recipe(steps=100, decay=20, learning_rate=1.0)
    rates = [learning_rate(recipe, step) for step in range(100)]
    assert rates[0] < rates[10] < rates[20] == rates[79] == 1.0
    assert rates[80] > rates[90] > rates[99] > 0


def test_references_with_facts_of_their_own_are_no_examples() -> None:
    article = "Nuagis ouvre un centre de données à Lille et emploie 320 personnes."
    assert is_supported(article, "Nuagis emploie 320 personnes à Lille.")
    assert not is_supported(article, "Nuagis emploie 400 personnes à Lille.")
    assert not is_supported(article, "Le centre de données de Google emploie 320 personnes.")
    assert not is_supported(article, "Une fusion spectaculaire bouleverse totalement le marché.")


def test_data_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    body = (
        "Nuagis ouvre un centre de données à Lille. Il emploie 320 personnes et coûte 45 millions "
        "d'euros."
    )
    row = {
        "title": "Nuagis ouvre un centre : actualité automobile, infos, scoop",
        "abstract": "Nuagis ouvre un centre de données à Lille. "
        "Il emploie 320 personnes et coûte 45 millions.",
        "article": body,
        "abstract_task": True,
        "title_task": True,
        "id": "7",
    }
    with gzip.open(tmp_path / "orangesum_train.jsonl.gz", "wt", encoding="utf-8") as lines:
        lines.write("".join(json.dumps(row) + "\n" for _ in range(20)))
    with gzip.open(tmp_path / "fr_en_train.tsv.gz", "wt", encoding="utf-8") as lines:
        lines.write(
            "Le centre de données de Lille ouvre mardi.\tThe data centre in Lille opens on "
            "Tuesday.\tnews_test\n"
            "Court.\tShort.\tnews_test\n"
        )
    examples = article_examples(tmp_path, random.Random(0))
    assert len(examples) == 20
    monkeypatch.setattr("models.training.examples.held_out_ids", lambda: frozenset({"7"}))
    assert not article_examples(tmp_path, random.Random(0))
    targets = {branch.target for example in examples for branch in example.branches}
    assert targets >= {row["abstract"], "Nuagis ouvre un centre"}
    assert all("scoop" not in target for target in targets)
    pairs = pair_examples(tmp_path, random.Random(0))
    assert [example.source for example in pairs] == ["Le centre de données de Lille ouvre mardi."]


def write_articles(folder: Path, *articles: tuple[str, str]) -> None:
    rows = [
        {
            "title": "",
            "article": body,
            "abstract": abstract,
            "abstract_task": True,
            "title_task": False,
        }
        for body, abstract in articles
    ]
    with gzip.open(folder / "orangesum_train.jsonl.gz", "wt", encoding="utf-8") as lines:
        lines.writelines(json.dumps(row) + "\n" for row in rows)


def test_teasers_are_no_summaries(tmp_path: Path) -> None:
    body = (
        "Nuagis ouvre un centre de données à Lille, avec 320 personnes, et personne ne sait encore "
        "qui le dirigera."
    )
    write_articles(
        tmp_path,
        (body, body),
        (body, body[:-1] + " ?"),
        (body, body[:-1] + "…"),
        (body, body[:-1] + "..."),
    )
    assert [
        example.branches[0].target for example in article_examples(tmp_path, random.Random(0))
    ] == [body]


@pytest.mark.parametrize(
    ("abstract", "taught"),
    [
        (
            "Nuagis a annoncé lundi 3 juin l'ouverture du site.",
            "Nuagis a annoncé l'ouverture du site.",
        ),
        ("Ce lundi 3 juin, le site a ouvert ses portes.", "Le site a ouvert ses portes."),
        ("Le site a ouvert ses portes, lundi soir.", "Le site a ouvert ses portes."),
        (
            "Le site, ouvert lundi, emploie 320 personnes.",
            "Le site, ouvert, emploie 320 personnes.",
        ),
        ("Le site ouvrira à partir de lundi.", "Le site ouvrira à partir de lundi."),
        (
            "Le feu a pris dans la nuit de lundi à jeudi.",
            "Le feu a pris dans la nuit de lundi à jeudi.",
        ),
        (
            "Nuagis a annoncé mardi l'ouverture du site.",
            "Nuagis a annoncé mardi l'ouverture du site.",
        ),
        ("Nuagis a annoncé mardi 3 juin l'ouverture.", "Nuagis a annoncé l'ouverture."),
    ],
)
def test_a_day_that_the_article_does_not_name_is_not_taught(abstract: str, taught: str) -> None:
    assert without_foreign_days("Nuagis ouvre un site mardi, en juin.", abstract) == taught


def test_an_article_whose_fact_stands_late_is_shown_up_to_it(tmp_path: Path) -> None:
    """Cut before it, it would teach the model to invent the fact."""
    filling = "Le chantier avance et les ouvriers posent le toit du bâtiment. " * 40
    news = (
        "Le centre de données de Lille emploiera 320 personnes, selon la direction du groupe "
        "français."
    )
    late, early = f"{filling}{news}", f"{news} {filling}"
    abstract = (
        "Le centre de données de Lille emploiera 320 personnes, selon la direction du groupe."
    )
    write_articles(tmp_path, (late, abstract), (early, abstract))
    with gzip.open(tmp_path / "fr_en_train.tsv.gz", "wt", encoding="utf-8") as lines:
        lines.write(
            "Le centre de données de Lille ouvre mardi matin.\tThe data centre in Lille opens on "
            "Tuesday.\tnews_test\n"
        )
    recipe = Recipe(
        articles_per_step=2, pairs_per_step=1, short_window=200, long_window=10_000, long_share=0
    )
    examples = Examples(tmp_path, recipe, encode)
    assert {example.source: example.long for example in examples.articles} == {
        late: True,
        early: False,
    }
    lengths = {
        example.source: int((packed.branch == 0).sum())
        for example, packed in zip(examples.articles, examples.step(0), strict=False)
    }
    assert lengths[late] > len(late)
    assert lengths[early] < 400


@pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::UserWarning")
def test_checkpoints_are_validated_on_other_examples(tmp_path: Path) -> None:
    body = "Nuagis ouvre un centre de données à Lille. Il emploie 320 personnes."
    rows = [
        {"title": "Nuagis ouvre", "abstract": body, "article": body},
        {"title": "Vide", "abstract": "Google.", "article": body},
    ]
    with gzip.open(tmp_path / "orangesum_valid.jsonl.gz", "wt", encoding="utf-8") as lines:
        lines.writelines(json.dumps(row) + "\n" for row in rows)
    assert [len(examples) for examples in validation_examples(tmp_path, 9).values()] == [
        1,
        1,
    ]  # the unsupported one is left out
    recipe = Recipe(steps=2, rank=2)
    trainer = Trainer(
        load(tiny_model(tmp_path / "base"), tmp_path / "run", recipe), tmp_path / "run", recipe
    )
    trainer.run(_packs, save_every=1, validation=Validation(tmp_path, 9, recipe, encode))
    logged = [
        json.loads(line) for line in (tmp_path / "run" / "log.jsonl").read_text().splitlines()
    ]
    assert [
        line["step"] for line in logged if "valid_summary" in line and "valid_headline" in line
    ] == [0, 1, 2]


@pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::UserWarning")
def test_a_merged_checkpoint_answers_as_its_adapter_does(tmp_path: Path) -> None:
    base = tiny_model(tmp_path / "base")
    for name in TOKENIZER_FILES:
        (tmp_path / "base" / name).write_text("{}")
    recipe = Recipe(steps=4, rank=4, alpha=8.0, learning_rate=2e-2)
    trainer = Trainer(load(base, tmp_path / "run", recipe), tmp_path / "run", recipe)
    trainer.run(_packs, save_every=4)
    merge(tmp_path / "base", tmp_path / "run" / "adapter", tmp_path / "merged")
    merged: Any = Gemma3ForCausalLM.from_pretrained(tmp_path / "merged", dtype=torch.float32).eval()
    tokens = torch.tensor([encode("Le chat dort.")])
    with torch.inference_mode():
        torch.testing.assert_close(
            merged(tokens).logits, trainer.model.eval()(tokens).logits, rtol=0.02, atol=0.02
        )
    assert json.loads((tmp_path / "merged" / "breve.json").read_text()) == USE


def test_the_mean_of_adapters(tmp_path: Path) -> None:
    matrices = {
        "a": [[1.0, 2.0]],
        "b": [[3.0, 6.0]],
        "shape": [[1.0], [2.0]],
        "scale": [[1.0, 2.0]],
    }
    for name, matrix in matrices.items():
        (tmp_path / name).mkdir()
        save_file(
            {"layer": torch.tensor(matrix, dtype=torch.bfloat16)},
            tmp_path / name / low_rank.WEIGHTS,
        )
        config = {
            "r": 1,
            "lora_alpha": 2 if name == "scale" else 1,
            "target_modules": ["q", "k"] if name == "a" else ["k", "q"],
        }
        (tmp_path / name / "adapter_config.json").write_text(json.dumps(config), encoding="utf-8")
    mean([tmp_path / "a", tmp_path / "b"], tmp_path / "out")
    middle = load_file(tmp_path / "out" / low_rank.WEIGHTS)["layer"]
    assert middle.dtype is torch.bfloat16
    assert middle.tolist() == [[2.0, 4.0]]
    assert (tmp_path / "out" / "adapter_config.json").is_file()
    for other, differing in {"shape": "matrices", "scale": "lora_alpha"}.items():
        with pytest.raises(ValueError, match=f"{other} differs from .* in {differing}:"):
            mean([tmp_path / "a", tmp_path / other], tmp_path / "none")
    with pytest.raises(ValueError, match="is one of the adapters"):
        mean([tmp_path / "a", tmp_path / "b"], tmp_path / "b")
    assert not (tmp_path / "none").exists()
