"""Puts back the article's word or subject where a copied sentence has another one.

A copy in which one word among equal ones differs was mostly changed by mistake ("un acteur majeur"
for "un acteur mineur"). So was a copy with another subject before the same verb ("La police a
ouvert une enquête" for "Le parquet"). So was one without the noun before a complement ("Le lanceur"
for "Le décollage du lanceur"). See docs/measurements.md.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

import simplemma

from service.choosing.repair_rules.copies import Copy, Originals, Token, capitalise
from service.facts.names import FIRST_WORDS
from service.facts.statements import stem
from service.text.tables import table
from service.text.vocabulary import is_known

CONTEXT: Final = 2  # equal words that must stand on either side of a differing word
SAME_VERB: Final = 4  # equal words from the verb on that make it the same verb
MAX_SUBJECT: Final = 9  # words
FIRST_VERB: Final = 14  # first words that are searched for the first verb
MIN_VERB: Final = 4  # letters of a verb that is no auxiliary
MIN_CHECKED: Final = 4  # letters; a shorter word is never taken for a misprint

_TABLE: Final = table(__package__, "wording")
_SMALL: Final = frozenset(_TABLE["small"])
_REFERRING: Final = frozenset(_TABLE["referring"])
_AUXILIARIES: Final = frozenset(_TABLE["auxiliaries"])
_DEFINITE: Final = frozenset(("le", "la", "les", "l'"))
_DETERMINERS: Final = _DEFINITE | frozenset(_TABLE["indefinite"])
_OF: Final = frozenset(("de", "du", "des", "d'"))
_BOUNDARIES: Final = frozenset((*',:;.()«»"“”!?–—', "que", "qu'"))
_INFINITIVE: Final = ("er", "ir", "re")
_PARTICIPLE: Final = ("é", "ée", "és", "ées", "ant")
# Endings by which forms of one word differ. Where words differ only in these, the article's form is
# as often the misprint.
_AGREEMENT: Final = re.compile(r"(?:ees?|es?|s|x|er|r?ai(?:s|t|ent)?|ent|ante?s?)?\Z")
_INVERTED: Final = re.compile(r"-(?:il|elle|ils|elles|on|ce)\Z")  # "serait-il": the article asks
_GLUED: Final = re.compile(r"[a-zà-ÿ][A-ZÀ-Ý]")  # "FrémissementLa": a line end was lost
# Words for peoples: they have a capital, but name nobody.
_PEOPLES: Final = frozenset(("francais", "francaise", "francaises", "europeens"))

Edit = tuple[int, int, str]  # from, to, and what stands there instead


def put_back(text: str, originals: Originals) -> str:
    """Returns `text` with the subject and words of the sentence that it copies.

    A text that copies no sentence is unchanged.
    """
    for find_edits in (_find_subject_edits, _find_word_edits):
        if copy := originals.find_copied(text):
            text = _apply(text, list(find_edits(copy)))
    return text


def _apply(text: str, edits: Sequence[Edit]) -> str:
    for start, end, new in reversed(edits):
        text = text[:start] + new + text[end:]
    return text


def _find_word_edits(copy: Copy) -> Iterator[Edit]:
    """Yields an edit to the article's word for each single word that differs among equal ones."""
    opcodes = copy.opcodes
    triples = zip([None, *opcodes], opcodes, opcodes[1:], strict=False)
    for before, (tag, source_start, source_end, start, end), behind in triples:
        if tag != "replace" or source_end - source_start != 1 or end - start != 1:
            continue
        if behind[4] - behind[3] < CONTEXT:
            continue
        if before and before[3] > 0 and before[4] - before[3] < CONTEXT:
            continue
        original, written = copy.source_tokens[source_start], copy.tokens[start]
        if _is_exchanged(original, written):
            new = original.text if start else capitalise(original.text)
            yield written.start, written.end, new


def _is_exchanged(original: Token, written: Token) -> bool:
    """True if two content words are different words, and not two forms of one.

    The article's word, `original`, must not be a misprint.
    """
    if not (_has_content(original) and _has_content(written)):
        return False
    if _INVERTED.search(original.plain):
        return False
    if original.is_number != written.is_number:
        return False  # "3" for "trois"
    if re.sub(r"\W", "", original.plain) == re.sub(r"\W", "", written.plain):
        return False  # "100.000" and "100000"
    spelt_small = original.text.isalpha() and original.text.islower()
    if spelt_small and not is_known(original.text):
        return False
    return _root(original.plain) != _root(written.plain)


def _has_content(token: Token) -> bool:
    return token.plain not in _SMALL and not token.is_sign and not token.plain.endswith("'")


def _root(word: str) -> str:
    return _AGREEMENT.sub("", word.replace("s-", "-"))


