"""Constrained decoding: whatever a model would write, its numbers and names are the source's."""

import logging
import random
import re
import time
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer, models, pre_tokenizers, trainers

from models.constraint import CACHE_BYTES, DAYS, FactConstraint, Pieces
from models.scoring.support import foreign_facts
from service.english.target import TranslationChoice
from service.facts.fact import Source

ROOT = Path(__file__).parents[2]
SOURCE = (ROOT / "examples" / "article.txt").read_text(encoding="utf-8").replace("’", "'")
TOKENIZER = Tokenizer.from_file(str(ROOT / "models" / "builtin" / "tokenizer.json"))


@pytest.fixture(scope="module")
def pieces() -> Pieces:
    vocabulary = TOKENIZER.get_vocab()
    return Pieces(
        sorted(vocabulary, key=vocabulary.__getitem__),
        {vocabulary[f"<{name}>"] for name in ("pad", "eos", "bos")},
    )


@pytest.fixture(scope="module")
def constraint(pieces: Pieces) -> FactConstraint:
    return FactConstraint(pieces, SOURCE)


def first_banned(
    constraint: FactConstraint, pieces: Pieces, text: str, tokenizer: Tokenizer = TOKENIZER
) -> str | None:
    """The first token of `text`, ended, that may not follow what is before it; None if all may."""
    tokens = [
        *tokenizer.encode(" " + text, add_special_tokens=False).ids,
        tokenizer.get_vocab()["<eos>"],
    ]
    for k, token in enumerate(tokens):
        if constraint.banned(tokens[:k])[token]:
            return pieces.texts[token].strip() or "end"
    return None


TRUE = [
    "Nuagis rachète Datavallée pour 45 millions d'euros, a appris Le Courrier du numérique.",
    "L'hébergeur lillois emploiera 620 personnes et l'Autorité de la concurrence se prononcera le "
    "30 juin.",
    "Son chiffre d'affaires a progressé de 18 % en 2024, à 96,5 millions d'euros.",
    "À Lille, Nuagis attendait la qualification SecNumCloud depuis deux ans.",
    "Nuagis a signé mardi le rachat.",
    "Mutalis est parti chez Amazon Web Services. Les salariés seront repris.",
    "Les pertes de l'État sur Internet atteignaient 7,2 millions d'euros.",
    "« Nous avions les clients », explique Anne Leroy.",
]


@pytest.mark.parametrize("text", TRUE)
def test_what_the_source_says_may_be_written(
    constraint: FactConstraint, pieces: Pieces, text: str
) -> None:
    assert first_banned(constraint, pieces, text) is None


@pytest.mark.parametrize(
    ("text", "banned"),
    [
        ("Nuagis rachète OVH pour 45 millions.", "OV"),
        ("Le groupe Orange rachète Nuagis.", "Orange"),
        ("Le groupe emploiera 640 personnes.", "4"),
        ("Le groupe emploiera 62 personnes.", "personnes"),
        ("Les ventes atteignent 96,7 millions.", "7"),
        ("La hausse est de 1 %.", "%."),
        ("Le site de Lyon ferme.", "Lyon"),
        ("La filiale d'Atos ferme.", "os"),
        ("La société Data ferme.", "ferme"),
        ("Le rachat de 45 620 actions.", "6"),
        ("En 2025, 96 salariés partent.", "salariés"),
        ("Nuagis a annoncé jeudi un rachat.", "jeudi"),
        ("L'hébergeur (OVH) rachète Nuagis.", "OV"),
    ],
)
def test_what_the_source_lacks_may_not(
    constraint: FactConstraint, pieces: Pieces, text: str, banned: str
) -> None:
    assert first_banned(constraint, pieces, text) == banned


def test_grouped_numbers_may_be_written_either_way(pieces: Pieces) -> None:
    constraint = FactConstraint(pieces, "Le site compte 1\u202f200 serveurs, 45M€ et 10 Go.")
    for text in (
        "Il compte 1 200 serveurs.",
        "Il compte 1200 serveurs.",
        "Il coûte 45 millions.",
        "Il coûte 45M€.",
    ):
        assert first_banned(constraint, pieces, text) is None
    assert first_banned(constraint, pieces, "Il compte 200 serveurs.") == "2"
    assert first_banned(constraint, pieces, "Il compte 1 serveur.") == "serveur"


