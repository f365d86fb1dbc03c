"""What one language says with a number and the other with another one, or with none: "une sur
deux", "every second"."""

import re
from typing import Final

# French, English. Neither number is compared.
SAYINGS: Final = tuple(
    (re.compile(french, re.IGNORECASE), re.compile(rf"(?<!\w)(?:{english})(?!\w)", re.IGNORECASE))
    for french, english in (
        *(
            (
                rf"\b(?:multipli|divis)\w+ (?:[^,.;\d]{{0,40}} )?par (?:{number})\b",
                rf"(?:{multiple})(?:es?|ed|ing)",
            )
            for number, multiple in (
                ("deux", "halv|doubl"),
                ("trois", "tripl"),
                ("quatre", "quadrupl"),
                ("cinq", "quintupl"),
            )
        ),
        (r"\bdivis\w+ par trois\b", "(?:by )?two[ -]thirds"),
        (r"\b(?:divis|coup|scind)\w+ (?:par|en) deux\b", "half"),
        (
            r"\b(?:deux|2) fois (?:moins|plus petite?s?)\b",
            r"half|halv\w+|50%"
            r"|(?:twice|two times|2 times) (?:as )?(?:less|few|fewer|little|small|smaller|cheap"
            r"|cheaper|low|lower)",
        ),
        (r"\bune? (?:\w+ )?sur deux\b", "half|(?:every|each) (?:other|second)"),
        (r"\ben huit\b", "(?:a )?week on"),
        (r"\bhuit jours\b", r"(?:a|one|the|next|last|per|each|every)(?: \w+)? week"),
        (
            r"\b(?:quinze|15) (?:derniers |prochains )?jours\b|\bquinzaine\b",
            r"fortnight|(?:two|2)(?: \w+)? weeks",
        ),
        (r"\bdouble\b|\bbi(?:place|moteur|réacteur|rotor)s?\b", r"(?:two|2)-\w+"),
        (r"\b(?:à )?(?:eux|elles) (?:deux|trois)\b", "between them|together|combined"),
        (r"\btou(?:te)?s (?:les )?(?:deux|trois)\b", "all|both|each"),
        (r"\bles deux\b", "both|each|either|neither"),
        (r"\bla poire en deux\b", "the difference"),
        (r"\bquatre fers\b", r"resist\w*|oppos\w*|(?:strong|fierce|firm)ly|heels"),
        (r"\bà deux pas\b", "a stone's throw|close|near|next"),
        (r"\btrois-huit\b", "(?:round[- ])?the[- ]clock|(?:three |night )?shifts?"),
        (
            r"\b(?:en|de|la) (?:six|cinqu|quatr|trois)ième\b",
            "schools?|schoolboys?|schoolgirls?|pupils?|students?|ninth[- ]grade(?:rs?)?",
        ),
        (r"\bdeuxième partie de soirée\b", "late"),
        (r"\bseptième art\b", "cinema|films?"),
        (r"\bjours sur sept\b", "(?:days )?a week"),
        (r"\bentre deux feux\b", "crossfire|in the middle"),
        (r"\btriangulaires?\b", "three-way"),
        (r"\bdécennal(?:e|es|aux)?\b", "ten-year(?:ly)?"),
        (r"\bin extremis\b", "eleventh hour"),
        (r"\bmillénaires\b", "thousands of years"),
        (r"\bquinquennats?\b", "five-year|five years"),
        (r"\bsemestres?\b", "six[- ]months?|half[- ]year"),
        (r"\btrimestres?\b", "three[- ]months?"),
        (r"\bnavette\b|\bdeux assemblées\b|\bdeux chambres\b", "two (?:chambers|houses)"),
        (r"\b14[- ]juillet\b", "Bastille Day"),
        (r"\bmai 68\b", "May 1968"),
        (r"\btricentenaires?\b", "(?:300|three[- ]hundred)(?:th|-year)?"),
        (r"\bbicentenaires?\b", "(?:200|two[- ]hundred)(?:th|-year)?"),
        (
            r"\b(?:une?|deux) (?:mètre|euro|dollar)s? cinquante\b",
            "(?:one|two) and a half (?:met(?:re|er)|euro|dollar)s?",
        ),
        (
            r"\bune? (?:seul )?(?:euro|dollar|centime)\b",
            "a (?:single |symbolic |token )?(?:euro|dollar|penny|cent)",
        ),
    )
)
