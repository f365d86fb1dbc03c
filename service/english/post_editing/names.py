"""Names that a translation changed or half translated, put back as the French sentence has them."""

import re
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Final

from service.english.lexicon.exonyms import find_exonym
from service.english.lexicon.names import CLOSE
from service.text.vocabulary import is_known
from service.text.word_runs import runs

# French given names, and the English ones that stand in their places.
_GIVEN_NAMES: Final = {
    "Édouard": "Edward", "Edouard": "Edward", "François": "Francis", "Guillaume": "William",
    "Jean": "John", "Pierre": "Peter",
    "Jacques": "James", "Henri": "Henry", "Étienne": "Stephen", "Etienne": "Stephen",
    "Stéphane": "Stephen",
    "Frédéric": "Frederick", "Philippe": "Philip", "Laurent": "Lawrence", "André": "Andrew",
    "Matthieu": "Matthew",
    "Mathieu": "Matthew", "Nicolas": "Nicholas", "Michel": "Michael", "Marie": "Mary",
    "Hélène": "Helen", "Jeanne": "Joan",
    "Antoine": "Anthony", "Julien": "Julian", "Christophe": "Christopher", "Georges": "George",
    "Hugues": "Hugh",
}  # fmt: skip
_PERSON: Final = re.compile(rf"(?<![\w-])({'|'.join(_GIVEN_NAMES)}) ([A-ZÀ-Ý][\w-]+)")
_GIVEN_AND_SURNAME: Final = re.compile(
    r"(?<![\w-])([A-ZÀ-Ý][a-zà-ÿ]+(?:-[A-ZÀ-Ý][a-zà-ÿ]+)?)(?= ([A-ZÀ-Ý][a-zà-ÿ]{3,})(?![\w-]))"
)
_NAME_OF_NAMES: Final = re.compile(
    r"(?<![\w-])([A-ZÀ-Ý][a-zà-ÿ]+)((?: (?:de |du |des |de la )?[A-ZÀ-Ý][\w-]*[à-ÿ][\w-]*| (?:de "
    r"|du |des |de la |d['’])[\w-]+))"
)
_FRENCH_OF: Final = re.compile(r" (?:d[eu]s? |d['’])")
_USUAL_GIVEN_NAMES: Final = frozenset(
    (
        "Adrien Agnès Alain Alexandre Alexis Alice Amélie Anaïs André Anne Annick Antoine Arnaud "
        "Audrey Aurélie Aurélien "
        "Aurore Baptiste Bastien Benjamin Benoît Bernard Brigitte Bruno Camille Carole Caroline "
        "Catherine Cécile Cédric "
        "Céline Charles Charlotte Christian Christine Christophe Claire Claude Clément Clémentine "
        "Corinne Cyril Damien "
        "Daniel David Delphine Denis Didier Dominique Edouard Édouard Elisabeth Élisabeth Élise "
        "Élodie Emmanuel Emmanuelle "
        "Eric Éric Estelle Étienne Fabien Fabrice Florence Florent Florian Franck François "
        "Françoise Frédéric Frédérique "
        "Gabriel Gaël Georges Gérald Gérard Gilles Grégory Guillaume Guy Hélène Henri Hervé Hubert "
        "Hugo Hugues Isabelle "
        "Jacques Jean Jeanne Jérémie Jérôme Joël Jules Julie Julien Juliette Karine Laure Laurence "
        "Laurent Léa Loïc Louis "
        "Louise Luc Lucas Lucie Ludovic Manon Manuel Marc Marie Marine Marion Martin Martine "
        "Mathieu Mathilde Matthieu "
        "Maxime Michel Michèle Mickaël Monique Nadine Nathalie Nicolas Olivier Pascal Patrice "
        "Patrick Paul Philippe Pierre "
        "Quentin Raphaël Régis Rémi Rémy Renaud René Richard Robert Roger Roland Romain Roselyne "
        "Samuel Sandrine Sébastien "
        "Ségolène Simon Sophie Stéphane Stéphanie Sylvain Sylvie Thibault Thierry Thomas Valérie "
        "Véronique Victor Vincent "
        "Virginie Xavier Yann Yannick Yves"
    ).split()
)  # before a surname that may be a word
PHRASE_WORDS: Final = (5, 4, 3)  # of a name of which a word was changed
CLOSE_WORD: Final = 0.8  # likeness of that word to the right one
_SMALL_FRENCH: Final = frozenset("de du des la le les et en aux se".split())
_PART: Final = re.compile(r"[^\W_]+(?:-[^\W_]+)*")  # of a name: "l'Union" has two