@pytest.mark.parametrize("seed", range(40))
def test_a_model_that_writes_anything_invents_no_fact(
    constraint: FactConstraint, pieces: Pieces, seed: int
) -> None:
    """A random writer with a liking for capitals and digits, judged by the independent test."""
    rng = np.random.default_rng(seed)
    weights = np.ones(pieces.size)
    weights[
        [
            any(character.isupper() or character.isdigit() for character in text)
            for text in pieces.texts
        ]
    ] = 20.0
    weights[[pieces.ids[text][0] for text in ("0", "1", "2", "4", "6", " ")]] = 3000.0
    # What begins a sentence or a quotation is free, and two points in a word confuse the judge.
    weights[
        [
            k
            for k, text in enumerate(pieces.texts)
            if not text or not set(text) <= set(" ,'") | _letters(text)
        ]
    ] = 0.0
    tokens = [pieces.ids[" a"][0]]
    for _ in range(60):
        chances = np.where(constraint.banned(tokens), 0.0, weights)
        tokens.append(int(rng.choice(pieces.size, p=chances / chances.sum())))
    text = pieces.text(tokens).rsplit(" ", 1)[0]  # the last word may be unfinished
    assert [
        fact
        for fact in foreign_facts(SOURCE + " État États Internet Web MM Mmes", text)
        if len(fact) > 1
    ] == []


def _letters(text: str) -> set[str]:
    return {character for character in text if character.isalnum()}


def test_a_source_without_facts_leaves_a_way_to_end(pieces: Pieces) -> None:
    constraint = FactConstraint(pieces, "rien")
    rng = random.Random(1)
    tokens: list[int] = []
    for _ in range(50):
        allowed = np.flatnonzero(~constraint.banned(tokens))
        assert len(allowed)
        tokens.append(int(rng.choice(list(allowed))))


def test_a_translation_is_held_to_the_english_forms_of_its_facts(pieces: Pieces) -> None:
    french = (
        "EasyJet supprime 1 200 emplois, soit 3,5 % du total, a dit mardi son directeur à Londres."
    )
    held = FactConstraint(pieces, TranslationChoice(french, Source(french)).facts)
    english = (
        "The British airline EasyJet is cutting 1,200 jobs, or 3.5% of the total, its director "
        "said in London on Tuesday."
    )
    assert first_banned(held, pieces, english.replace("British ", "")) is None
    for true, wrong in (
        ("EasyJet", "Airways"),
        ("1,200", "1,300"),
        ("London", "Madrid"),
        ("Tuesday", "Friday"),
    ):
        assert (
            first_banned(held, pieces, english.replace("British ", "").replace(true, wrong))
            is not None
        )
    assert first_banned(held, pieces, english) is not None


