"""Measures the checks of translations on human translations.

`python -m tests.service.english.translation_set PAIRS.tsv[.gz]` first counts what they find: in a
human translation that is nearly always a false alarm. Then one number of each translation is made
wrong, in one of four ways, which the checks should tell or correct.
"""

import random
import re
import sys
from collections import Counter
from pathlib import Path

from models.engine import Candidate
from service.english.lexicon.glossary import Glossary
from service.english.lexicon.notations import with_month_names
from service.english.post_editing.figures import hold_to_figures
from service.english.target import TranslationChoice
from service.facts.fact import FactKind, Source
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


def count_false_alarms(rows: list[tuple[str, str]]) -> Counter[str]:
    """How many human translations have unfaithful facts, repairs or flaws.

    French sentences that are found to be French are counted too.
    """
    glossary, counts = Glossary.builtin(), Counter[str]()
    for french, english in rows:
        choice = TranslationChoice(french, Source(french), glossary)
        translation = choice.judge(Candidate(english, 1, 0, True))
        kinds = {fact.kind for fact in translation.unfaithful}
        counts["sentences"] += 1
        counts["figures told"] += bool(kinds & FIGURES)
        counts["names told"] += FactKind.NAME in kinds
        counts["with terms"] += bool(glossary.find(french))
        counts["denials told"] += FactKind.NEGATION in kinds
        counts["terms told"] += FactKind.TERM in kinds
        counts["mended"] += translation.repaired > 0
        counts["no translation"] += translation.flaw is not None
        counts["French found out"] += choice.judge(Candidate(french, 1, 0, True)).flaw is not None
    return counts


def corrupt(english: str, kind: str, draw: random.Random) -> str:
    """`english` with one number wrong in one way; unchanged where it has none of that kind."""
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


def count_corrections(rows: list[tuple[str, str]], seed: int = 7) -> dict[str, Counter[str]]:
    """For each way to make a number wrong, how many were told, put right or missed.

    Put right is to the letter or in other words.
    """
    draw = random.Random(seed)
    outcomes = {kind: Counter[str]() for kind in ("digit", "magnitude", "dropped", "unit")}
    for written, english in rows:
        french = with_month_names(written)
        right = hold_to_figures(english, french)
        if not NUMBER.search(english) or right.wrong or right.repaired:
            continue
        kind = draw.choice(list(outcomes))
        wrong = corrupt(english, kind, draw)
        if wrong == english:
            continue
        held = hold_to_figures(wrong, french)
        if held.wrong:
            outcome = "told"
        elif not held.repaired:
            outcome = "missed"
        else:
            is_same = held.text == right.text
            outcome = "put right" if is_same else "put right in other words"
        outcomes[kind][outcome] += 1
    return outcomes


if __name__ == "__main__":
    items = read_items(Path(sys.argv[1]))
    data = [
        (item.source, item.reference) for item in items if len(item.source.split()) >= MIN_WORDS
    ]
    print(dict(count_false_alarms(data)))
    for name, counts in count_corrections(data).items():
        print(f"{name:<10} {sum(counts.values()):>4}  {dict(counts)}")