def with_own_given_names(english: str, french: str) -> str:
    """`english` with the given names of people as the French sentence has them, where it has their
    English forms ("Edward Philippe")."""
    for given, family in _PERSON.findall(french):
        english = re.sub(rf"(?<![\w-]){_GIVEN_NAMES[given]}(?= {family}(?![\w-]))", given, english)
    return english


def with_own_surnames(english: str, french: str) -> str:
    """`english` with the surnames that were translated as the French sentence has them ("Marion
    Marshal")."""
    for given, surname in _GIVEN_AND_SURNAME.findall(french):
        if (
            given.partition("-")[0] in _USUAL_GIVEN_NAMES
            and surname not in english
            and not find_exonym(surname)
        ):
            english = re.sub(
                rf"(?<![\w-]){given} [A-Z][a-z]+(?![\w-])", f"{given} {surname}", english
            )
    return english


def with_whole_names(english: str, french: str) -> str:
    """`english` with the French names whole of which only the first word was translated ("Team de
    France", "Movement Démocrate")."""
    for name in _NAME_OF_NAMES.finditer(french):
        first, rest = name.groups()
        made = re.search(rf"(?<![\w-])([A-Z][a-z]+){rest}(?![\w-])", english)
        if made is None or first in english or made[1] in french:
            continue
        # No "Sénat Gérard Larcher", where two names meet.
        is_one = is_known(rest.strip().lower()) and get_close_matches(
            made[1], [first], cutoff=CLOSE
        )
        if is_one or (_FRENCH_OF.match(rest) and made[1] != "General"):
            english = english[: made.start()] + first + rest + english[made.end() :]
    return english


def with_own_phrases(english: str, french: str) -> str:
    """`english` with the French names in it as the sentence has them, where one word of one was
    changed a little ("Union des étudiants de droit" for "de droite"), behind a "de" or the like:
    "Médecins du Monde accuses" is English."""
    ours, theirs = _PART.findall(french), _PART.findall(english)
    for size in PHRASE_WORDS:
        for own in runs(ours, size):
            if own[0][:1].isupper() and _SMALL_FRENCH.intersection(own[1:]):
                for made in runs(theirs, size):
                    changed = [k for k in range(size) if made[k] != own[k]]
                    if len(changed) == 1 and _is_changed_word(made, own, changed[0]):
                        english = _replaced(english, made, own)
    return english


def _replaced(text: str, phrase: Sequence[str], other: Sequence[str]) -> str:
    """`text` with the words of one phrase in the place of another one's; what stands between them
    stays."""
    pattern = r"([\W_]+)".join(phrase)
    return re.sub(
        rf"(?<![\w-]){pattern}(?![\w-])",
        lambda found: "".join(
            word + between for word, between in zip(other, (*found.groups(), ""), strict=True)
        ),
        text,
    )


def _is_changed_word(made: Sequence[str], own: Sequence[str], place: int) -> bool:
    """True if the word at `place` of a phrase is its French one, changed a little."""
    behind = place > 0 and own[place - 1] in _SMALL_FRENCH
    return behind and bool(get_close_matches(made[place], [own[place]], cutoff=CLOSE_WORD))
