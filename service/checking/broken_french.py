"""Generated sentences in broken French, or in words that are not a summary's to say.

Small models leave words out. What is left may be half of a sentence ("… et que l'électricité
manque"), or join what the article does not ("la start-up française Arthur Mensch"). Editors speak
to their readers; a summary does not.
"""

import re
from collections.abc import Callable, Sequence
from typing import Final

from service.checking.standalone import is_of_editors
from service.checking.word_lists import read_words
from service.text.folding import straight
from service.text.quotation_marks import QUOTATION

# "et que" goes on with a "que" before it, or with what it stands for: "si l'offre ferme et que…",
# "au moment où…".
_AND_THAT: Final = re.compile(r"\b(?:et|ou) qu(?:e\b|')", re.IGNORECASE)
_OPENS_CLAUSE: Final = re.compile(
    r"\bqu(?:e\b|')|\bs(?:i\b|')|\b(?:quand|comme|lorsqu|puisqu|quoiqu|où\b)", re.IGNORECASE
)
_FIGURE_LAST: Final = re.compile(r" ?: (?P<figure>\d[\d .,]*)(?: ?[%€$£])? ?\.\Z")
_WHOSE: Final = re.compile(
    r"\b(?P<whose>son|sa|ses|leurs?) (?P<noun>(?:[^\W\d]+ ){1,2}(?:du|des|de (?:la |l')))",
    re.IGNORECASE,
)
_COMPANY: Final = "(?:" + "|".join(sorted(read_words("nouns", "companies"))) + ")s?"
_COMPANY_NAMED: Final = re.compile(
    rf"\b{_COMPANY}(?: [a-zà-ÿ-]+){{0,2}} (?P<name>[A-ZÀ-Ý][\w-]+ [A-ZÀ-Ý][\w-]+)"
)
_PERSON: Final = "(?:" + "|".join(sorted(read_words("nouns", "people"))) + ")"


def broken_form(text: str, article: Sequence[str]) -> str:
    """Returns the words of `text` that are wrong in form, or that editors say; else nothing.

    `article` are the title and the sentences of the article.
    """
    sentence, whole_article = straight(text), straight("\n".join(article))
    rules: tuple[Callable[[str, str], str], ...] = (
        _find_half_of_two,
        _find_bare_figure,
        _find_double_owner,
        _find_person_for_company,
    )
    words = (rule(sentence, whole_article) for rule in rules)
    return of_editors(text) or next(filter(None, words), "")


def of_editors(text: str) -> str:
    """Returns the first word of a sentence in which editors speak, outside quotations.

    A summary does not say it, though the article has it so.
    """
    is_theirs = is_of_editors(QUOTATION.sub(" ", text))
    return text.split(maxsplit=1)[0] if is_theirs else ""


def _find_half_of_two(text: str, _: str) -> str:
    """Returns an "et que" with no "que" before it: its first half was left out."""
    match = _AND_THAT.search(text)
    return match[0] if match and not _OPENS_CLAUSE.search(text[: match.start()]) else ""


def _find_bare_figure(text: str, article: str) -> str:
    """Returns a figure behind a colon that ends the sentence.

    Only where the article always goes on and says of what: "48 % des clients".
    """
    match = _FIGURE_LAST.search(text)
    if not match:
        return ""
    figure = match["figure"].strip(" .,")
    at_end = rf"(?<![\d,.]){re.escape(figure)}(?: ?[%€$£])? ?(?:[.,;:!?)](?!\d)|$)"
    return "" if re.search(at_end, article, re.MULTILINE) else figure


def _find_double_owner(text: str, article: str) -> str:
    """Returns a possessive whose owner stands behind it too: "sa liquidation de l'entreprise".

    Only where the article has "la liquidation".
    """
    for match in _WHOSE.finditer(text):
        noun = re.escape(match["noun"])
        with_article = rf"\b(?:l[ae]s?\s|l'){noun}"
        with_possessive = rf"\b{match['whose']} {noun}"
        if re.search(with_article, article, re.IGNORECASE) and not re.search(
            with_possessive, article, re.IGNORECASE
        ):
            return match[0]
    return ""


def _find_person_for_company(text: str, article: str) -> str:
    """Returns a person's name behind the noun of a company.

    Only where the article has it beside a noun for people, and never beside one for companies.
    """
    for match in _COMPANY_NAMED.finditer(text):
        name = re.escape(match["name"])
        as_person = rf"\b{_PERSON}\b[^.\n]{{0,30}}\b{name}\b|\b{name}\b,? (?:\w+ )?{_PERSON}\b"
        as_company = rf"\b{_COMPANY} (?:[^\s,.]+ ){{0,2}}{name}\b"
        if re.search(as_person, article) and not re.search(as_company, article):
            return match["name"]
    return ""
