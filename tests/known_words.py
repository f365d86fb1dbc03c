"""Which words and phrases of `service/press_words.toml` the built-in model translates rightly by itself.

    python -m tests.known_words ARTICLES [--words FILE] [--part K/N]

ARTICLES is a `.jsonl` file of French articles, also gzipped. Of each word of the table CONTEXTS short passages are translated as
they are; if the English of the table is in all of them, in any form, the word is printed: it may go, since a sentence with less
English in it is translated more fluently.
"""

import argparse
import gzip
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from itertools import chain, islice
from pathlib import Path
from typing import Final

from models.engine import Engine, GenerateRequest, Task
from models.loading import load_engine
from service.press_words import MAX_WORDS, entry_ends, lemmas, table

CONTEXTS: Final = 2
WORDS_BEFORE: Final = 6
WORDS_BEHIND: Final = 5
BATCH: Final = 48
MAX_TOKENS: Final = 40
_WORD: Final = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


def texts_of(path: Path) -> Iterator[str]:
    """The abstracts and bodies of a file of articles."""
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            yield " ".join(row.get(name) or "" for name in ("abstract", "text", "article")).replace("’", "'")


def contexts(texts: Iterable[str], wanted: Set[str]) -> dict[str, list[str]]:
    """Up to CONTEXTS passages for each of the `wanted` words and phrases that stands in the texts, in lower case."""
    found: dict[str, list[str]] = defaultdict(list)
    beginnings = {word.group() for entry in wanted if (word := _WORD.match(entry))}
    for text in texts:
        words = list(_WORD.finditer(text))
        for number, word in enumerate(words):
            if word.group() in beginnings:
                for end in chain.from_iterable(entry_ends(text, last) for last in words[number : number + MAX_WORDS]):
                    entry = text[word.start() : end]
                    if entry in wanted and len(found[entry]) < CONTEXTS:
                        found[entry].append(_passage(text, word.start(), end))
    return found


def _passage(text: str, start: int, end: int) -> str:
    before = text[:start].split(" ")[-WORDS_BEFORE - 1 :]
    behind = text[end:].split(" ")[: WORDS_BEHIND + 1]
    return " ".join((" ".join(before) + text[start:end] + " ".join(behind)).split()).strip(' "«»')


def known(engine: Engine, passages: Mapping[str, list[str]]) -> Iterator[str]:
    """The words of which every passage is translated with the table's English."""
    asked = sorted(((passage, word) for word, several in passages.items() for passage in several), key=lambda one: len(one[0]))
    right: dict[str, int] = defaultdict(int)
    for start in range(0, len(asked), BATCH):
        part = asked[start : start + BATCH]
        requests = [GenerateRequest(Task.TRANSLATION, passage, MAX_TOKENS, candidates=1) for passage, _ in part]
        for (_, word), result in zip(part, engine.generate(requests), strict=True):
            right[word] += lemmas(table()[word]) <= lemmas(result.candidates[0].text)
    return (word for word, several in passages.items() if len(several) == CONTEXTS == right[word])


def main() -> None:
    """Reads the command line, prints the known words."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", type=Path)
    parser.add_argument("--words", type=Path, help="only these, one a line")
    parser.add_argument("--part", default="1/1", help="every N-th word, from the K-th one on: 1/2, 2/2")
    parser.add_argument("--model", default="breve-270m")
    arguments = parser.parse_args()
    first, step = map(int, arguments.part.split("/"))
    given = arguments.words.read_text(encoding="utf-8").splitlines() if arguments.words else list(table())
    wanted = frozenset(islice(sorted(given), first - 1, None, step))
    for word in known(load_engine(arguments.model, 1), contexts(texts_of(arguments.articles), wanted)):
        print(word)


if __name__ == "__main__":
    main()
