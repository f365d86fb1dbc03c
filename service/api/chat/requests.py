"""Turns a chat completion request into a summary request."""

from dataclasses import dataclass

from service.api.chat.bodies import ChatBody
from service.api.chat.conversations import Message, NoArticle, read_conversation
from service.api.chat.options import NotOffered, Options, limit_words, read_options
from service.api.contract.problems import ApiError
from service.api.contract.requests import SummarizeBody
from service.text.words import TOKENS_PER_WORD

FIELD = "messages"
# Characters that all messages may have beyond the most for an article.
MAX_BESIDE_ARTICLE = 20_000


@dataclass(frozen=True)
class ChatRequest:
    """The summary request of a chat, its options, and the text of all messages (`prompt`)."""

    body: SummarizeBody
    options: Options
    prompt: str


def read_chat(body: ChatBody, max_characters: int) -> ChatRequest:
    """Reads the summary request of a chat. `max_characters` is the most that an article may have.

    Raises ApiError where the chat holds no article, too much text, or options that are not offered.
    """
    messages = [Message(message.role.lower(), message.content or "") for message in body.messages]
    prompt = "\n".join(message.text for message in messages)
    _check(body, len(prompt), max_characters + MAX_BESIDE_ARTICLE)
    try:
        conversation = read_conversation(messages)
        options = read_options(*conversation.instructions)
    except NoArticle as error:
        raise ApiError(422, "no_article", f"{FIELD}: {error}.", field=FIELD) from None
    except NotOffered as error:
        raise ApiError(422, "not_supported", f"{FIELD}: {error}.", field=FIELD) from None
    source = {"html" if conversation.is_html else "text": conversation.article}
    asked = SummarizeBody(
        **source,
        language=options.language,
        length=options.length,
        max_words=_most_words(body, options),
        format=options.layout,
    )
    return ChatRequest(asked, options, prompt)


def _check(body: ChatBody, characters: int, most: int) -> None:
    """Refuses messages that are too long to be read, and forms of answers that are not served."""
    if characters > most:
        detail = f"{FIELD}: at most {most} characters are allowed in all, {characters} were given."
        raise ApiError(422, "text_too_long", detail, field=FIELD)
    if body.response_format is not None and body.response_format.type != "text":
        name = body.response_format.type
        detail = f"response_format: the answer is a text; {name!r} is not served."
        raise ApiError(422, "not_supported", detail, field="response_format")


def _most_words(body: ChatBody, options: Options) -> int | None:
    """The most words of the summary, by the options and by the limit of tokens."""
    limits = [limit for limit in (body.max_tokens, body.max_completion_tokens) if limit]
    by_tokens = limit_words(options.length, int(min(limits) / TOKENS_PER_WORD)) if limits else None
    return min((words for words in (options.max_words, by_tokens) if words), default=None)
