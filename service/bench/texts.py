"""The texts that the contenders summarise, all made of one article."""

from dataclasses import dataclass
from itertools import cycle, islice, permutations
from pathlib import Path
from typing import Final, Self

from models.wording import WordedError
from service.reading.reader import read_article

# Only a checkout has this file; an installed copy has not.
BUNDLED: Final = Path(__file__).parents[2] / "examples" / "article.txt"


class BenchError(WordedError):
    """Something cannot be measured. The message says why."""


def bundled_article() -> Path:
    """The bundled article. Raises BenchError where it is not installed."""
    if not BUNDLED.exists():
        raise BenchError(
            "The bundled article comes with the checkout only; name an article with --article FILE."
        )
    return BUNDLED


def add_title(title: str, text: str) -> str:
    """Returns an article as a user pastes it: the title, if any, and the paragraphs.

    `text` has one paragraph on each line.
    """
    heading = f"# {title}\n\n" if title else ""
    return heading + text.replace("\n", "\n\n")


@dataclass(frozen=True)
class BenchArticle:
    """An article: its `text` as read, and the title and paragraphs of which others are made."""

    text: str
    title: str
    paragraphs: tuple[str, ...]

    @classmethod
    def read(cls, path: Path) -> Self:
        """The article in a file. Raises OSError, and ArticleError if it holds none."""
        text = path.read_text(encoding="utf-8")
        article = read_article(text)
        paragraphs = tuple(paragraph.text for paragraph in article.paragraphs)
        return cls(text, article.header.title, paragraphs)

    @property
    def words(self) -> int:
        """How many words the paragraphs have."""
        return sum(len(paragraph.split()) for paragraph in self.paragraphs)

    def reorder_paragraphs(self, number: int) -> str:
        """Returns the same paragraphs in another order: another text, but the same work.

        `number` says which order; six paragraphs have 720.
        """
        orders = cycle(permutations(self.paragraphs))
        order = next(islice(orders, number, None))
        return add_title(self.title, "\n".join(order))

    def make_length(self, words: int) -> str:
        """Returns an article of so many words: the paragraphs repeated, and the last one cut."""
        kept: list[str] = []
        for paragraph in cycle(self.paragraphs):
            kept.append(" ".join(paragraph.split()[:words]))
            words -= len(kept[-1].split())
            if words <= 0:
                break
        return add_title(self.title, "\n".join(kept))
