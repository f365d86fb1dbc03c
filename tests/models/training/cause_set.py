"""How well invented causes are found: `python -m tests.models.training.cause_set
orangesum_train.jsonl.gz`.

Sentences of abstracts with a cause ("en raison de…"), of articles that support the abstract by the
filter of training (`models/training/examples.py`) with REFERENCE_SHARE. Each is tried as it is,
with the cause of another article, and with one made up of words of its own article behind a noun of
HEADS that it lacks, as small models write them.
"""

import random
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from models.training.examples import is_supported
from service.checking.evidence import MIN_SHARE, EvidenceFinder
from service.text.sentences import sentences
from tests.service.checking.evidence_set import articles

CAUSE = re.compile(
    r"\b(?:en raison|à cause|grâce|faute|à la suite|suite|pour cause|du fait|à l['’]issue|sous la "
    r"pression|sous prétexte|sur fond"
    r"|afin)"
    r" (?:d['’]|de |du |des |à |au |aux )[^,;.:()«»]+",
    re.IGNORECASE,
)
HEADS = (
    "difficulté",
    "crise",
    "concurrence",
    "hausse",
    "baisse",
    "faiblesse",
    "lenteur",
    "fermeture",
    "demande",
    "pression",
)
OWN_WORDS = re.compile(r"\b(?:de la|du|des) ([a-zéèêàç]{4,} [a-zéèêàç]{4,})\b")
REFERENCE_SHARE = 0.6


@dataclass(frozen=True)
class Case:
    """A sentence of an abstract, its cause, and the article."""

    sentence: str
    cause: str
    article: str
    finder: EvidenceFinder

    def flagged(self, cause: str) -> tuple[bool, bool]:
        """With `cause` in the place of its own: whether anything is flagged, and whether only the
        cause is."""
        support = self.finder.support(self.sentence.replace(self.cause, cause))
        facts = (*support.unsupported, *support.scattered)
        alone = (
            bool(facts) and all(fact.text in cause for fact in facts) and support.share >= MIN_SHARE
        )
        return not support.supported, alone


def cases(path: Path) -> Iterator[Case]:
    for row in articles(path).values():
        if not CAUSE.search(row.abstract) or not is_supported(
            f"{row.title}\n{row.article}", row.abstract, REFERENCE_SHARE
        ):
            continue
        finder = row.finder()
        for sentence in sentences(row.abstract):
            if match := CAUSE.search(sentence):
                yield Case(sentence, match.group(), row.article, finder)


def report(name: str, judged: list[tuple[bool, bool]]) -> None:
    kept, alone = sum(not flagged for flagged, _ in judged), sum(alone for _, alone in judged)
    print(f"{name}: {len(judged)}, flagged for the cause alone {alone}, not flagged {kept}")


def main() -> None:
    all_cases = list(cases(Path(sys.argv[1])))
    rng = random.Random(0)
    others = rng.sample([case.cause for case in all_cases], len(all_cases))
    report("references as they are", [case.flagged(case.cause) for case in all_cases])
    report(
        "causes of other articles",
        [case.flagged(cause) for case, cause in zip(all_cases, others, strict=True)],
    )
    made_up = []
    for case in all_cases:
        words = OWN_WORDS.findall(case.article)
        heads = [head for head in HEADS if head not in case.article]
        if words and heads:
            made_up.append(
                case.flagged(f"en raison de la {rng.choice(heads)} de {rng.choice(words)}")
            )
    report("causes made up", made_up)


if __name__ == "__main__":
    main()
