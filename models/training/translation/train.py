"""Trains the built-in translator, opus-mt, on sentence pairs of the French press.

    python -m models.training.translation.train --data DIR --out DIR [--steps N] [--decay N]

All matrices of attention and feed-forward layers are trained; embeddings, biases and norms stay.
The learning rate warms up, stays constant and falls over the last `--decay` steps. A run that was
stopped goes on from its last checkpoint, so that it can be extended: start again with the same
`--out` and more `--steps`. A new pass begins if the pairs, their share, `--tokens` or `--seed` have
changed.
`OUT/update.safetensors` is the file that `models/builtin/translator` ships; `OUT/log.jsonl` has the
losses.
"""

import argparse
import json
import random
import shutil
import time
from collections.abc import Iterator, Sequence
from itertools import chain, count, islice
from pathlib import Path
from typing import Any, Final
from zlib import crc32

import torch
from transformers import AutoTokenizer, MarianMTModel

from models.builtin.opus_mt import UPDATE, build
from models.checkpoints.updates import apply_update, save_update
from models.cpu.processors import computes_bfloat16
from models.training.gold_examples import GOLD, HELD_OUT
from models.training.packing import IGNORED
from models.training.sentence_examples import ADDITIONS
from models.training.translation.output_layer import OutputLayer
from models.training.translation.sentence_pairs import (
    PAIRS,
    Batch,
    Pair,
    added_pairs,
    batches,
    gold_pairs,
    is_held_out,
    own_pairs,
    pairs_of_pass,
    public_pairs,
    summary_pairs,
)

LAYERS: Final = ("q_proj", "k_proj", "v_proj", "out_proj", "fc1", "fc2")
WARM_UP_STEPS: Final = 100
# opus-mt was trained with this label smoothing.
SMOOTHING: Final = 0.1
# No dropout is needed: each pair is learnt once or twice, so none is learnt by heart. Without it a
# step takes 8 % less time.
DROPOUT: Final = 0.0
# The most held-out pairs of each kind whose loss is logged.
VALIDATED: Final = 400
STATE: Final = "state.pt"


class Trainer:
    """A translator in training.

    The trained weights are kept in float32 and copied to the model. The model computes in bfloat16
    where that is faster on the processor.
    """

    def __init__(
        self, model: Any, learning_rate: float, known: torch.Tensor, pairs: int = 0
    ) -> None:
        model.requires_grad_(False)
        self._layers = trained_layers(model)
        self.weights = {
            name: weight.detach().float().clone().requires_grad_()
            for name, weight in self._layers.items()
        }
        if computes_bfloat16():
            model.bfloat16()
        for weight in self._layers.values():
            weight.requires_grad_(True)
        self.model = model.train()
        # A number that stands for the pairs and their order, and the step at which the first pass
        # through them began.
        self.pairs, self.pass_began = pairs, 0
        self._learning_rate = learning_rate
        self.optimizer = torch.optim.AdamW(
            self.weights.values(),
            lr=learning_rate,
            weight_decay=0.01,
            betas=(0.9, 0.98),
            fused=True,
        )
        self._output = OutputLayer(
            model.get_output_embeddings().weight, model.final_logits_bias[0], known
        )

    def save(self, path: Path, step: int) -> None:
        """Writes the checkpoint of `step`. A crash meanwhile leaves the checkpoint before."""
        weights = {name: weight.detach() for name, weight in self.weights.items()}
        state = {
            "step": step,
            "pairs": self.pairs,
            "pass_began": self.pass_began,
            "weights": weights,
            "optimizer": self.optimizer.state_dict(),
        }
        torch.save(state, path.with_suffix(".part"))
        path.with_suffix(".part").replace(path)

    @torch.no_grad()
    def restore(self, path: Path) -> int:
        """Goes on from a checkpoint, with a new pass if it has other pairs. Returns its step."""
        state = torch.load(path, weights_only=True)
        for name, weight in self.weights.items():
            weight.copy_(state["weights"][name])
        self.optimizer.load_state_dict(state["optimizer"])
        self.copy_weights()
        step = int(state["step"])
        self.pass_began = int(state["pass_began"]) if state.get("pairs") == self.pairs else step
        return step

    def step(self, batch: Batch, share: float) -> float:
        """Learns a batch, at `share` times the learning rate. Returns its loss."""
        loss = self._loss(batch, SMOOTHING)
        loss.backward()  # type: ignore[no-untyped-call]
        for name, weight in self._layers.items():
            assert weight.grad is not None
            self.weights[name].grad = weight.grad.float()
            weight.grad = None
        torch.nn.utils.clip_grad_norm_(self.weights.values(), 1.0)
        for group in self.optimizer.param_groups:
            group["lr"] = share * self._learning_rate
        self.optimizer.step()
        self.copy_weights()
        return loss.item()

    @torch.no_grad()
    def copy_weights(self) -> None:
        """Copies the trained weights into the model."""
        for name, weight in self._layers.items():
            weight.copy_(self.weights[name])

    @torch.inference_mode()
    def validate(self, packs: Sequence[Batch]) -> float:
        """The mean cross-entropy of a target token of these batches."""
        self.model.eval()
        tokens = [int((batch.target != IGNORED).sum()) for batch in packs]
        losses = [self._loss(batch, 0.0).item() for batch in packs]
        self.model.train()
        return sum(loss * n for loss, n in zip(losses, tokens, strict=True)) / sum(tokens)

    def _loss(self, batch: Batch, smoothing: float) -> torch.Tensor:
        config = self.model.config
        begin = torch.full((len(batch.target), 1), config.decoder_start_token_id)
        known = batch.target != IGNORED
        states = self.model.model(
            input_ids=batch.source,
            attention_mask=(batch.source != config.pad_token_id).long(),
            decoder_input_ids=torch.cat([begin, batch.target[:, :-1].clamp(min=0)], dim=1),
            use_cache=False,
        ).last_hidden_state
        return self._output.loss(states[known], batch.target[known], smoothing)


