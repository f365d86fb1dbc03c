"""Trains a LoRA adapter on a small decoder used as a prefix language model, on a CPU or a GPU.

    python -m models.training.train --base DIR --data DIR --out DIR [--steps N] [--decay N]

The learning rate warms up, stays constant and falls over the last `--decay` steps. So a run can be
stopped and resumed, extended or shortened: start again with the same `--out` and other `--steps`.
The same options and the same step always give the same examples. Training computes in bfloat16
where the processor is fast with it, else in float32.
"""

import argparse
import json
import random
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from models.cpu.processors import computes_bfloat16
from models.training import low_rank
from models.training.candidates import candidate_examples
from models.training.examples import (
    Encode,
    Example,
    article_examples,
    pair_examples,
    validation_examples,
)
from models.training.gold_examples import GOLD, HELD_OUT, gold_examples, learnt_files
from models.training.losses import TokenLosses, losses_of
from models.training.packing import Packed, pack
from models.training.pages import page_examples
from models.training.processes import Processes
from models.training.sentence_examples import ADDITIONS, addition_examples, sentence_examples

WARM_UP_STEPS: Final = 20
# So many pairs have about as many tokens as an article.
PAIRS_PER_PACK: Final = 8
# The same number for pairs with their candidates.
JUDGED_PAIRS_PER_PACK: Final = 4
# A sentence and its sources have about 280 tokens.
SENTENCES_PER_PACK: Final = 3


@dataclass(frozen=True)
class Recipe:
    """The settings that decide the weights, besides the base model and the data.

    - `short_window`, `long_window`: tokens of an article that are read. The long one is for
      articles that need it (`Example.long`) and for `long_share` of the others. The short window
      costs less, and teaches as much style.
    - `judged_per_step`, `judged_pairs_per_step`: how many of the `articles_per_step` and of the
      `pairs_per_step` have candidates, if there are any candidates. The mean risk of these counts
      `risk_weight` times.
    - `pages_per_step`: how many of the articles are whole pages, with the project's own summaries.
    - `gold_per_step`: how many of the articles are whole pages with gold summaries, read up to
      `gold_window` tokens.
    - `sentences_per_step`: how many single sentences of gold summaries are learnt from their
      sources, besides the articles and pairs.
    - `additions_per_step`: how many of these sentences, at most all, were written to follow a
      page's lead.
    - `judged_window`: tokens that are read of articles with candidates and of pages. It holds
      nearly the whole shown text, since candidates may tell of all of it.
    """

    steps: int = 450
    decay: int = 400
    articles_per_step: int = 8
    pairs_per_step: int = 24
    short_window: int = 352
    long_window: int = 768
    long_share: float = 0.05
    pages_per_step: int = 0
    judged_per_step: int = 4
    judged_pairs_per_step: int = 8
    judged_window: int = 512
    gold_per_step: int = 0
    gold_window: int = 960
    sentences_per_step: int = 0
    additions_per_step: int = 0
    rank: int = 64
    alpha: float = 64.0
    learning_rate: float = 3e-4
    risk_weight: float = 4.0
    seed: int = 0


def learning_rate(recipe: Recipe, step: int) -> float:
    """The learning rate of a step.

    It warms up, stays constant, then falls linearly to a twentieth over the last `decay` steps.
    """
    warm = min(1.0, (step + 1) / WARM_UP_STEPS)
    left = min(1.0, max(0.05, (recipe.steps - step) / max(1, recipe.decay)))
    return recipe.learning_rate * warm * left


