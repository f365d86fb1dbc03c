"""What the checks of translations find and cost, on human translations: `python -m
tests.service.english.translation_set PAIRS.tsv[.gz]`.

A flag or a repair of a human translation is (nearly always) a false alarm. Then one number of each
is made wrong, in one of four ways, and it is counted what becomes of it.
"""

import random
import re
import sys
from collections import Counter
from pathlib import Path

from models.engine import Candidate
from service.english.lexicon.glossary import Glossary
from service.english.post_editing.figures import hold_to_figures
from service.english.translation import TranslationChoice
from service.facts.facts import FactKind, Source
from service.scoring.items import read_items

MIN_WORDS = 4
NUMBER = re.compile(r"(?<![\w.,])\d(?:[\d,]*\d)?(?:\.\d+)?")
SCALES = [("billion", "million"), ("million", "billion")]
UNITS = [
    ("euros", "dollars"), ("dollars", "euros"), ("€", "$"), ("$", "€"), ("%", " euros"),
    ("percent", "euros"),
    ("months", "years"), ("years", "days"), ("days", "weeks"), ("hours", "minutes"),
]  # fmt: skip
FIGURES = {FactKind.NUMBER, FactKind.UNIT, FactKind.DAY}


def false_alarms(rows: list[tuple[str, str]]) -> Counter[str]:
    """How many human translations are told, mended or taken for none, and how many French sentences
    pass for English."""
    glossary, counts = Glossary.builtin(), Counter[str]()
    for french, english in rows:
        choice = TranslationChoice(french, Source(french), glossary)
        read = choice.read(Candidate(english, 1, 0, True))
        kinds = {fact.kind for fact in read.unfaithful}
        counts["sentences"] += 1
        counts["figures told"] += bool(kinds & FIGURES)
        counts["names told"] += FactKind.NAME in kinds
        counts["with terms"] += bool(glossary.find(french))
        counts["denials told"] += FactKind.NEGATION in kinds
        counts["terms told"] += FactKind.TERM in kinds
        counts["mended"] += read.repaired > 0
        counts["no translation"] += read.flaw is not None
        counts["French found out"] += choice.read(Candidate(french, 1, 0, True)).flaw is not None
    return counts


def corrupted(english: str, kind: str, draw: random.Random) -> str:
    """`english` with one number wrong in one way; itself where that cannot be."""
    number = draw.choice(list(NUMBER.finditer(english)))
    before, digits, after = english[: number.start()], number.group(), english[number.end() :]
    if kind == "digit":
        return f"{before}{int(digits[0]) % 9 + 1}{digits[1:]}{after}"
    if kind == "dropped":
        return f"{before}several{after}"
    swaps = SCALES if kind == "magnitude" else UNITS
    swap = next(((old, new) for old, new in swaps if old in english), None)
    if swap is None:
        return f"{before}{digits}0{after}" if kind == "magnitude" and digits.isdigit() else english
    return english.replace(*swap)


def corruptions(rows: list[tuple[str, str]], seed: int = 7) -> dict[str, Counter[str]]:
    """For each way to make a number wrong: how many were told, put right (to the letter or in other
    words), or missed."""
    draw = random.Random(seed)
    found = {kind: Counter[str]() for kind in ("digit", "magnitude", "dropped", "unit")}
    for french, english in rows:
        right = hold_to_figures(english, french)
        if not NUMBER.search(english) or right.wrong or right.repaired:
            continue
        kind = draw.choice(list(found))
        bad = corrupted(english, kind, draw)
        if bad == english:
            continue
        held = hold_to_figures(bad, french)
        same = "put right" if held.text == right.text else "put right in other words"
        found[kind]["told" if held.wrong else same if held.repaired else "missed"] += 1
    return found


if __name__ == "__main__":
    items = read_items(Path(sys.argv[1]))
    data = [
        (item.source, item.reference) for item in items if len(item.source.split()) >= MIN_WORDS
    ]
    print(dict(false_alarms(data)))
    for name, counts in corruptions(data).items():
        print(f"{name:<10} {sum(counts.values()):>4}  {dict(counts)}")
