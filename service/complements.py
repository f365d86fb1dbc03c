"""Complements ("le chef de l'Assemblée nationale") of which the article has both words, but never near each other.

Small models join the article's words to pairs that it has nowhere. Of 35 such sentences that were read against their articles 21
told something else ("les piscines privées de Marmande ont perdu 100.000 euros"); of 255 sentences of abstracts with the article's
words 12 have one.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final

from service.statements import Statement, Word, stem

NEAR: Final = 12  # words of the article between the two
_LINKS: Final = frozenset("de d du des".split())
# What may stand between "de" and the noun.
_BEFORE_NOUN: Final = frozenset(
    (
        "' - la le les l un une ce cet cette ces son sa ses leur leurs mon ma mes notre nos votre vos "
        "premier premiere premiers premieres deuxieme troisieme quatrieme cinquieme dernier derniere derniers dernieres nouveau "
        "nouvel nouvelle nouveaux nouvelles ancien ancienne anciens anciennes grand grande grands grandes petit petite petits "
        "petites jeune jeunes autre autres certains certaines nombreux nombreuses meme memes futur future possible eventuel "
        "eventuelle prochain prochaine prochains plusieurs tous toutes propre double"
    ).split()
)
_SKIPPED: Final = _BEFORE_NOUN | _LINKS
# Nouns that count, measure time or make a preposition with "de": they say little, and change from one text to another.
_LIGHT: Final = frozenset(
    (
        "debut fin suite cours lieu origine objet part partie parties nombre age cause raison sein autour pres loin hors face "
        "ensemble reste dizaine dizaines centaine centaines vingtaine trentaine quarantaine cinquantaine soixantaine quinzaine "
        "douzaine millier milliers million millions milliard milliards majorite plupart moitie tiers quart type sorte cas place "
        "issue cadre mise oeuvre manque total serie groupe hauteur long profit compte point but maniere facon coup nom surprise "
        "occasion beaucoup lors agit parler temps risque disposition etat etats mesure mesures image images appui aide base fur "
        "faveur aupres bord arriere lundi mardi mercredi jeudi vendredi samedi dimanche matin soir jour jours semaine semaines "
        "mois annee annees heure heures victime victimes"
    ).split()
)
_INFINITIVE: Final = re.compile(r"(?:er|ir|dre|ttre|faire)$")

Places = Mapping[str, Sequence[int]]


def places(statements: Iterable[Statement]) -> Places:
    """Where each content word of a text stands, counted in words: {the word cut: its places}."""
    found: dict[str, list[int]] = {}
    words = (word for statement in statements for word in statement.without_signs)
    for place, word in enumerate(words):
        if cut := stem(word.text):
            found.setdefault(cut, []).append(place)
    return found


def joined_anew(statement: Statement, article: Places) -> tuple[str, ...]:
    """The complements of a sentence of which the article has both words, but never within NEAR words."""
    return tuple(
        f"{head.text} {link.text} {noun.text}"
        for head, link, noun in _complements(statement.words)
        if not _together(article.get(stem(head.text), ()), article.get(stem(noun.text), ()))
    )


def _together(one: Sequence[int], other: Sequence[int]) -> bool:
    """True if two words stand near each other somewhere, or the article lacks one: then it is not this rule's to judge."""
    return not one or not other or any(abs(a - b) <= NEAR for a in one for b in other)


def _complements(words: Sequence[Word]) -> Iterator[tuple[Word, Word, Word]]:
    for k, (head, link) in enumerate(pairwise(words)):
        if link.plain not in _LINKS or not _tells(head) or head.plain in _BEFORE_NOUN:
            continue
        after = words[k + 2 :]
        noun = next((word for word in after if word.plain not in _SKIPPED), None)
        if noun is None or not _tells(noun) or not head.clause == link.clause == noun.clause:
            continue
        verb = noun is after[0] and noun.text.islower() and _INFINITIVE.search(noun.plain)
        if not verb:
            yield head, link, noun


def _tells(word: Word) -> bool:
    return bool(stem(word.text)) and not word.value and word.plain not in _LIGHT