def trained_layers(model: Any) -> dict[str, torch.nn.Parameter]:
    """The matrices that are trained, by their names."""
    return {
        f"{name}.weight": layer.weight
        for name, layer in model.named_modules()
        if name.rpartition(".")[2] in LAYERS
    }


def rate(step: int, steps: int, decay: int) -> float:
    """The share of the learning rate: warm-up, constant, then linear to 0 over the last `decay`
    steps."""
    return min(1.0, (step + 1) / WARM_UP_STEPS, (steps - step) / max(1, decay))


def plain_translator(out: Path) -> Path:
    """The translator without an update, built in `out/base` if it is not there."""
    base, unfinished = out / "base", out / "base.part"
    if not (base / "model.safetensors").exists():
        shutil.rmtree(base, ignore_errors=True)
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        build(unfinished, update=None)
        unfinished.rename(base)
    return base


def _passes(
    own: Sequence[Pair], public: Sequence[Pair], tokenizer: Any, options: argparse.Namespace
) -> Iterator[Batch]:
    """The batches of endless passes through the pairs, one pass after the other."""
    for number in count():
        mixed = pairs_of_pass(own, public, options.share, number)
        yield from batches(mixed, tokenizer, options.tokens, options.seed + number)


def _validation(
    options: argparse.Namespace, tokenizer: Any, own: Sequence[Pair]
) -> dict[str, list[Batch]]:
    """Batches of pairs that are never learnt, by kind."""
    kinds = {"own": list(filter(is_held_out, own)) or list(own[:1])}
    if (options.gold / HELD_OUT).exists():
        kinds["gold"] = summary_pairs(options.gold / HELD_OUT)
    for pairs in kinds.values():
        random.Random(0).shuffle(pairs)
    return {
        kind: list(batches(pairs[:VALIDATED], tokenizer, options.tokens, 0))
        for kind, pairs in kinds.items()
    }