class Examples:
    """The examples of each step, fixed by the seed."""

    def __init__(
        self,
        data: Path,
        recipe: Recipe,
        encode: Encode,
        candidates: Path | None = None,
        judged_pairs: Path | None = None,
    ) -> None:
        rng = random.Random(recipe.seed)
        self.articles = article_examples(data, rng)
        self.judged = candidate_examples(candidates, rng) if candidates else []
        self.pages = (
            page_examples(data, random.Random(recipe.seed)) if recipe.pages_per_step else []
        )
        self.gold = (
            gold_examples(data, learnt_files(data), random.Random(recipe.seed))
            if recipe.gold_per_step
            else []
        )
        self.sentences = (
            sentence_examples(data, learnt_files(data), random.Random(recipe.seed))
            if recipe.sentences_per_step
            else []
        )
        self.additions = (
            addition_examples(data, sorted(ADDITIONS.glob("*.jsonl")), random.Random(recipe.seed))
            if recipe.additions_per_step
            else []
        )
        self.pairs = pair_examples(data, rng) if recipe.pairs_per_step else []
        self.judged_pairs = candidate_examples(judged_pairs, rng) if judged_pairs else []
        self.recipe = recipe
        self.encode = encode

    def step(self, number: int) -> list[Packed]:
        """The packed sequences of optimizer step `number`.

        There is one sequence for each article: first articles with candidates, then whole pages,
        then pages with gold summaries, then the others. After these there is one for every few
        sentences of summaries, and one for every few pairs.
        """
        rng = random.Random(self.recipe.seed * 1_000_003 + number)
        judged = _slice(self.judged, number, self.recipe.judged_per_step) if self.judged else []
        pages = _slice(self.pages, number, self.recipe.pages_per_step) if self.pages else []
        packs = [
            pack([article], self.encode, self.recipe.judged_window) for article in judged + pages
        ]
        if self.gold:
            gold = _slice(self.gold, number, self.recipe.gold_per_step)
            packs += [pack([page], self.encode, self.recipe.gold_window) for page in gold]
        for article in _slice(self.articles, number, self.recipe.articles_per_step - len(packs)):
            long = article.long or rng.random() < self.recipe.long_share
            window = self.recipe.long_window if long else self.recipe.short_window
            packs.append(pack([article], self.encode, window))
        if self.sentences:
            additions = self.recipe.additions_per_step
            rest = self.recipe.sentences_per_step - additions
            sentences = _slice(self.sentences, number, rest)
            sentences += _slice(self.additions, number, additions)
            packs += pack_each(sentences, SENTENCES_PER_PACK, self.encode, self.recipe.gold_window)
        judged_pairs = (
            _slice(self.judged_pairs, number, self.recipe.judged_pairs_per_step)
            if self.judged_pairs
            else []
        )
        pairs = _slice(self.pairs, number, self.recipe.pairs_per_step - len(judged_pairs))
        for kind, size in ((judged_pairs, JUDGED_PAIRS_PER_PACK), (pairs, PAIRS_PER_PACK)):
            packs += pack_each(kind, size, self.encode, self.recipe.short_window)
        return packs


def pack_each(examples: list[Example], size: int, encode: Encode, window: int) -> list[Packed]:
    """A packed sequence for each `size` of the examples, in order."""
    return [pack(examples[k : k + size], encode, window) for k in range(0, len(examples), size)]


class Validation:
    """The same few examples of each task at every checkpoint."""

    def __init__(self, data: Path, count: int, recipe: Recipe, encode: Encode) -> None:
        self._packs = {
            f"valid_{task}": [pack([example], encode, recipe.short_window) for example in examples]
            for task, examples in validation_examples(data, count).items()
        }
        if recipe.gold_per_step:
            held_out = gold_examples(data, [GOLD / HELD_OUT], random.Random(0))[:count]
            self._packs["valid_gold"] = [
                pack([example], encode, recipe.gold_window) for example in held_out
            ]
        if recipe.sentences_per_step:
            held_out = sentence_examples(data, [GOLD / HELD_OUT], random.Random(0))[: 4 * count]
            self._packs["valid_sentence"] = pack_each(
                held_out, SENTENCES_PER_PACK, encode, recipe.gold_window
            )

    @torch.inference_mode()
    def losses(self, model: Any) -> dict[str, float]:
        """The mean loss of a target token, by task."""
        means = {}
        for name, packs in self._packs.items():
            results = [losses_of(model, packed) for packed in packs]
            cross_entropy = sum(losses.cross_entropy.item() for losses in results)
            means[name] = cross_entropy / sum(losses.targets for losses in results)
        return means


