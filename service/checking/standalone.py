"""Which sentences stand by themselves: whole statements that point to nothing before them and that
nobody in particular says."""

import re
from collections.abc import Sequence
from typing import Final

from service.facts.statements import stems
from service.text.calendar import WEEK_DAYS
from service.text.folding import straight
from service.text.quotation_marks import is_balanced
from service.text.sentences import is_complete
from service.text.vocabulary import is_known
from service.text.words import count_words

MIN_LEAD_WORDS: Final = 6
MAX_LEAD_WORDS: Final = 60

# What "ce" points to that needs nothing before it: a time.
_TIMES: Final = rf"derni|jour|mat|soir|nuit|semaine|mois|ann|an\b|fois|week|été|hiver|printemps|automne|{'|'.join(WEEK_DAYS)}"

# A sentence that begins so leans on one before it.
_LEANING: Final = re.compile(
    r"[«\"“\s]*+(?:(?:ils?(?! (?:y a|faut|s'agit)\b)|elles?|celui|celle|ceux|celles|cela|c'|mais|et"
    r"|or|car|donc|ainsi|en effet|"
    r"de plus|par ailleurs|en outre|toutefois|cependant|pourtant|néanmoins|enfin|d'autant|"
    r"le (?:premier|second)(?!\s+(?!(?:et|est|a|des|de)\b|d')\w)|l'autre|les deux(?! tiers)|"
    r"voilà|voici|(?:le (?:terme|mot|concept)|l'expression)(?=,| (?:désigne|vient|est|a|évoque)\b)|"
    r"tou(?:s|tes)(?= (?:ont|avaient|sont|étaient|seront|font|deux|trois|quatre)\b)|"
    r"son|sa|ses|leurs?|selon (?:lui|elle|eux)|interrogée?|quant|même|d'un (?:autre )?côté|a "
    r"contrario|au contraire|"
    r"sauf que|(?:l'une?|la plupart|[\w-]+) d'entre (?:eux|elles)|"
    r"résultat|autre|une autre|une? telle?|non|oui|de (?:son|leur) côté|parmi (?:eux|elles)"
    r"|contactée?s?|une (?:façon|manière))\b"
    r"|(?:[A-ZÀ-Ý]\S*\s){1,4}l'(?:a|avait|ont|avaient)\s(?!.*:)"
    rf"|(?:\S+\s+){{0,4}}(?:(?:ce|cette|ces) derni\w+\b(?! (?:{_TIMES}|temps|heure))|celui-ci"
    rf"|celle-ci"
    rf"|(?:cet|cette|ces|ce)\s+(?!{_TIMES}|\d|moment\b)))",
    re.IGNORECASE,
)

# "Vendu 3,6 fois moins cher, il…": the pronoun stands for something before the sentence. Not "Quand
# X a…, il", nor "il faut".
_PRONOUN_BEHIND: Final = re.compile(
    r"(?!(?:quand|lorsqu|alors|si\b|s'|comme\b|puisqu|bien qu|tandis|dès qu|après qu|depuis qu"
    r"|parce|pendant qu|même si))"
    r"[^,.;:]{2,80}, (?:ils?|elles?) (?!(?:ne )?(?:n')?(?:fau|fall|y (?:a|av|aur)|s'(?:agi|avèr)"
    r"|reste|suffi|convien|sembl|paraî|"
    r"exist|(?:est|sera|était) (?:interdit|obligatoire|difficile|impossible|nécessaire|recommandé)|"
    r"est (?:possible|question|temps|clair|désormais possible|prévu)|arriv|pleu|manqu|devien|sera "
    r"(?:possible|désormais)))",
    re.IGNORECASE,
)

