"""Who says what: the speaker that a sentence names, and the speaker that the article gives to a
quotation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from service.facts.quotations import QUOTATION
from service.facts.statements import Name, Statement, Word
from service.text.calendar import WEEK_DAYS
from service.text.function_words import ARTICLES, HAVE, SUBJECT_PRONOUNS, THAT

LOOK_BACK: Final = 8  # sentences in which "a-t-il ajouté" may find its speaker
REACH: Final = 6  # words between a verb and the name of who speaks
MIN_RUN: Final = 3  # words by which a quotation is found again
_SAYS: Final = tuple(
    (
        "annonc declar affirm expliq indiqu precis ajout assur estim soulign confie ecri rappel "
        "poursui conclu reagi "
        "denonc repon "
        "lanc insist tweet rapport revel juge regrett salu promet promis previen preven averti "
        "abond deplor martel temoign "
        "racont justifi plaid avanc nuanc detaill comment reconn dement admet admis repet retorq "
        "repliq ironis exclam "
        "confess "
        "fustig maintien consider critiq"
    ).split()
)
_SAYS_EXACTLY: Final = frozenset("dit dis disent disait note notent".split())
_NO_VERBS: Final = frozenset(
    "commentaire commentaires rapport rapports annonces lanceur lanceurs critique critiques".split()
)
_PLACES: Final = frozenset("à au aux sur dans auprès en chez".split())
_OF_OTHERS: Final = frozenset(
    "a au aux sur dans aupres de d du des par en chez lors pour devant avec contre selon".split()
)
_ARTICLES: Final = ARTICLES
# What stands between a verb of saying and its subject, and "par ailleurs".
_BETWEEN: Final = frozenset(
    (*WEEK_DAYS, *"ainsi notamment egalement aussi ensuite ailleurs".split())
)
_PRONOUNS: Final = SUBJECT_PRONOUNS


@dataclass(frozen=True)
class Speaker:
    """Who speaks: `name`, all words of the names that may be theirs, where a sentence names
    somebody; `noun` where it says "la productrice"; neither where it has a pronoun. `follows`: the
    name follows the verb ("affirme Jacqueline Dubois")."""

    name: frozenset[str] = frozenset()
    noun: str = ""
    text: str = ""
    follows: bool = False


def says(word: Word) -> bool:
    """True if the word looks like a verb of saying."""
    verb = word.plain.startswith(_SAYS) or word.plain in _SAYS_EXACTLY
    return verb and word.plain not in _NO_VERBS and not word.capital and not word.quoted


def speaker(statement: Statement, known: frozenset[str]) -> Speaker | None:
    """The speaker that the words outside the quotations of `statement` give, or None where nothing
    is said."""
    words = statement.words
    names = {name.position: name for name in statement.names(known)}
    source = next(
        (k for k, word in enumerate(words) if _according(words, k) and k + 1 in names), None
    )
    if source is not None and not words[source].quoted:
        return _named(names[source + 1])
    verb = _verb(words)
    if verb is None:
        return None
    near = {word.plain for word in words[max(0, verb - 4) : verb + 4] if not word.quoted}
    if near & _PRONOUNS:
        return Speaker()
    noun = _noun(words, verb)
    own = [name for k, name in names.items() if not words[k].quoted and _own(words, k)]
    return (
        _behind_verb(words, verb, names, own, noun)
        or _before_verb(words, verb, own, noun)
        or Speaker(noun=noun, text=noun)
    )


def _behind_verb(
    words: Sequence[Word], verb: int, names: Mapping[int, Name], own: Sequence[Name], noun: str
) -> Speaker | None:
    """The speaker named behind the verb and before its "que" ("affirme Jacqueline Dubois"), with
    the names beside theirs."""
    that = next((k for k in range(verb, len(words)) if words[k].plain in THAT), len(words))
    first = next((name for name in own if verb < name.position < that), None)
    if first is None or first.position > verb + REACH:
        return None
    parts = [
        name.parts
        for k, name in names.items()
        if verb < k < min(that, verb + 2 * REACH) and not _in_place(words, k)
    ]
    return Speaker(frozenset().union(*parts), noun, first.text, True)


def _before_verb(
    words: Sequence[Word], verb: int, own: Sequence[Name], noun: str
) -> Speaker | None:
    """The last one named before the verb; beside a noun behind it only one of the same clause."""
    last = next((name for name in reversed(own) if name.position < verb), None)
    return _named(last) if last and (not noun or last.clause == words[verb].clause) else None


def _verb(words: Sequence[Word]) -> int | None:
    """The place of the first verb of saying."""
    return next((k for k, word in enumerate(words) if says(word)), None)


def _according(words: Sequence[Word], k: int) -> bool:
    """True for "selon", and for a "pour" that begins a sentence or follows a comma."""
    return words[k].plain == "selon" or (
        words[k].plain == "pour" and (k == 0 or words[k - 1].plain == ",")
    )


def _named(name: Name) -> Speaker:
    return Speaker(name.parts, "", name.text)


def _in_place(words: Sequence[Word], k: int) -> bool:
    """True if the name at `k` is where something was said ("sur France bleu", "à l'AFP")."""
    return words[k].quoted or bool(
        {word.text.lower() for word in words[max(0, k - 2) : k]} & _PLACES
    )


def _own(words: Sequence[Word], k: int) -> bool:
    """True if no preposition stands before the name at `k`: "à Paris Match" and "de la SNCF" are
    not who speaks."""
    before = ["", "", "", *(word.plain for word in words[max(0, k - 3) : k])]
    if before[-1] == "et" and words[k - 2].capital:
        return _own(words, next((j for j in range(k - 2, -1, -1) if not words[j].capital), -1) + 1)
    # "la présidente de la région Bretagne"
    noun = before[-2] in _ARTICLES and before[-3] in _OF_OTHERS and words[k - 1].text.islower()
    return not (
        before[-1] in _OF_OTHERS or (before[-1] in _ARTICLES and before[-2] in _OF_OTHERS) or noun
    )


def _noun(words: Sequence[Word], verb: int) -> str:
    """The noun after the verb ("répond la famille")."""
    after = _behind(words, verb)[:2]
    plain_noun = len(after) == 2 and after[0].plain in _ARTICLES and after[1].text.islower()
    return after[1].plain if plain_noun else ""


def subject(statement: Statement, known: frozenset[str]) -> Speaker | None:
    """The name that begins the sentence."""
    names = [
        name
        for name in statement.names(known)
        if name.position <= 1 and not statement.words[name.position].quoted
    ]
    return _named(names[0]) if names else None


def quoted_in(text: str, article: Sequence[Statement]) -> int | None:
    """The index of the article sentence that holds the first quotation of `text`, found by its
    first words."""
    for match in QUOTATION.finditer(text):
        run = " ".join(
            Statement("".join(group or "" for group in match.groups())).plain.split()[:6]
        )
        if len(run.split()) >= MIN_RUN:
            return next((k for k, statement in enumerate(article) if run in statement.plain), None)
    return None


def wrong_speaker(
    text: Statement, article: Sequence[Statement], known: frozenset[str], best: int
) -> str:
    """The speaker whom `text` gives to a quotation, or to what the article's sentence at `best`
    says, that the article gives to somebody else; or nothing."""
    quotation = quoted_in(text.text, article)
    if quotation is None and not _ends_with_speaker(text):
        return ""
    place = best if quotation is None else quotation
    given, true = speaker(text, known) or subject(text, known), speaker(article[place], known)
    if given is None or not (given.name or given.noun) or (quotation is None and true is None):
        return ""
    if not given.name:
        return (
            given.noun
            if true is not None and _strange_noun(given.noun, true.noun, text, article, place)
            else ""
        )
    if (true is None or not true.follows) and given.name & {
        word.plain for word in article[place].words
    }:
        return ""
    if true is None or not true.name:
        true = subject(article[place], known) or _resolved(article[:place], known) or Speaker()
    return given.text if true.name and not given.name & true.name else ""


def _ends_with_speaker(text: Statement) -> bool:
    """True for "…, a précisé le ministre": the first verb of saying stands, perhaps behind an
    auxiliary, behind a comma, and who says it behind the verb."""
    words = [word.plain for word in text.words]
    verb = _verb(text.words) or 0
    before = words[verb - 2 : verb] if verb > 1 else [""]
    said = before[-1] == "," or (before[0] == "," and before[-1] in HAVE)
    subject = _behind(text.words, verb)[:1]
    return said and any(word.capital or word.plain in _ARTICLES for word in subject)


def _behind(words: Sequence[Word], verb: int) -> list[Word]:
    """The words behind a verb of saying, less adverbs and days."""
    behind = words[verb + 1 : verb + 1 + REACH]
    pairs = zip(behind, [*behind[1:], *behind[-1:]], strict=True)
    return [
        word
        for word, after in pairs
        if word.plain not in _BETWEEN and (word.plain, after.plain) != ("par", "ailleurs")
    ]


def _strange_noun(
    given: str, true: str, text: Statement, article: Sequence[Statement], place: int
) -> bool:
    """True if the article's sentence has another noun for the speaker, and speaks of the given one
    elsewhere."""
    here = {word.plain for word in article[place].words if not word.quoted}
    elsewhere = any(given in statement.plain.split() for statement in article)
    return bool(true) and given not in here and true not in text.plain.split() and elsewhere


def _resolved(before: Sequence[Statement], known: frozenset[str]) -> Speaker | None:
    """Whom a pronoun means: the last speaker that was named."""
    found = (speaker(statement, known) for statement in reversed(before[-LOOK_BACK:]))
    return next((one for one in found if one is not None and one.name), None)