def _slice(examples: list[Example], step: int, size: int) -> list[Example]:
    return [examples[k % len(examples)] for k in range(step * size, (step + 1) * size)]


def compile_model(model: Any) -> None:
    """Fuses the small operations of each layer with torch's compiler, in place.

    It needs a C++ compiler, and takes half a minute once.

    Layers are alike and lengths are left open, so one compilation serves all. On two Sapphire
    Rapids cores a step of 8 articles and 24 pairs takes 4.9 s instead of 7.5 s.
    """
    for layer in [*model.model.layers, model.token_losses]:
        layer.compile(dynamic=True)


class Trainer:
    """One run in the folder `out`: `adapter/`, `optimizer.pt`, `log.jsonl`, `recipe.json`.

    All of its `processes` make the same steps with the same weights; the first of them writes.
    """

    def __init__(
        self, model: Any, out: Path, recipe: Recipe, processes: Processes | None = None
    ) -> None:
        self.model, self.out, self.recipe = model, out, recipe
        self._processes = processes or Processes()
        self.weights = [weight for weight in model.parameters() if weight.requires_grad]
        self.optimizer = torch.optim.AdamW(
            self.weights, lr=recipe.learning_rate, betas=(0.9, 0.99), weight_decay=0.0
        )
        self.step = 0
        out.mkdir(parents=True, exist_ok=True)
        state = out / "optimizer.pt"
        if state.exists():
            saved = torch.load(state, map_location="cpu", weights_only=True)
            self.optimizer.load_state_dict(saved["optimizer"])
            self.step = saved["step"]
            with torch.no_grad():
                for weight, value in zip(self.weights, saved["weights"], strict=True):
                    weight.copy_(value)
            low_rank.merge_all(model)

    def train_step(self, packs: list[Packed]) -> dict[str, float]:
        """One optimizer step.

        Returns the mean loss of a target token and, if there are candidates, their mean risk.
        """
        targets = sum(int(packed.learnt.sum()) for packed in packs)
        judged = sum(len(packed.rewards) for packed in packs)
        sums = torch.zeros(2)
        for weight in self.weights:
            weight.grad = torch.zeros_like(weight)
        for packed in self._processes.part(packs):
            losses = losses_of(self.model, packed)
            risk = self.recipe.risk_weight * losses.risk / max(1, judged)
            loss = losses.cross_entropy / targets + risk
            loss.backward()  # type: ignore[no-untyped-call]
            sums += torch.tensor([losses.cross_entropy.item(), losses.risk.item()])
        gradients = [weight.grad for weight in self.weights if weight.grad is not None]
        self._processes.add_up([sums, *gradients])
        cross_entropy, risks = sums.tolist()
        for group in self.optimizer.param_groups:
            group["lr"] = learning_rate(self.recipe, self.step)
        torch.nn.utils.clip_grad_norm_(self.weights, 1.0)
        self.optimizer.step()
        low_rank.merge_all(self.model)
        self.step += 1
        return {"loss": cross_entropy / targets} | ({"risk": risks / judged} if judged else {})

    def save(self) -> None:
        """Writes the state that a run goes on from, the adapter and the recipe.

        If it is stopped meanwhile, the state is the last one or this one.
        """
        if not self._processes.first:
            return
        state = {
            "optimizer": self.optimizer.state_dict(),
            "weights": [weight.detach() for weight in self.weights],
            "step": self.step,
        }
        fresh = self.out / "optimizer.pt.new"
        torch.save(state, fresh)
        fresh.replace(self.out / "optimizer.pt")
        self.export()

    def export(self) -> None:
        """Writes the adapter and the recipe."""
        if self._processes.first:
            low_rank.save(self.model, self.out / "adapter", self.recipe.alpha)
            (self.out / "recipe.json").write_text(json.dumps(asdict(self.recipe), indent=1))

    def log(self, **values: float) -> None:
        """Appends one line to `log.jsonl` and prints it."""
        if not self._processes.first:
            return
        rounded = {name: float(f"{value:.4g}") for name, value in values.items()}
        line = json.dumps({"step": self.step, **rounded})
        print(line, flush=True)
        with (self.out / "log.jsonl").open("a") as log:
            log.write(line + "\n")

    def run(
        self,
        packs_of: Callable[[int], list[Packed]],
        save_every: int,
        validation: Validation | None = None,
    ) -> None:
        """Trains from the folder's last checkpoint to `recipe.steps`; validates when it saves."""
        if self.step == 0:
            self._validate(validation)
        while self.step < self.recipe.steps:
            start = time.perf_counter()
            losses = self.train_step(packs_of(self.step))
            self.log(
                **losses,
                lr=learning_rate(self.recipe, self.step - 1),
                seconds=time.perf_counter() - start,
            )
            if self.step % save_every == 0 or self.step == self.recipe.steps:
                self.save()
                self._validate(validation)
        self.export()  # If the last run was stopped behind its last state.

    def _validate(self, validation: Validation | None) -> None:
        if validation is not None and self._processes.first:
            self.log(**validation.losses(self.model))


