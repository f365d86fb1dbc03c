"""Trains the adapter of the built-in translator, opus-mt, on sentence pairs of the French press.

    python -m models.training.translator --data DIR --out DIR

It learns the project's own pairs (`pairs/`, written for what it got wrong), and public ones beside
them, so that it keeps what it knew. A run that was stopped goes on from its last checkpoint.
`OUT/adapter` is what `models/builtin/translator` ships; `OUT/log.json` has the losses.
"""

import argparse
import json
import random
import shutil
from pathlib import Path
from typing import Any, Final
from zlib import crc32

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from torch.utils.data import Dataset
from transformers import (
    AutoTokenizer,
    DataCollatorForSeq2Seq,
    MarianMTModel,
    Seq2SeqTrainer,
    Seq2SeqTrainingArguments,
)

from models.builtin.opus_mt import build
from models.cpu.processors import computes_bfloat16
from models.training.examples import pair_examples

PAIRS: Final = Path(__file__).with_name("pairs")
BASE: Final = "Helsinki-NLP/opus-mt-fr-en"
LAYERS: Final = ("q_proj", "k_proj", "v_proj", "out_proj", "fc1", "fc2")
# One of so many of the project's own pairs is never trained on.
HELD_OUT: Final = 12
# Of a sentence.
MAX_TOKENS: Final = 128

Pair = tuple[str, str]


class Pairs(Dataset[dict[str, Any]]):
    """Sentence pairs as the tokens of both sides."""

    def __init__(self, pairs: list[Pair], tokenizer: Any) -> None:
        self._pairs, self._tokenizer = pairs, tokenizer

    def __len__(self) -> int:
        return len(self._pairs)

    def __getitem__(self, number: int) -> dict[str, Any]:
        french, english = self._pairs[number]
        tokens: dict[str, Any] = self._tokenizer(
            french, text_target=english, truncation=True, max_length=MAX_TOKENS
        )
        return tokens


def own_pairs(folder: Path = PAIRS) -> list[Pair]:
    """The project's own pairs, in the order of the files."""
    lines = [
        line
        for path in sorted(folder.glob("*.tsv"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    return [(french, english) for french, _, english in (line.partition("\t") for line in lines)]


def is_held_out(pair: Pair) -> bool:
    """True for one pair in HELD_OUT. It depends on the pair alone."""
    return crc32(pair[0].encode()) % HELD_OUT == 0


def training_pairs(pairs: list[Pair], data: Path, share: float, seed: int) -> list[Pair]:
    """The project's own `pairs` but those held out, and `share` times as many others, shuffled."""
    rng = random.Random(seed)
    learnt = [pair for pair in pairs if not is_held_out(pair)]
    others = [(example.source, example.branches[0].target) for example in pair_examples(data, rng)]
    mixed = learnt + others[: round(share * len(learnt))]
    rng.shuffle(mixed)
    return mixed


def adapted(folder: Path, rank: int, start: Path | None = None) -> Any:
    """The translator in `folder` with a new adapter, or with that of `start`, to be trained."""
    model = MarianMTModel.from_pretrained(folder, dtype=torch.float32)
    if start:
        return PeftModel.from_pretrained(model, str(start), is_trainable=True)
    config = LoraConfig(
        r=rank,
        lora_alpha=rank,
        target_modules=list(LAYERS),
        lora_dropout=0.05,
        task_type="SEQ_2_SEQ_LM",
    )
    return get_peft_model(model, config)


def plain_translator(out: Path) -> Path:
    """The translator without an adapter, built in `out/base` if it is not there."""
    base = out / "base"
    if not (base / "model.safetensors").exists():
        shutil.rmtree(base, ignore_errors=True)
        base.mkdir(parents=True)
        build(base, adapter=None)
    return base


def _settings(options: argparse.Namespace) -> Seq2SeqTrainingArguments:
    return Seq2SeqTrainingArguments(
        output_dir=str(options.out),
        num_train_epochs=options.epochs,
        per_device_train_batch_size=options.batch,
        per_device_eval_batch_size=options.batch,
        learning_rate=options.learning_rate,
        lr_scheduler_type="linear",
        warmup_steps=20,
        # As opus-mt was trained.
        label_smoothing_factor=0.1,
        bf16=torch.cuda.is_available() or computes_bfloat16(),
        use_cpu=not torch.cuda.is_available(),
        seed=options.seed,
        logging_steps=min(10, options.save_every),
        train_sampling_strategy="group_by_length",
        eval_strategy="steps",
        eval_steps=options.save_every,
        save_steps=options.save_every,
        save_total_limit=2,
        report_to=[],
    )


def train(options: argparse.Namespace, folder: Path) -> None:
    """Trains an adapter for the translator in `folder` and writes it to `options.out`."""
    torch.manual_seed(options.seed)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    pairs = own_pairs(options.pairs)
    learnt = training_pairs(pairs, options.data, options.share, options.seed)
    held_out = list(filter(is_held_out, pairs)) or pairs[:1]
    model = adapted(folder, options.rank, options.adapter)
    trainer = Seq2SeqTrainer(
        model=model,
        args=_settings(options),
        train_dataset=Pairs(learnt, tokenizer),
        eval_dataset=Pairs(held_out, tokenizer),
        data_collator=DataCollatorForSeq2Seq(tokenizer, model=model),
    )
    trainer.train(resume_from_checkpoint=any(options.out.glob("checkpoint-*")) or None)
    model.peft_config["default"].base_model_name_or_path = BASE
    model.half().save_pretrained(options.out / "adapter")
    (options.out / "log.json").write_text(
        json.dumps(trainer.state.log_history, indent=0) + "\n", encoding="utf-8"
    )


def main() -> None:
    """Reads the command line and trains."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="folder of fr_en_train.tsv.gz")
    parser.add_argument(
        "--out", type=Path, required=True, help="folder of the run; an earlier run there is resumed"
    )
    parser.add_argument(
        "--pairs", type=Path, default=PAIRS, help="folder of .tsv files: French, English"
    )
    parser.add_argument(
        "--adapter", type=Path, help="folder of an adapter to go on from; its rank stays"
    )
    parser.add_argument(
        "--share", type=float, default=0.3, help="how many other pairs for each of these"
    )
    parser.add_argument("--epochs", type=float, default=3.5)
    parser.add_argument("--batch", type=int, default=32, help="pairs a step")
    parser.add_argument("--rank", type=int, default=12)
    parser.add_argument("--learning-rate", type=float, default=1.5e-3)
    parser.add_argument(
        "--save-every", type=int, default=100, help="steps from one checkpoint to the next"
    )
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    train(options, plain_translator(options.out))


if __name__ == "__main__":
    main()