def train(options: argparse.Namespace, folder: Path) -> None:
    """Trains a translator and writes its update to `options.out`.

    A new run starts from the plain translator in `folder` with the update `options.start`, if there
    is one.
    """
    torch.manual_seed(options.seed)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    own = [
        *own_pairs(options.pairs),
        *gold_pairs(options.gold, options.data),
        *added_pairs(options.additions),
    ]
    learnt = [pair for pair in own if not is_held_out(pair)]
    public = public_pairs(options.data, options.seed)
    validation = _validation(options, tokenizer, own)
    targets = [english for _, english in [*own, *public]]
    known = {token for ids in tokenizer(text_target=targets).input_ids for token in ids}
    for batch in chain.from_iterable(validation.values()):
        known.update(batch.target.flatten().tolist())
    model = MarianMTModel.from_pretrained(folder, dtype=torch.float32, dropout=DROPOUT)
    plain = {name: weight.detach().clone() for name, weight in trained_layers(model).items()}
    if options.start:
        apply_update(model, options.start)
    order = repr((learnt, public, options.share, options.tokens, options.seed))
    trainer = Trainer(
        model,
        options.learning_rate,
        torch.tensor(sorted(known - {IGNORED})),
        crc32(order.encode()),
    )
    options.out.mkdir(parents=True, exist_ok=True)
    state = options.out / STATE
    first = trainer.restore(state) if state.exists() else 0
    print(f"{len(learnt)} own pairs, {len(public)} public ones; {len(known)} tokens; step {first}")
    learnt_before = first - trainer.pass_began
    passes = _passes(learnt, public, tokenizer, options)
    _run(
        trainer,
        islice(passes, learnt_before, max(learnt_before, options.steps - trainer.pass_began)),
        first,
        validation,
        options,
    )
    lost = save_update(plain, trainer.weights, options.out / UPDATE.name)
    print(f"four bits lose {lost:.1%} of the squared update")


def _run(
    trainer: Trainer,
    learnt: Iterator[Batch],
    first: int,
    validation: dict[str, list[Batch]],
    options: argparse.Namespace,
) -> None:
    """Trains from step `first` on, and writes the losses and the checkpoints."""

    def log(step: int, **values: float) -> None:
        line = json.dumps({"step": step, **{k: round(v, 4) for k, v in values.items()}})
        print(line, flush=True)
        with (options.out / "log.jsonl").open("a", encoding="utf-8") as lines:
            lines.write(line + "\n")

    def validate(step: int) -> None:
        log(step, **{kind: trainer.validate(packs) for kind, packs in validation.items()})

    if not first:
        validate(0)
    losses: list[float] = []
    began = time.monotonic()
    for step, batch in enumerate(learnt, first):
        torch.manual_seed(options.seed + step)  # A resumed run then samples the same tokens.
        losses.append(trainer.step(batch, rate(step, options.steps, options.decay)))
        if (step + 1) % options.save_every == 0 or step + 1 == options.steps:
            log(step + 1, loss=sum(losses) / len(losses), seconds=time.monotonic() - began)
            trainer.save(options.out / STATE, step + 1)
            validate(step + 1)
            losses, began = [], time.monotonic()


def main() -> None:
    """Reads the command line and trains."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--data", type=Path, required=True, help="folder of fr_en_train.tsv.gz")
    add("--out", type=Path, required=True, help="folder of the run; an earlier run is gone on with")
    add("--pairs", type=Path, default=PAIRS, help="folder of .tsv files: French, English")
    add("--gold", type=Path, default=GOLD, help="folder of gold summaries with their English")
    add("--additions", type=Path, default=ADDITIONS, help="folder of sentences behind a lead")
    starts = parser.add_mutually_exclusive_group()
    starts.add_argument(
        "--start", type=Path, default=UPDATE, help="where a new run starts: an update's file"
    )
    starts.add_argument(
        "--plain", dest="start", action="store_const", const=None, help="it starts from opus-mt"
    )
    add("--share", type=float, default=0.15, help="how many public pairs for each own one")
    add("--steps", type=int, default=3_000, help="batches in all")
    add("--decay", type=int, default=800, help="steps in which the learning rate falls, at the end")
    add("--tokens", type=int, default=2_000, help="English tokens a step")
    add("--learning-rate", type=float, default=1e-4)
    add("--save-every", type=int, default=100, help="steps from one checkpoint to the next")
    add("--seed", type=int, default=0)
    options = parser.parse_args()
    train(options, plain_translator(options.out))


if __name__ == "__main__":
    main()
