"""What an input is, where it is no news article: a consent banner, a list of links, a live ticker,
a round-up of stories.

A summary of such a text would read like news and be none. The signs are of form (times at the
beginning of paragraphs, headings, unfinished lines) and few words, so that an article on the
subject is not taken for the thing. False alarms are measured by `pytest
tests/service/reading/test_genre.py`, where the pages are present.
"""

import re
from collections.abc import Sequence
from enum import StrEnum
from itertools import combinations
from typing import Final

from service.facts.names import find_names
from service.facts.quotations import QUOTATION
from service.facts.statements import stems
from service.reading.boilerplate import Kind, boilerplate
from service.reading.bylines import SIGNED
from service.text.folding import plain

MIN_TIMES: Final = 4  # paragraphs that begin with a time of their own
MIN_TIMES_OF_LIVE: Final = 2  # the same under a title that says "direct"
MIN_LINES: Final = 5  # of a list of links
LINES_SHARE: Final = 0.7  # of the blocks that are unfinished lines
MAX_LINE_WORDS: Final = 25
MIN_STORIES: Final = 3  # of a round-up
MAX_STORIES: Final = 20  # that are compared with each other
# Share of pairs of parts with a name or SHARED_WORDS in common. Tuned on the validation articles
# (`python -m tests.service.reading.genre_set`): of 375 mixtures of four, title and three sentences
# each, 304 are found; of 1,172 cut into four parts 35 are taken for one.
MAX_RELATED: Final = 0.17
MIN_BODY_WORDS: Final = 8
SHARED_WORDS: Final = 2  # rarer content words that two parts of one article have in common
WORDS_PER_CONSENT: Final = 15  # words of a request for consent for each of its terms

_TIME: Final = re.compile(
    r"\W{0,3}(?:à |le )?(?:\d{1,2}/\d{1,2}(?:/\d{2,4})?\W{1,3})?([01]?\d"
    r"|2[0-3])\s?[h:]\s?([0-5]\d)\b",
    re.IGNORECASE,
)
_LIVE: Final = re.compile(
    r"\b(?:en direct|le direct|live|minute par minute|fil (?:info|d'actu))\b|\bdirect\s*[-–:.]"
    r"|\A\W*direct\b"
)
# How the titles of round-ups begin, in plain letters.
_ROUNDUP: Final = re.compile(
    r"\W*(?:en bref|(?:les )?breves|le brief|revue de presse|newsletter|infolettre|l'essentiel de "
    r"l'actu\w*|"
    r"(?:l'actu\w*|les (?:\w+ )?(?:infos|actus|news|nouvelles))\b.{0,30} (?:en bref|du jour|de la "
    r"semaine|a retenir)|"
    r"(?:le )?recap\w*\b.{0,30}(?:semaine|jour|actu)|ce qu'il (?:faut|fallait) (?:retenir|savoir) "
    r"(?:de|cette))\b"
)
_CONSENT: Final = (
    r"cookies?|traceurs?|consentement|partenaires?|intérêts? légitimes?|finalités?|vie privée"
    r"|données personnelles|"
    r"publicités? (?:et contenus? )?personnalisée?s?|mesures? d'audience|terminal|appareil"
    r"|géolocalisation|"
    r"accepter|refuser|paramétrer|préférences"
)
_CONSENT_WORD: Final = re.compile(rf"\b(?:{_CONSENT})\b", re.IGNORECASE)
_READER: Final = re.compile(
    r"\b(?:vous|votre|vos|cliquez|acceptez|refusez|choisissez)\b", re.IGNORECASE
)
_SITE: Final = re.compile(r"\b(?:nous|notre|nos|ce site)\b", re.IGNORECASE)
_REVERSED_END: Final = re.compile(
    r"[^\w.!?…:;»”]*+[.!?…:;»”]"
)  # of a sentence, its last character first
_EVERYWHERE: Final = frozenset("france europe paris etats unis internet".split())


# The commonest content words of French news, cut: that two texts have them says nothing.
_COMMON: Final = frozenset(
    (
        "affirm ailleu ajoute ancien annonc ans assure autori autre autres bien cas cela certai "
        "cet chef commen commun compte "
        "concer consei contre cote debut declar deja demand denonc depart dernie deux devant "
        "dimanc direct dit doit egalem "
        "encore enquet estime etat europe euros eux expliq face faire fait faut fin fois franca "
        "france genera gouver grand "
        "grande heures homme ils indiqu inform intern interr jean jeudi jour jours juille juin "
        "jusqu lors lui lundi mai mardi "
        "mars meme mercre mesure millio minist mis moins mois monde nation nombre non notamm notre "
        "nous nouvea nouvel organi "
        "paris partic partie pas pays pendan person peu peut place plusie politi porte pourra "
        "poursu precis premie pres "
        "presen presid propos public quand quelqu raison rappel rappor region republ samedi semain "
        "soit soulig temps toujou "
        "travai tres trois vendre vie vous afp"
    ).split()
)


