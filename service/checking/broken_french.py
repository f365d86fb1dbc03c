"""Generated sentences that are no good French, or not a summary's to say, though the article has
their words.

Small models leave words out. What is left may be half of a sentence ("… et que l'électricité
manque"), or join what the article does not ("la start-up française Arthur Mensch").
"""

import re
from collections.abc import Callable, Sequence
from typing import Final

from service.checking.standalone import is_of_editors
from service.facts.quotations import QUOTATION
from service.text.folding import straight

# "et que" goes on with a "que" or with what it stands for: "si l'offre ferme et que…", "au moment
# où…".
_AND_THAT: Final = re.compile(r"\b(?:et|ou) qu(?:e\b|')", re.IGNORECASE)
_OPENS_CLAUSE: Final = re.compile(
    r"\bqu(?:e\b|')|\bs(?:i\b|')|\b(?:quand|comme|lorsqu|puisqu|quoiqu|où\b)", re.IGNORECASE
)
_FIGURE_LAST: Final = re.compile(r" ?: (?P<figure>\d[\d .,]*)(?: ?[%€$£])? ?\.\Z")
_WHOSE: Final = re.compile(
    r"\b(?P<whose>son|sa|ses|leurs?) (?P<noun>(?:[^\W\d]+ ){1,2}(?:du|des|de (?:la |l')))",
    re.IGNORECASE,
)
_COMPANY: Final = (
    r"(?:start-?up|entreprise|société|groupe|éditeur|opérateur|firme|constructeur|fabricant|géant"
    r"|filiale|fournisseur"
    r"|jeune pousse|pépite)s?"
)
_COMPANY_NAMED: Final = re.compile(
    rf"\b{_COMPANY}(?: [a-zà-ÿ-]+){{0,2}} (?P<name>[A-ZÀ-Ý][\w-]+ [A-ZÀ-Ý][\w-]+)"
)
_PERSON: Final = (
    r"(?:PDG|patronn?e?|(?:co)?fondat(?:eur|rice)|direct(?:eur|rice)|dirigeante?|dirige|présidente?"
    r"|ministre|chercheu(?:r|se)"
    r"|analyste|porte-parole|ingénieure?|avocate?)"
)


def broken_form(text: str, article: Sequence[str]) -> str:
    """What is wrong with the form of `text`, in its words; `article` are the title and the
    sentences of the article."""
    sentence, whole = straight(text), straight("\n".join(article))
    rules: tuple[Callable[[str, str], str], ...] = (
        _half_of_two,
        _bare_figure,
        _whose_of_whose,
        _person_for_company,
    )
    return of_editors(text) or next(filter(None, (rule(sentence, whole) for rule in rules)), "")


def of_editors(text: str) -> str:
    """The first word of a sentence in which editors speak, outside quotations: not a summary's to
    say, though the article has it so."""
    return text.split(maxsplit=1)[0] if is_of_editors(QUOTATION.sub(" ", text)) else ""


def _half_of_two(text: str, _: str) -> str:
    """An "et que" with no "que" before it: its first half was left out."""
    found = _AND_THAT.search(text)
    return found[0] if found and not _OPENS_CLAUSE.search(text[: found.start()]) else ""


def _bare_figure(text: str, article: str) -> str:
    """A figure that ends the sentence behind a colon, where the article always goes on and says of
    what ("48 % des clients")."""
    found = _FIGURE_LAST.search(text)
    figure = found["figure"].strip(" .,") if found else ""
    ends = figure and re.search(
        rf"(?<![\d,.]){re.escape(figure)}(?: ?[%€$£])? ?(?:[.,;:!?)](?!\d)|$)",
        article,
        re.MULTILINE,
    )
    return "" if ends else figure


def _whose_of_whose(text: str, article: str) -> str:
    """A possessive that has what it stands for behind it, too: "sa liquidation de l'entreprise",
    for "la liquidation"."""
    for found in _WHOSE.finditer(text):
        noun = re.escape(found["noun"])
        if re.search(rf"\b(?:l[ae]s?\s|l'){noun}", article, re.IGNORECASE) and not re.search(
            rf"\b{found['whose']} {noun}", article, re.IGNORECASE
        ):
            return found[0]
    return ""


def _person_for_company(text: str, article: str) -> str:
    """Somebody's name behind the noun of a company, where the article has it beside what people are
    only."""
    for found in _COMPANY_NAMED.finditer(text):
        name = re.escape(found["name"])
        person = re.search(
            rf"\b{_PERSON}\b[^.\n]{{0,30}}\b{name}\b|\b{name}\b,? (?:\w+ )?{_PERSON}\b", article
        )
        if person and not re.search(rf"\b{_COMPANY} (?:[^\s,.]+ ){{0,2}}{name}\b", article):
            return found["name"]
    return ""
