"""A small mT5 that is really trained, in seconds, to two tasks: to copy the first sentence of a text ("Résumé : "), and to
translate it word by word ("English : "). A wrong mask, shift, prefix, special token or conversion then shows in its answers.
"""

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import torch
from transformers import MT5Config, MT5ForConditionalGeneration, T5Tokenizer

from tests.checkpoints import train_sentencepiece, write_json

WORDS: Final = {
    "hébergeur": "host", "éditeur": "publisher", "logiciel": "software", "serveur": "server", "faille": "flaw",
    "réseau": "network", "nuage": "cloud", "clé": "key", "fichier": "file", "disque": "disk", "écran": "screen",
    "client": "customer", "contrat": "contract", "enquête": "inquiry", "région": "region", "équipe": "team",
    "ouvre": "opens", "vend": "sells", "corrige": "mends", "publie": "prints", "achète": "buys", "quitte": "leaves",
    "retarde": "delays", "annonce": "tells", "grand": "big", "petit": "small", "nouveau": "new", "rapide": "fast",
    "public": "open", "secret": "hidden", "lundi": "Monday", "mardi": "Tuesday", "jeudi": "Thursday", "hier": "yesterday",
}  # fmt: skip
PREFIXES: Final = {"summary": "Résumé : ", "translation": "English : "}
STEPS: Final = 900
BATCH: Final = 48
SHORTEST, LONGEST = 3, 6  # words of a sentence


def sentence(chance: random.Random) -> list[str]:
    """Some French words, each once."""
    return chance.sample(list(WORDS), chance.randint(SHORTEST, LONGEST))


def written(words: Sequence[str]) -> str:
    return " ".join(words) + " ."


def english(words: Sequence[str]) -> str:
    return written([WORDS[word] for word in words])


def example(chance: random.Random) -> tuple[str, str]:
    """A source with its prefix, and its target."""
    first = sentence(chance)
    if chance.random() < 0.5:
        return PREFIXES["translation"] + written(first), english(first)
    rest = [written(sentence(chance)) for _ in range(chance.randint(0, 2))]
    return PREFIXES["summary"] + " ".join([written(first), *rest]), written(first)


def train(folder: Path, steps: int = STEPS) -> float:
    """Trains the model, saves it in `folder` as a checkpoint and returns the mean loss of the last steps."""
    torch.manual_seed(0)
    chance = random.Random(0)
    lines = tuple(part for _ in range(300) for part in example(chance))
    train_sentencepiece(folder / "spiece.model", lines, pad_id=0, eos_id=1, unk_id=2, bos_id=-1)
    write_json(folder / "tokenizer_config.json", {"tokenizer_class": "T5Tokenizer", "extra_ids": 0, "model_max_length": 64})
    write_json(folder / "breve.json", {"prefix": PREFIXES, "tasks": list(PREFIXES), "licence": "Apache-2.0"})
    tokenizer = T5Tokenizer.from_pretrained(folder)
    config = MT5Config(
        vocab_size=len(tokenizer), d_model=64, d_kv=16, d_ff=128, num_layers=2, num_heads=4, dropout_rate=0.0,
        decoder_start_token_id=0, pad_token_id=0, eos_token_id=1, relative_attention_num_buckets=32,
    )  # fmt: skip
    model = MT5ForConditionalGeneration(config).train()
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=4e-3, total_steps=steps, pct_start=0.1)
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