@pytest.fixture(scope="module")
def of_bytes() -> Tokenizer:
    """A tokenizer whose tokens are bytes, as those of GPT-2, BART, Llama 3 and Qwen are."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=600, special_tokens=["<eos>"], initial_alphabet=alphabet, show_progress=False
    )
    tokenizer.train_from_iterator([SOURCE], trainer)
    return tokenizer


def test_tokens_of_bytes(of_bytes: Tokenizer) -> None:
    pieces = Pieces.of_rows(of_bytes.get_vocab(), {0}, of_bytes.get_vocab_size())
    constraint = FactConstraint.of(pieces, SOURCE)
    assert constraint is not None
    assert pieces.text(of_bytes.encode("L'été à Lille").ids) == "L'été à Lille"
    assert [first_banned(constraint, pieces, text, of_bytes) for text in TRUE] == [None] * len(TRUE)
    for text in (
        "Le groupe Orange rachète Nuagis.",
        "Le groupe emploiera 640 personnes.",
        "Le site de Lyon ferme.",
    ):
        assert first_banned(constraint, pieces, text, of_bytes) is not None


def test_a_vocabulary_that_marks_no_words_gives_no_rule(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "breve"):
        pieces = Pieces.of_rows({"le": 0, "##s": 1}, (), 2)
    assert "marks no words" in caplog.text
    assert FactConstraint.of(pieces, SOURCE) is None


def test_rows_without_a_token_write_nothing() -> None:
    pieces = Pieces.of_rows({"▁le": 0, "▁Le": 3, "<image>": 9}, (), 5)
    assert (pieces.size, pieces.texts) == (5, [" le", "", "", " Le", ""])


MEGABYTE = 2**20
LONG_UNITS = ["a", "1 000 ", "1,", "3f9a"]


@pytest.mark.parametrize("unit", LONG_UNITS)
def test_a_long_word_or_number_takes_little_memory_and_time(pieces: Pieces, unit: str) -> None:
    source = (unit * 200_000)[:200_000]
    beginnings = [
        TOKENIZER.encode(text, add_special_tokens=False).ids
        for text in ("", " Le", unit[:3], unit * 9)
    ]
    started = time.process_time()
    constraint = FactConstraint(pieces, source)
    for beginning in beginnings:
        constraint.banned(beginning)
    assert time.process_time() - started < 1
    tracemalloc.start()
    constraint = FactConstraint(pieces, source)
    for beginning in beginnings:
        constraint.banned(beginning)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 50 * MEGABYTE


@pytest.mark.parametrize("unit", LONG_UNITS)
def test_a_long_word_or_number_may_still_be_written(pieces: Pieces, unit: str) -> None:
    word = (unit * 40).strip(" ,")[:90]
    constraint = FactConstraint(pieces, f"Le code est {word}.")
    assert first_banned(constraint, pieces, f"Il est {word}.") is None


def test_the_kept_constraints_are_bounded_in_bytes(pieces: Pieces) -> None:
    kept = [
        FactConstraint.of(pieces, f"{number} " + "Le site coûte 3f9a euros. " * 8_000)
        for number in range(12)
    ]
    sizes = [constraint.bytes for constraint in kept if constraint is not None]
    assert sum(sizes) > CACHE_BYTES
    assert FactConstraint.of(pieces, f"{11} " + "Le site coûte 3f9a euros. " * 8_000) is kept[11]
    assert FactConstraint.of(pieces, f"{0} " + "Le site coûte 3f9a euros. " * 8_000) is not kept[0]


def test_the_stated_bytes_of_a_constraint_are_no_less_than_it_takes(pieces: Pieces) -> None:
    rng = random.Random(1)
    words = ["".join(rng.choices("abcdefABC123", k=rng.randint(2, 9))) for _ in range(20_000)]
    for source in (SOURCE, " ".join(words), "; ".join(words)):
        tracemalloc.start()
        constraint = FactConstraint(pieces, source)
        constraint.banned([])
        constraint.banned(TOKENIZER.encode(" le", add_special_tokens=False).ids)
        taken = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        assert taken <= constraint.bytes


ODD_TOKENS = [
    " ǅx",
    "²",
    "x²",
    " lundi",
    "lundi",
    "_a",
    " a_b",
    "ÉTÉ",
    "文",
    "ª",
    " a b",
    "a B",
    "ß",
]


def is_marked(word: str) -> bool:
    return word in DAYS or any(character.isupper() or character.isdigit() for character in word)


@pytest.mark.parametrize("tokens", [["▁a", *ODD_TOKENS], list(TOKENIZER.get_vocab())])
def test_what_tokens_write(tokens: list[str]) -> None:
    pieces = Pieces(tokens, ())
    words = [re.findall(r"[^\W_]+", text) for text in pieces.texts]
    begins = [text[:1].isalnum() for text in pieces.texts]
    heads = [some[0] if inside else "" for some, inside in zip(words, begins, strict=True)]
    several = [len(some) > 1 and inside for some, inside in zip(words, begins, strict=True)]
    names = [len(some) == 1 and is_marked(some[0]) for some in words]
    assert pieces.marks_word.tolist() == list(map(is_marked, heads))
    assert pieces.several.tolist() == several
    assert pieces.names.tolist() == names
    assert {piece.token for piece in pieces.compound} == {
        token for token, some in enumerate(words) if len(some) > 1 and any(map(is_marked, some))
    }
