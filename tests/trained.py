"""A small mT5 that is really trained, in seconds, to two tasks: to copy the news at the head of a
text ("Résumé : "), and to translate it word by word ("English : "). A wrong mask, shift, prefix,
special token or conversion then shows in its answers.
"""

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import torch
from transformers import MT5Config, MT5ForConditionalGeneration, T5Tokenizer

from tests.checkpoints import train_sentencepiece, write_json

# A sentence is a subject, a verb, an object and perhaps a day: the order is given by the kind of
# word, which a small model learns in seconds (to copy words in any order takes it minutes: T5
# numbers no positions).
KINDS: Final = (
    {"Hébergeur": "Host", "Éditeur": "Publisher", "Opérateur": "Carrier", "Fabricant": "Maker",
    "Libraire": "Bookshop",
     "Assureur": "Insurer"},
    {"ouvre": "opens", "vend": "sells", "corrige": "mends", "achète": "buys", "quitte": "leaves",
    "retarde": "delays"},
    {"logiciel": "software", "serveur": "server", "réseau": "network", "nuage": "cloud",
    "fichier": "file", "écran": "screen"},
    {"lundi": "Monday", "mardi": "Tuesday", "jeudi": "Thursday", "hier": "yesterday"},
)  # fmt: skip
# What follows the news in a text, and must not follow it in a summary.
BACKGROUND: Final = (
    "rappel",
    "contexte",
    "pluie",
    "marché",
    "depuis",
    "toujours",
    "ailleurs",
    "encore",
)
WORDS: Final = {french: english for kind in KINDS for french, english in kind.items()}
PREFIXES: Final = {"summary": "Résumé : ", "translation": "English : "}
STEPS: Final = 220
BATCH: Final = 32


def sentence(chance: random.Random) -> list[str]:
    """Three or four French words."""
    kinds = KINDS if chance.random() < 0.5 else KINDS[:3]
    return [chance.choice(list(kind)) for kind in kinds]


def written(words: Sequence[str]) -> str:
    return " ".join(words) + " ."


def english(words: Sequence[str]) -> str:
    return written([WORDS[word] for word in words])


def article(first: Sequence[str], chance: random.Random) -> str:
    """A text that begins with the news."""
    rest = [
        written(chance.choices(BACKGROUND, k=chance.randint(2, 5)))
        for _ in range(chance.randint(0, 2))
    ]
    return " ".join([written(first), *rest])


def example(chance: random.Random) -> tuple[str, str]:
    """A source with its prefix, and its target."""
    first = sentence(chance)
    if chance.random() < 0.5:
        return PREFIXES["translation"] + written(first), english(first)
    return PREFIXES["summary"] + article(first, chance), written(first)


def train(folder: Path, steps: int = STEPS) -> float:
    """Trains the model, saves it in `folder` as a checkpoint and returns the mean loss of the last
    steps."""
    torch.manual_seed(0)
    chance = random.Random(0)
    lines = tuple(part for _ in range(300) for part in example(chance))
    train_sentencepiece(
        folder / "spiece.model", lines, model_type="word", pad_id=0, eos_id=1, unk_id=2, bos_id=-1
    )
    write_json(
        folder / "tokenizer_config.json",
        {"tokenizer_class": "T5Tokenizer", "extra_ids": 0, "model_max_length": 48},
    )
    write_json(
        folder / "breve.json",
        {"prefix": PREFIXES, "tasks": list(PREFIXES), "licence": "Apache-2.0"},
    )
    tokenizer = T5Tokenizer.from_pretrained(folder)
    config = MT5Config(
        vocab_size=len(tokenizer), d_model=64, d_kv=16, d_ff=128, num_layers=2, num_heads=4,
        dropout_rate=0.0,
        decoder_start_token_id=0, pad_token_id=0, eos_token_id=1, relative_attention_num_buckets=32,
    )  # fmt: skip
    model = MT5ForConditionalGeneration(config).train()
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=4e-3, total_steps=steps, pct_start=0.1
    )
    losses = []
    for _ in range(steps):
        sources, targets = zip(*(example(chance) for _ in range(BATCH)), strict=True)
        batch = tokenizer(list(sources), padding=True, return_tensors="pt")
        labels = tokenizer(list(targets), padding=True, return_tensors="pt").input_ids
        loss = model(**batch, labels=labels.masked_fill(labels == 0, -100)).loss
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        losses.append(float(loss.detach()))
    model.save_pretrained(folder)
    return sum(losses[-20:]) / 20