# What follows "ce" and is nothing that it points to.
_NO_THING: Final = rf"qu|dont|n'|sont|soit|{_TIMES}"
# A noun near the beginning that stands for one before it ("L'arrêt de cette offre"), and one
# anywhere.
_POINTING: Final = re.compile(
    rf"(?:\S+\s+){{0,4}}?(?:cet|cette|ces|ce)\s+(?!{_NO_THING})(\w+)", re.IGNORECASE
)
_THIS: Final = re.compile(
    rf"\b(?:cet|cette|ces|ce)\s+(?!période|époque|moment|date|{_NO_THING})(\w+)", re.IGNORECASE
)
# What is set against something said before: "La jeune femme a cependant reçu l'interdiction…".
_CONTRAST: Final = re.compile(
    r"(?:\S+\s+){1,6}(?:cependant|toutefois|néanmoins|pourtant|quant à (?:lui|elle|eux|elles))\b"
)
_BULLETS: Final = frozenset("•►▶■")
_REST: Final = re.compile(
    r"[,;.:!?)»”]"
)  # what a sentence cannot begin with: its beginning was lost

# Somebody is speaking: without the quotation marks and the speaker such a sentence is not the
# summary's to say. "Mon espace santé", "Notre-Dame" and "le ton monte" are said by nobody.
_SPOKEN: Final = re.compile(
    r"\b(?:je|j'|moi|mon(?! espace santé)|ma|mes|tu|toi|(?<!\ble )(?<!\bun )(?<!\bdu )(?<!\bau "
    r")(?<!\bson )ton|ta|tes|nous"
    r"|notre(?!-dame)|nos|vous|votre|vos)\b",
    re.IGNORECASE,
)
_WE: Final = re.compile(r"\b(?:[Nn]ous|[Nn]otre(?!-[Dd]ame)|[Nn]os)\b")
# "Comptez 159 euros". Not "Chez", nor a name.
_ORDER: Final = re.compile(r"(?!Suez|Rodez)(?P<verb>[A-ZÀ-Ý][a-zà-ÿ]{2,}?)ez\b")


def is_whole(sentence: str) -> bool:
    """True if it begins and ends as a sentence does, and is no list."""
    return (
        is_complete(sentence) and not _REST.match(sentence) and not _BULLETS.intersection(sentence)
    )


def is_of_editors(sentence: str) -> bool:
    """True if a sentence says "we", or tells the reader what to do: so editors speak, but no
    summary."""
    order = _ORDER.match(sentence)
    return bool(_WE.search(sentence) or (order and is_known(f"{order['verb'].lower()}ons")))


def leans(sentence: str) -> bool:
    """True if the sentence is not understood without one before it ("Mais il…", "L'arrêt de cette
    offre…")."""
    text = straight(sentence)
    return bool(_LEANING.match(text) or _PRONOUN_BEHIND.match(text))


def dangles(sentence: str, before: Sequence[str]) -> bool:
    """True if the sentence points to something ("cette offre") of which those before it do not have
    the word."""
    pointing = _POINTING.match(straight(sentence))
    return pointing is not None and not stems(pointing[1]) <= stems(" ".join(before))


def points_back(sentence: str) -> bool:
    """True if it has a "ce", "cette" or "ces" with a noun that it has not said before ("le niveau
    de ces militants"), or is set against something."""
    text = straight(sentence)
    return bool(_CONTRAST.match(text)) or any(
        not stems(found[1]) <= stems(text[: found.start()]) for found in _THIS.finditer(text)
    )


def may_stand(text: str, least: int = MIN_LEAD_WORDS) -> bool:
    """True if a sentence of the article may stand in a summary as it is: a statement of `least` to
    MAX_LEAD_WORDS words, by nobody in particular."""
    statement = is_whole(text) and not text.endswith(("?", ":"))
    spoken = (
        text.startswith(("«", '"', "“", "-", "–", "—"))
        or is_of_editors(text)
        or _SPOKEN.search(straight(text))
    )
    return (
        statement
        and not spoken
        and least <= count_words(text) <= MAX_LEAD_WORDS
        and is_balanced(text)
    )
