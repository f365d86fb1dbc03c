"""A rumour or a plan of which a statement was made: "Apple va lancer" for "Apple pourrait lancer",
"rachète" for "envisage de racheter".
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from service.facts.statements import Statement, Word
from service.text.folding import plain
from service.text.function_words import THAT
from service.text.vocabulary import is_known

_CONDITIONAL: Final = re.compile(r"(?P<stem>\w*r)ai(?:en)?t")
_IRREGULAR: Final = frozenset(
    "aur ser pourr devr voudr ir fer viendr deviendr tiendr obtiendr verr saur vaudr enverr recevr "
    "faudr".split()
)
_AUXILIARY: Final = frozenset("aur ser pourr devr".split())
_NO_RUMOUR: Final = frozenset(
    "pu du fallu voulu aime prefere souhaite".split()
)  # "aurait dû": a reproach
_PLANS: Final = frozenset(
    "envisage envisagent souhaite souhaitent espère espèrent veut veulent menace menacent projette "
    "projettent".split()
)
# With one of these a sentence leaves the doubt, or says whose it is.
_HEDGES: Final = frozenset(map(plain, _PLANS)) | frozenset(
    (
        "si selon possible possibles possibilite probable probables probablement peut peuvent "
        "pourra pourront rumeur rumeurs "
        "eventuel eventuels eventuelle eventuelles projet prevoit prevoient compte comptent doit "
        "doivent suspecte accuse accuses "
        "accusent accusant dement dementent soupconne presume presumee attendu attendue prevu "
        "prevue hypothese reflechit discute "
        "negocie negocient discussions etudie etudient tente"
    ).split()
)
_INFINITIVE: Final = re.compile(r"\w+(?:er|ir|re)")
_EMPTY: Final = frozenset(
    "le la les l un une des de du d en a au aux et y ne n se s deja bientot aussi ainsi plus tot".split()
)
_REACH: Final = 5  # words behind an auxiliary or a plan in which its verb is looked for
MIN_BEGINNING: Final = 4  # letters that two forms of a verb must share


def lost_doubt(text: Statement, evidence: Sequence[Statement]) -> str:
    """A word of `text` that the best evidence has in the conditional of hearsay or as a plan, where
    `text` leaves no doubt."""
    said = [word for word in text.words if not word.sign]
    if any(word.plain in _HEDGES or is_conditional(word.text) for word in said):
        return ""
    for beginning in _doubted(evidence[0].words):
        for word in said:
            if word.plain.startswith(beginning) and not _INFINITIVE.fullmatch(word.plain):
                return word.text
    return ""


def is_conditional(word: str) -> bool:
    """True for a French verb in the conditional ("coûterait"), not the imperfect ("montrait",
    "offrait")."""
    return bool(_stem(word))


def _stem(word: str) -> str:
    """What stands before the ending of a verb in the conditional ("coûter"); empty for other
    words."""
    found = _CONDITIONAL.fullmatch(word.lower())
    stem = found["stem"] if found else ""
    if not stem or stem in _IRREGULAR:
        return stem
    could_be = is_known(stem) or is_known(stem + "e")
    return stem if could_be and not (is_known(stem + "er") or is_known(stem + "ir")) else ""


def _doubted(words: Sequence[Word]) -> Iterator[str]:
    """How the words begin of which the evidence says that they may be so; not those of a quotation,
    nor what somebody said would come ("a annoncé qu'il lancerait")."""
    for place, word in enumerate(words):
        if word.quoted or word.plain in THAT:
            return
        stem = _stem(word.text)
        if word.text.lower() in _PLANS or stem in _AUXILIARY:
            behind = [
                one for one in words[place + 1 : place + 1 + _REACH] if one.plain not in _EMPTY
            ]
            if behind and not behind[0].sign and behind[0].plain not in _NO_RUMOUR:
                yield from _beginning(behind[0].plain)
        elif stem:
            yield from _beginning(re.sub(r"e?rai(?:en)?t\Z", "", word.plain))


def _beginning(word: str) -> Iterator[str]:
    """The first letters that other forms of a word have too, if they are enough."""
    bare = re.sub(r"(?:er|ir|re|ees?|es?|is?|us?)\Z", "", word)[:6]
    if len(bare) >= MIN_BEGINNING:
        yield bare