def _find_subject_edits(copy: Copy) -> Iterator[Edit]:
    """Yields an edit to the article's subject if another one stands before the same verb."""
    tokens, source_tokens = copy.tokens, copy.source_tokens
    for verb in _find_verbs(tokens):
        source_verb = copy.find_place(verb)
        if source_verb is None and tokens[verb].plain in _AUXILIARIES:
            return
        if not source_verb or copy.count_equal(verb, SAME_VERB) < SAME_VERB:
            continue
        first = _find_beginning(tokens, verb)
        written = tokens[first:verb]
        original = source_tokens[_find_beginning(source_tokens, source_verb) : source_verb]
        if not written or not 0 < len(original) <= MAX_SUBJECT:
            return
        if _is_other_subject(written, original):
            new = copy.source[original[0].start : original[-1].end]
            if first and original[0].plain in _DETERMINERS:
                new = new[0].lower() + new[1:]
            yield written[0].start, written[-1].end, new if first else capitalise(new)
        return


def _find_verbs(tokens: Sequence[Token]) -> Iterator[int]:
    """The places of what looks like a verb near the beginning."""
    for place, (before, token) in enumerate(pairwise(tokens[:FIRST_VERB]), 1):
        if _is_verb(token, before):
            yield place


def _is_verb(token: Token, before: Token) -> bool:
    word = token.text
    if token.plain in _AUXILIARIES and word != "à":
        return True
    if before.plain in _DETERMINERS | _SMALL:
        return False
    if not (word.isalpha() and word.islower() and len(word) >= MIN_VERB):
        return False
    lemma = simplemma.lemmatize(word, "fr")
    return lemma != word and lemma.endswith(_INFINITIVE) and not word.endswith(_PARTICIPLE)


def _find_beginning(tokens: Sequence[Token], verb: int) -> int:
    """Returns the first place of the words before the verb: behind a sign or a "que"."""
    return next((k for k in range(verb, 0, -1) if tokens[k - 1].plain in _BOUNDARIES), 0)


def _is_other_subject(written: Sequence[Token], original: Sequence[Token]) -> bool:
    """True if `written` is another subject than `original`, and `original` may replace it.

    `written` must lack a content word of `original`. It must have no name of its own, for which the
    article may have a noun.
    """
    words, original_words = _plain_words(written), _plain_words(original)
    if not _REFERRING.isdisjoint((*words, *original_words)) or not _is_noun_phrase(original):
        return False
    counted = words[0] in _DETERMINERS - _DEFINITE or written[0].is_number
    if counted and original_words[0] in _DEFINITE:
        return False  # "Un ballon" for "Le ballon bleu", of which the article spoke before
    content, original_content = _find_content(written), _find_content(original)
    if not content or not original_content - content:
        return False
    if _find_names(written) - _find_names(original) or _is_shorter_name(written, original):
        return False
    only_complement_lost = original_words[: len(words)] == words
    return bool(content - original_content) or not only_complement_lost


def _is_shorter_name(written: Sequence[Token], original: Sequence[Token]) -> bool:
    """True for "l'hébergeur Nuagis" instead of "l'hébergeur breton Nuagis", and for Nuagis instead
    of "l'entreprise Nuagis"."""
    if _find_content(written) < _find_content(original) and _end_in_same_name(written, original):
        return True
    words, original_words = _plain_words(written), _plain_words(original)
    before, end = original_words[: -len(words)], original_words[-len(words) :]
    return bool(before) and before[-1] not in _OF and end == words


def _plain_words(tokens: Sequence[Token]) -> list[str]:
    return [token.plain for token in tokens]


def _end_in_same_name(written: Sequence[Token], original: Sequence[Token]) -> bool:
    """True if both end in the same name, which is no complement."""
    name = written[-1]
    is_name = name.is_capitalised and name.plain not in _PEOPLES
    return is_name and name.text == original[-1].text and _OF.isdisjoint(_plain_words(original))


def _is_noun_phrase(tokens: Sequence[Token]) -> bool:
    """True if it begins as a subject does, and no word of it is a misprint."""
    first = tokens[0]
    is_name = first.is_capitalised and first.plain not in FIRST_WORDS
    if not (first.plain in _DETERMINERS or first.is_number or is_name):
        return False
    return not any(_GLUED.search(token.text) or _is_misprint(token.text) for token in tokens)


def _is_misprint(word: str) -> bool:
    return word.islower() and word.isalpha() and len(word) >= MIN_CHECKED and not is_known(word)


def _find_content(tokens: Sequence[Token]) -> set[str]:
    return {
        stem(token.text) or token.plain
        for token in tokens
        if not token.is_sign and token.plain not in _SMALL
    }


def _find_names(tokens: Sequence[Token]) -> set[str]:
    """Returns the capitalised words in plain form; the first word only if it is not French."""
    capitalised = [token for token in tokens[1:] if token.is_capitalised]
    names = {token.plain for token in capitalised if token.plain not in _PEOPLES}
    first = tokens[0]
    if first.is_capitalised and not is_known(first.text.lower().rstrip("'’")):
        names.add(first.plain)
    return names