class Genre(StrEnum):
    """What an input is instead of an article; the codes of the warnings."""

    CONSENT = "consent"
    LINKS = "link_list"
    LIVE = "live_ticker"
    ROUNDUP = "round_up"


DETAILS: Final = {
    Genre.CONSENT: "Most of the text is a request for consent to cookies, which was left out: the article may be missing.",
    Genre.LINKS: "The text is mostly a list of links or titles, not an article.",
    Genre.LIVE: "The text is a live ticker: a summary of its entries may mix old news with new.",
    Genre.ROUNDUP: "The text holds several stories: the summary may tell one of them only, or mix them.",
}


def genres(title: str, blocks: Sequence[str]) -> list[Genre]:
    """What a text with these blocks (paragraphs, headings, lines, in order) is besides an article,
    if anything."""
    found = [(Genre.LIVE, is_live(title, blocks)), (Genre.LINKS, is_link_list(blocks))]
    kinds = [genre for genre, true in found if true]
    return kinds or ([Genre.ROUNDUP] if is_round_up(title, blocks) else [])


def is_consent(block: str) -> bool:
    """True if the block asks its reader for consent: it says "nous" and "vous", and much of
    cookies, partners, purposes."""
    if boilerplate(block) is Kind.CONSENT:
        return True
    unquoted = QUOTATION.sub(" ", block)
    terms = [word.lower() for word in _CONSENT_WORD.findall(unquoted)]
    dense = len(set(terms)) >= 2 and len(block.split()) <= WORDS_PER_CONSENT * len(terms)
    return dense and bool(_READER.search(unquoted) and _SITE.search(unquoted))


def is_live(title: str, blocks: Sequence[str]) -> bool:
    """True if paragraph after paragraph begins with another time of the day."""
    times = [
        match.groups()
        for block in blocks
        if (match := _TIME.match(block)) and boilerplate(block) is not Kind.DATELINE
    ]
    announced = bool(_LIVE.search(plain(title)))
    return len(set(times)) >= (MIN_TIMES_OF_LIVE if announced else MIN_TIMES)


def is_link_list(blocks: Sequence[str]) -> bool:
    """True if nearly all is titles: lines that end without a full stop."""
    lines = [block for block in blocks if boilerplate(block) in (None, Kind.PROMPT)]
    short = [
        line for line in lines if not _is_ended(line) and 3 <= len(line.split()) <= MAX_LINE_WORDS
    ]
    words = sum(len(line.split()) for line in lines)
    mostly = sum(len(line.split()) for line in short) >= LINES_SHARE * words
    return len(short) >= MIN_LINES and len(short) >= LINES_SHARE * len(lines) and mostly


def is_round_up(title: str, blocks: Sequence[str]) -> bool:
    """True if the title says so and several parts follow, or if the parts under the headings have
    hardly a name in common."""
    stories = _stories(blocks, title)
    if len(stories) < MIN_STORIES:
        return False
    pairs = list(
        combinations([(_names(story), _rare_words(story)) for story in stories[:MAX_STORIES]], 2)
    )
    related = sum(
        bool(one[0] & other[0]) or len(one[1] & other[1]) >= SHARED_WORDS for one, other in pairs
    )
    unrelated = related <= MAX_RELATED * len(pairs)
    return unrelated or (bool(_ROUNDUP.match(plain(title))) and related <= len(pairs) / 2)


def _stories(blocks: Sequence[str], title: str) -> list[str]:
    """The text under each heading, the heading included; what stands before the first one left
    out."""
    stories: list[str] = []
    for block in blocks:
        if boilerplate(block) is not None or block == title or SIGNED.match(block):
            continue
        words = len(block.split())
        if not _is_ended(block) and 1 <= words <= MAX_LINE_WORDS:
            stories.append(block)
        elif stories:
            stories[-1] += f".\n{block}"
    return [
        story
        for story in stories
        if len(story.split("\n", 1)[-1].split()) >= MIN_BODY_WORDS and "\n" in story
    ]


def _is_ended(block: str) -> bool:
    """True if nothing but signs stands behind the last mark that ends a sentence.

    The block is read from its end: a search for its end from each of 40,000 marks takes the square
    of their number.
    """
    return bool(_REVERSED_END.match(block[::-1]))


def _names(story: str) -> frozenset[str]:
    words = {
        word
        for name in find_names(story)
        for word in re.split(r"\W+", plain(name))
        if len(word) > 2
    }
    return frozenset(words) - _EVERYWHERE


def _rare_words(story: str) -> frozenset[str]:
    return frozenset(word for word in stems(story) if word not in _COMMON and not word.isdigit())
