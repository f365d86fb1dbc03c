"""Finds the speaker that a sentence names, and the one to whom the article gives a quotation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from service.checking.word_lists import read_words
from service.facts.statements import Name, Statement, Word
from service.text.calendar import WEEK_DAYS
from service.text.function_words import HAVE, THAT
from service.text.quotation_marks import QUOTATION

LOOK_BACK: Final = 8  # sentences before "a-t-il ajouté" that are searched for its speaker
REACH: Final = 6  # words between a verb and the name of who speaks
PRONOUN_REACH: Final = 4  # words before or behind a verb in which its pronoun stands
MIN_RUN: Final = 3  # the least number of first words by which a quotation is found again
MAX_RUN: Final = 6  # the largest number of them
# How verbs of saying begin.
_SAYS: Final = tuple(sorted(read_words("verbs", "says")))
_SAYS_EXACTLY: Final = read_words("verbs", "says_exactly")
_NOUNS: Final = read_words("verbs", "nouns_like_verbs_of_saying")
_BEFORE_PLACE: Final = read_words("small_words", "where_it_was_said")
_PREPOSITIONS: Final = read_words("small_words", "prepositions")
_ARTICLES: Final = read_words("small_words", "definite_articles", "indefinite_articles")
_PASSED_OVER: Final = frozenset(WEEK_DAYS) | read_words("small_words", "passed_over_after_saying")
_PRONOUNS: Final = read_words("small_words", "personal_pronouns", "nobody_named")


@dataclass(frozen=True)
class Speaker:
    """Who speaks.

    `name_words` are all words of the names that the speaker may have, in plain form. `noun` stands
    in place of a name ("la productrice"). Both are empty where a sentence has only a pronoun.
    `text` is the name or the noun as it is written. `follows`: the name stands behind the verb.
    """

    name_words: frozenset[str] = frozenset()
    noun: str = ""
    text: str = ""
    follows: bool = False


def _says(word: Word) -> bool:
    """True if the word looks like a verb of saying."""
    is_verb = word.plain.startswith(_SAYS) or word.plain in _SAYS_EXACTLY
    return is_verb and word.plain not in _NOUNS and not word.capital and not word.quoted


def find_speaker(statement: Statement, known: frozenset[str]) -> Speaker | None:
    """Returns the speaker that a sentence names outside its quotations; None if nobody speaks.

    `known` are the capitalised words of the article, in plain form.
    """
    words = statement.words
    names = {name.position: name for name in statement.names(known)}
    source = _find_source(words, names)
    if source is not None and not words[source.position - 1].quoted:
        return _make_speaker(source)
    verb = _find_verb_of_saying(words)
    if verb is None:
        return None
    near = words[max(0, verb - PRONOUN_REACH) : verb + PRONOUN_REACH]
    if any(word.plain in _PRONOUNS and not word.quoted for word in near):
        return Speaker()
    noun = _find_noun(words, verb)
    subjects = [
        name
        for position, name in names.items()
        if not words[position].quoted and not _has_preposition(words, position)
    ]
    return (
        _find_speaker_behind(words, verb, names, subjects, noun)
        or _find_speaker_before(words, verb, subjects, noun)
        or Speaker(noun=noun, text=noun)
    )


def _find_source(words: Sequence[Word], names: Mapping[int, Name]) -> Name | None:
    """Returns the first name behind a "selon"."""
    positions = (k + 1 for k in range(len(words)) if k + 1 in names and _is_selon(words, k))
    first = next(positions, None)
    return None if first is None else names[first]


def _find_speaker_behind(
    words: Sequence[Word],
    verb: int,
    names: Mapping[int, Name],
    subjects: Sequence[Name],
    noun: str,
) -> Speaker | None:
    """Returns the speaker between the verb and its "que" ("affirme Jacqueline Dubois").

    Other names behind the verb may be the speaker's too.
    """
    end = next((k for k in range(verb, len(words)) if words[k].plain in THAT), len(words))
    first = next((name for name in subjects if verb < name.position < end), None)
    if first is None or first.position > verb + REACH:
        return None
    parts = [
        name.parts
        for position, name in names.items()
        if verb < position < min(end, verb + 2 * REACH)
        and not _is_where_it_was_said(words, position)
    ]
    return Speaker(frozenset().union(*parts), noun, first.text, True)


def _find_speaker_before(
    words: Sequence[Word], verb: int, subjects: Sequence[Name], noun: str
) -> Speaker | None:
    """Returns the last name before the verb as the speaker.

    Where a noun stands behind the verb, the name must be of the same clause.
    """
    last = next((name for name in reversed(subjects) if name.position < verb), None)
    if last is None or (noun and last.clause != words[verb].clause):
        return None
    return _make_speaker(last)


def _find_verb_of_saying(words: Sequence[Word]) -> int | None:
    """Returns the position of the first verb of saying."""
    return next((position for position, word in enumerate(words) if _says(word)), None)


def _is_selon(words: Sequence[Word], position: int) -> bool:
    """True for "selon", and for a "pour" that begins a sentence or follows a comma."""
    if words[position].plain == "selon":
        return True
    return words[position].plain == "pour" and (position == 0 or words[position - 1].plain == ",")


def _make_speaker(name: Name) -> Speaker:
    return Speaker(name.parts, "", name.text)


def _is_where_it_was_said(words: Sequence[Word], position: int) -> bool:
    """True if the name at `position` is where somebody spoke: "sur France bleu", "à l'AFP"."""
    before = {word.text.lower() for word in words[max(0, position - 2) : position]}
    return words[position].quoted or bool(before & _BEFORE_PLACE)


def _has_preposition(words: Sequence[Word], position: int) -> bool:
    """True if a preposition stands before the name at `position`: "à Paris Match", "de la SNCF".

    Such a name is not the speaker.
    """
    before = ["", "", "", *(word.plain for word in words[max(0, position - 3) : position])]
    third, second, nearest = before[-3:]
    if nearest == "et" and words[position - 2].capital:
        # The second of two names: the preposition stands before the first one.
        return _has_preposition(words, _find_start_of_name(words, position - 2))
    after_article = nearest in _ARTICLES and second in _PREPOSITIONS
    # "la présidente de la région Bretagne"
    after_noun = (
        second in _ARTICLES and third in _PREPOSITIONS and words[position - 1].text.islower()
    )
    return nearest in _PREPOSITIONS or after_article or after_noun


def _find_start_of_name(words: Sequence[Word], end: int) -> int:
    """Returns the position of the first of the capitalised words that end at `end`."""
    start = end
    while start >= 0 and words[start].capital:
        start -= 1
    return start + 1


def _find_noun(words: Sequence[Word], verb: int) -> str:
    """Returns the noun behind the verb, in plain form: "répond la famille"."""
    behind = _read_behind(words, verb)[:2]
    if len(behind) < 2:
        return ""
    article, noun = behind
    return noun.plain if article.plain in _ARTICLES and noun.text.islower() else ""


def find_subject(statement: Statement, known: frozenset[str]) -> Speaker | None:
    """Returns the name that begins the sentence, as its speaker."""
    for name in statement.names(known):
        if name.position <= 1 and not statement.words[name.position].quoted:
            return _make_speaker(name)
    return None


def find_quotation(text: str, article: Sequence[Statement]) -> int | None:
    """Returns the index of the article sentence that holds the first quotation of `text`.

    Its first MIN_RUN to MAX_RUN words are compared.
    """
    for match in QUOTATION.finditer(text):
        quotation = "".join(group or "" for group in match.groups())
        words = Statement(quotation).plain.split()[:MAX_RUN]
        if len(words) >= MIN_RUN:
            run = " ".join(words)
            return next((k for k, statement in enumerate(article) if run in statement.plain), None)
    return None


def wrong_speaker(
    text: Statement, article: Sequence[Statement], known: frozenset[str], best: int
) -> str:
    """Returns the speaker of `text` if the article gives the same words to somebody else.

    Empty otherwise. The words are a quotation of the article or, without one, its sentence at
    `best`.
    """
    quotation = find_quotation(text.text, article)
    if quotation is None and not _ends_with_speaker(text):
        return ""
    index = best if quotation is None else quotation
    speaker = find_speaker(text, known) or find_subject(text, known)
    true_speaker = find_speaker(article[index], known)
    if speaker is None or (quotation is None and true_speaker is None):
        return ""
    if not speaker.name_words:
        return _find_wrong_noun(speaker, true_speaker, text, article, index)
    words = {word.plain for word in article[index].words}
    if speaker.name_words & words and (true_speaker is None or not true_speaker.follows):
        return ""
    if true_speaker is None or not true_speaker.name_words:
        true_speaker = find_subject(article[index], known) or _resolve_pronoun(
            article[:index], known
        )
    if true_speaker is None or not true_speaker.name_words:
        return ""
    return "" if speaker.name_words & true_speaker.name_words else speaker.text


def _ends_with_speaker(text: Statement) -> bool:
    """True for "…, a précisé le ministre".

    The first verb of saying follows a comma, perhaps with an auxiliary between. The speaker follows
    the verb.
    """
    words = [word.plain for word in text.words]
    verb = _find_verb_of_saying(text.words) or 0
    before = words[verb - 2 : verb] if verb > 1 else [""]
    behind_comma = before[-1] == "," or (before[0] == "," and before[-1] in HAVE)
    subject = _read_behind(text.words, verb)[:1]
    return behind_comma and any(word.capital or word.plain in _ARTICLES for word in subject)


def _read_behind(words: Sequence[Word], verb: int) -> list[Word]:
    """Returns the words behind a verb of saying, less adverbs and days."""
    behind = words[verb + 1 : verb + 1 + REACH]
    pairs = zip(behind, [*behind[1:], *behind[-1:]], strict=True)
    return [
        word
        for word, following in pairs
        if word.plain not in _PASSED_OVER and (word.plain, following.plain) != ("par", "ailleurs")
    ]


def _find_wrong_noun(
    speaker: Speaker,
    true_speaker: Speaker | None,
    text: Statement,
    article: Sequence[Statement],
    index: int,
) -> str:
    """Returns the noun of `speaker` if the article's sentence has another noun for its speaker.

    The article must have the noun of `speaker` elsewhere, and `text` must lack the other noun.
    """
    if not speaker.noun or true_speaker is None or not true_speaker.noun:
        return ""
    in_sentence = any(
        word.plain == speaker.noun and not word.quoted for word in article[index].words
    )
    if in_sentence or true_speaker.noun in text.plain.split():
        return ""
    elsewhere = any(speaker.noun in statement.plain.split() for statement in article)
    return speaker.noun if elsewhere else ""


def _resolve_pronoun(before: Sequence[Statement], known: frozenset[str]) -> Speaker | None:
    """Returns whom a pronoun means: the last speaker that was named."""
    for statement in reversed(before[-LOOK_BACK:]):
        speaker = find_speaker(statement, known)
        if speaker is not None and speaker.name_words:
            return speaker
    return None