def _precision() -> torch.dtype:
    """bfloat16 on a GPU, or where it is much faster (see `computes_bfloat16`), else float32."""
    return torch.bfloat16 if torch.cuda.is_available() or computes_bfloat16() else torch.float32


def load(base: str, out: Path, recipe: Recipe, start: str = "") -> Any:
    """The base model with the adapter `start`, or a new one. If `out` has a state, `Trainer` takes
    its weights."""
    # Plain attention is used: with one key head and masks, torch's fused kernel takes twice as long
    # on a CPU.
    model: Any = AutoModelForCausalLM.from_pretrained(
        base, dtype=_precision(), attn_implementation="eager"
    )
    model.to("cuda" if torch.cuda.is_available() else "cpu")
    low_rank.make_trainable(model, recipe.rank, recipe.alpha)
    model.token_losses = TokenLosses(model.lm_head)
    if start and not (out / "optimizer.pt").exists():
        low_rank.restore(model, Path(start))
    return model


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--base", required=True, help="folder of the base model")
    parser.add_argument(
        "--data",
        type=Path,
        required=True,
        help="folder of orangesum_train.jsonl.gz and fr_en_train.tsv.gz",
    )
    parser.add_argument(
        "--out", type=Path, required=True, help="folder of the run; an earlier run there is resumed"
    )
    parser.add_argument(
        "--candidates",
        type=Path,
        help="file of models.training.candidates, from which half of the articles are taken",
    )
    parser.add_argument("--judged-pairs", type=Path, help="the same of sentence pairs")
    parser.add_argument("--adapter", default="", help="folder of an adapter to go on from")
    parser.add_argument(
        "--save-every", type=int, default=40, help="steps from one checkpoint to the next"
    )
    parser.add_argument(
        "--compile",
        action="store_true",
        help="fuse small operations: a third faster, needs a C++ compiler",
    )
    parser.add_argument(
        "--validate",
        type=int,
        default=24,
        help="validation examples of each task at every checkpoint",
    )
    for name, value in asdict(Recipe()).items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=type(value), default=value)
    return parser.parse_args()


def main() -> None:
    """Reads the command line and trains."""
    arguments = _arguments()
    recipe = Recipe(**{name: getattr(arguments, name) for name in asdict(Recipe())})
    processes = Processes.joined()
    torch.manual_seed(recipe.seed)
    tokenizer = AutoTokenizer.from_pretrained(arguments.base)

    def encode(text: str) -> list[int]:
        ids: list[int] = tokenizer(text, add_special_tokens=False).input_ids
        return ids

    examples = Examples(
        arguments.data, recipe, encode, arguments.candidates, arguments.judged_pairs
    )
    if processes.first:
        print(len(examples.articles), "articles,", len(examples.pairs), "sentence pairs")
    model = load(arguments.base, arguments.out, recipe, arguments.adapter)
    if arguments.compile:
        compile_model(model)
    trainer = Trainer(model, arguments.out, recipe, processes)
    trainer.run(
        examples.step,
        arguments.save_every,
        Validation(arguments.data, arguments.validate, recipe, encode),
    )


if __name__ == "__main__":
    main()
