"""Finds the article of a conversation, and the instructions about it."""

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from service.api.chat.frames import SplitMessage, split_message
from service.reading.article import MIN_WORDS
from service.text.words import count_words

USER: Final = "user"
INSTRUCTING: Final = ("system", "developer")
REPLYING: Final = ("assistant", "model")
# Characters of a remark on an earlier article ("Too long, …"). A longer text is a new article.
MAX_FOLLOW_UP: Final = 300
MAX_TAGS: Final = 1_000  # Block tags that are looked at.
MAX_WORD: Final = 30  # Characters of a word with its space; French ones are hardly ever longer.
# Block tags of HTML. Tags that are usual in Markdown, such as <br>, are left out.
_BLOCK: Final = re.compile(
    r"<(/?)(?:p|div|article|section|h[1-6]|li|ul|blockquote|body|html)(?:\s[^<>]*)?>",
    re.IGNORECASE,
)
_WHOLE_PAGE: Final = re.compile(r"<(?:html|body)[\s>]", re.IGNORECASE)


class NoArticle(Exception):
    """A conversation holds no article. The error's message says what it holds instead."""


@dataclass(frozen=True)
class Message:
    """One message: who says it, and its text."""

    role: str
    text: str


@dataclass(frozen=True)
class Conversation:
    """An article, as text or as HTML, and the instructions about it, the oldest first."""

    instructions: tuple[str, ...]
    article: str
    is_html: bool


def read_conversation(messages: Sequence[Message]) -> Conversation:
    """Finds the article and the instructions of a conversation.

    The article is taken from the last user message that holds one. Programs that send no user
    message put it into the system message. Raises NoArticle.
    """
    replies = [place for place, message in enumerate(messages) if message.role in REPLYING]
    turn = replies[-1] + 1 if replies else 0
    system = [message.text for message in messages if message.role in INSTRUCTING]
    asked = _split_users(messages)
    if (last := _find_last_article(asked)) is not None:
        return _combine(last, [*system, *_instructions(asked)])
    if (last := _find_last_article([*_split_system(system)])) is not None:
        others = [text for text in system if last.article not in text]
        return _combine(last, [*others, last.instruction, *_instructions(asked)])
    # If there is no other article, a text that is too short is taken: the pipeline then says so.
    now = [split_message(message.text) for message in messages[turn:] if message.role == USER]
    if (short := next((message for message in reversed(now) if message.article), None)) is not None:
        return _combine(short, [*system, *(message.instruction for message in asked)])
    raise NoArticle(_describe(messages))


def _split_users(messages: Iterable[Message]) -> list[SplitMessage]:
    """Splits each user message into its instruction and its article."""
    asked: list[SplitMessage] = []
    has_article = is_answered = False  # `is_answered`: a reply follows an article.
    for message in messages:
        if message.role in REPLYING:
            is_answered = has_article
        elif message.role == USER:
            split = split_message(message.text)
            split = _read_follow_up(split) if is_answered else split
            asked.append(split)
            has_article = has_article or _is_long(split)
    return asked


def _read_follow_up(message: SplitMessage) -> SplitMessage:
    """A short text behind an answer, without instruction or title, becomes an instruction."""
    is_named = message.instruction or message.title
    if is_named or len(message.article) > MAX_FOLLOW_UP:
        return message
    return SplitMessage(message.article, "")


def _find_last_article(messages: Sequence[SplitMessage]) -> SplitMessage | None:
    """The last message with an article that is long enough for a summary."""
    return next((message for message in reversed(messages) if _is_long(message)), None)


def _is_long(message: SplitMessage) -> bool:
    # A text longer than `beginning` has MIN_WORDS anyway, so its words are not counted.
    beginning = message.article[: MIN_WORDS * MAX_WORD]
    return len(message.article) > len(beginning) or count_words(beginning) >= MIN_WORDS


def _instructions(messages: Iterable[SplitMessage]) -> list[str]:
    """The instruction of each message, with the rest where that is too short for an article."""
    return [
        message.instruction if _is_long(message) else f"{message.instruction}\n{message.article}"
        for message in messages
    ]


def _split_system(texts: Iterable[str]) -> Iterator[SplitMessage]:
    """Splits the system messages that hold an article on lines of its own, below an instruction."""
    for text in texts:
        message = split_message(text)
        before = text[: text.find(message.article)].rstrip(" \t\"'`«“<")
        if message.instruction and before.endswith(("\n", ">")):
            yield message


def _combine(message: SplitMessage, instructions: Sequence[str]) -> Conversation:
    """Puts the title above the article, and collects the instructions that are not empty."""
    wanted = tuple(text for text in instructions if text)
    if _is_html(message.article):
        return Conversation(wanted, _make_page(message.article, message.title), True)
    title = message.title
    if not title or message.article.lstrip("#* \n").startswith(title):
        return Conversation(wanted, message.article, False)
    return Conversation(wanted, f"{title}\n\n{message.article}", False)


def _is_html(article: str) -> bool:
    """True for a text with at least two block tags, one of them a closing tag."""
    slashes = [tag[1] for tag in islice(_BLOCK.finditer(article), MAX_TAGS)]
    return len(slashes) > 1 and "/" in slashes


def _make_page(article: str, title: str) -> str:
    """Completes HTML to a whole page: feeds send only the part with the article."""
    if _WHOLE_PAGE.search(article):
        return article
    head = f"<head><title>{html.escape(title)}</title></head>" if title else ""
    heading = f"<h1>{html.escape(title)}</h1>" if title else ""
    return f"<html>{head}<body><article>{heading}{article}</article></body></html>"


def _describe(messages: Sequence[Message]) -> str:
    if any(message.text.strip() for message in messages if message.role == USER):
        return (
            "there is an instruction and no article; send the article below it, or in a message of "
            "its own"
        )
    return "no message of the user holds a text"
