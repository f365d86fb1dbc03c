"""Writes the model's own answers to training examples, each with its reward.

    python -m models.training.candidates --data DIR --out FILE [--task translation] [--count N]
    [--skip N] [--part K/N]

Training learns to prefer answers with a higher reward (its option `--candidates`): a model trained
on references alone never sees its own mistakes. Several answers are drawn for each example.

- The reward of a summary is the mean of its ROUGE-1, -2 and -L against the reference, minus
  `FOREIGN_COST` if it has a number or name that the article lacks.
- The reward of a translation is the mean of its BLEU and chrF against the reference.

A run that was stopped goes on where it was. Source of the idea: Shen et al., "Minimum Risk Training
for Neural Machine Translation", 2016 (arXiv:1512.02433).
"""

import argparse
import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import torch

from models.engine import Engine, GenerateRequest, ModelError, Task
from models.loading import load_engine
from models.prompts import marker
from models.scoring.rouge import rouge
from models.scoring.support import foreign_facts
from models.training.examples import Branch, Example, article_examples, pair_examples

# The most words of an article that the model is shown, about 400 tokens.
WINDOW_WORDS: Final = 260
CANDIDATES: Final = {Task.SUMMARY: 6, Task.TRANSLATION: 4}
# Answers are drawn, not searched for: the best of four candidates of a beam search is only 0.02
# better than their mean. They are too alike to learn from.
TEMPERATURE: Final = 0.7
BATCH: Final = 8
MAX_TOKENS: Final = 100
# The lengths in words that prompts ask for: that of the product, and a somewhat longer one.
ASKED_WORDS: Final = (30, 40)
FOREIGN_COST: Final = 0.2
SEED: Final = 11


def reward(source: str, reference: str, text: str) -> float:
    """How good `text` is as a summary of `source`, from -FOREIGN_COST to 1."""
    scores = rouge(reference, text).values()
    return sum(scores) / len(scores) - FOREIGN_COST * bool(foreign_facts(source, text))


def shown(source: str, whole: int = WINDOW_WORDS) -> str:
    """The beginning of a source that the model is shown; all of a source of up to `whole` words.

    It ends where a line or a sentence ends, if one does in its second half.
    """
    pieces = source.split(" ")
    if len(pieces) <= whole:
        return source
    start = " ".join(pieces[:WINDOW_WORDS])
    end = max(start.rfind(mark) for mark in (". ", ".\n", "! ", "? "))
    return start[: end + 1] if end > len(start) / 2 else start


def translation_reward(reference: str, text: str) -> float:
    """How good `text` is as a translation, compared with the `reference`, from 0 to 1."""
    from sacrebleu import sentence_bleu, sentence_chrf

    bleu: float = sentence_bleu(text, [reference]).score
    chrf: float = sentence_chrf(text, [reference]).score
    return (bleu + chrf) / 200


def _reward(task: Task, example: Example, text: str) -> float:
    reference = example.branches[0].target
    if task is Task.SUMMARY:
        return reward(example.source, reference, text)
    return translation_reward(reference, text)


def _request(task: Task, example: Example, rng: random.Random) -> GenerateRequest:
    words = rng.choice(ASKED_WORDS) if task is Task.SUMMARY else 0
    return GenerateRequest(
        task, shown(example.source), MAX_TOKENS, words, CANDIDATES[task], temperature=TEMPERATURE
    )


def rows(
    engine: Engine, examples: Sequence[Example], task: Task = Task.SUMMARY, seed: int = SEED
) -> Iterator[dict[str, Any]]:
    """One row for each example, of a JSON lines file.

    A row has the shown part of the source, the example's own targets, the marker of the candidates,
    and the candidates with their rewards.
    """
    rng = random.Random(seed)
    for start in range(0, len(examples), BATCH):
        part = examples[start : start + BATCH]
        requests = [_request(task, example, rng) for example in part]
        results = engine.generate(requests)
        for example, request, result in zip(part, requests, results, strict=True):
            finished = [candidate for candidate in result.candidates if candidate.finished]
            texts = dict.fromkeys(candidate.text for candidate in finished)
            yield {
                "source": request.text,
                "branches": [[branch.marker, branch.target] for branch in example.branches],
                "marker": marker(request),
                "candidates": [[text, round(_reward(task, example, text), 4)] for text in texts],
            }


def candidate_examples(path: Path, rng: random.Random) -> list[Example]:
    """The examples of a file that this module wrote, shuffled, with targets and candidates."""
    examples = []
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        branches = [Branch(asked, target) for asked, target in row["branches"]]
        branches += [Branch(row["marker"], text, reward=value) for text, value in row["candidates"]]
        examples.append(Example(row["source"], tuple(branches)))
    rng.shuffle(examples)
    return examples


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--data",
        type=Path,
        required=True,
        help="folder of orangesum_train.jsonl.gz and fr_en_train.tsv.gz",
    )
    parser.add_argument(
        "--out",
        type=Path,
        required=True,
        help="file of JSON lines; an earlier run there is resumed",
    )
    parser.add_argument("--task", type=Task, choices=list(CANDIDATES), default=Task.SUMMARY)
    parser.add_argument("--count", type=int, default=2000, help="examples")
    parser.add_argument(
        "--skip",
        type=int,
        default=0,
        help="how many examples to leave out first, such as those of an earlier run",
    )
    parser.add_argument(
        "--part", default="1/1", help="which part of the examples, for several processes: 1/2, 2/2"
    )
    parser.add_argument(
        "--model", default="breve-270m", help="the model that writes the candidates"
    )
    return parser.parse_args()


def _chosen_examples(arguments: argparse.Namespace) -> list[Example]:
    """The examples that the command line asks for."""
    part, parts = map(int, arguments.part.split("/"))
    read = article_examples if arguments.task is Task.SUMMARY else pair_examples
    examples = read(arguments.data, random.Random(SEED))
    wanted = examples[arguments.skip :][: arguments.count]
    return wanted[part - 1 :: parts]


def main() -> None:
    """Reads the command line, writes candidates."""
    arguments = _arguments()
    examples = _chosen_examples(arguments)
    done = 0
    if arguments.out.exists():
        whole, end, _ = arguments.out.read_bytes().rpartition(b"\n")
        arguments.out.write_bytes(whole + end)  # Without a line that a stopped run left unfinished.
        done = len(whole.splitlines())
    engine = load_engine(arguments.model, torch.get_num_threads())
    if not engine.describe().draws:
        raise ModelError(f"{arguments.model} runs on an engine that draws no answers.")
    with arguments.out.open("a", encoding="utf-8") as out:
        new_rows = rows(engine, examples[done:], arguments.task, SEED + done)
        for number, row in enumerate(new_rows, done + 1):
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
            out.flush()
            if number % (6 * BATCH) == 0:
                print(number, "of", len(examples), flush=True)


if __name__ == "__main__":
    main()
