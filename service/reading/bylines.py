"""Who wrote an article: finds the lines that say so, and the authors' names in them. HTML pages and
text are read alike. The words are in `bylines.toml`."""

import re
from collections.abc import Sequence
from typing import Final

from service.reading.boilerplate import DATE, MAX_BLOCK, PUBLISHED, Kind, boilerplate
from service.reading.wordings import expression

MAX_BYLINE: Final = 120  # characters
MAX_NAME: Final = 80  # characters of one author in a page's metadata

# A line that is nothing but an introduced byline ("Par Claire Martin").
SIGNED: Final = re.compile(
    r"(?:[Pp]ar|[Pp]ropos recueillis par|[Rr]édigé par|[ÉEée]crit par|[Ww]ritten by)(?: ?:)? "
    r"([A-ZÀ-Ý][^.!?]{1,80})\Z"
)
# The words before the names ("Par").
BY: Final = re.compile(
    rf"\A{expression('bylines', 'before_names')}\s*+(?::\s*+|(?<=\s))(?=\S)", re.IGNORECASE
)
_SIGNED_LINE: Final = re.compile(
    rf"(?i:{expression('bylines', 'before_name')})(?:\s*+:)?\s+[A-ZÀ-Ý].{{1,100}}$"
)
_NAME: Final = r"(?:[A-ZÀ-Ý][\w'’.-]+|d[eu]|la|le|von|van)"
_FULL_NAME: Final = rf"{_NAME}(?:\s+{_NAME}){{1,3}}"
# White space around "et" is required. If "et" within a name ("Abet") could part names, each one
# would double the matching time.
_NAME_LIST: Final = re.compile(
    rf"{_FULL_NAME}(?:(?:\s*[,&]\s*|\s+(?:et|avec)\s+){_NAME}(?:\s+{_NAME}){{0,3}})*$"
)
# "La rédaction de 01net", "Rédaction Culture"
_STAFF: Final = re.compile(
    r"(?:[Ll]a |[Pp]ar la )?[Rr]édaction"
    r"(?: (?:de |du |d['’]|des )?(?:[Ll][ae] |[Ll]es |[Ll]['’])?[A-ZÀ-Ý\d][\w.'’-]*+){0,3}$"
)
_AGENCY: Final = re.compile(r"(?:[Ll]['’])?(?:AFP|AP|Reuters|Agence France-Presse)$")
_PAPER_START: Final = re.compile(r"(?:L[ae] |Les |L['’])(?!rédaction\b|.* avec )", re.IGNORECASE)
_MASTHEAD: Final = re.compile(
    rf"(?=(?:\S+ ){{0,4}}(?:L['’])?{expression('bylines', 'paper')}(?: |\Z))"
    r"(?:L[ae] |Les |L['’])?[A-ZÀ-Ý\d][\w.-]*+"
    rf"(?: (?:[A-ZÀ-Ý\d][\w.-]*+|{expression('bylines', 'paper_link')})){{0,4}}"
)

_AFTER_NAMES: Final = re.compile(
    rf"[ ,·|•–-]++(?:{PUBLISHED}\b.*|(?:le )?(?:lun|mar|mercre|jeu|vendre|same)di"
    r"|(?:le )?dimanche|le)?\Z",
    re.IGNORECASE,
)
_BEFORE_DATE: Final = re.compile(
    rf"^(.*?)(?:[\s,·|•–-]*\b|(?<=(?-i:[a-zà-ÿ]))(?=(?-i:[PM])))(?:{PUBLISHED}"
    r"|le \d|(?:\w+di|dimanche) \d|\d+(?:er)?[\s/.-]\w+[\s/.-]\d{4}|\d{4}-\d\d-\d\d)",
    re.IGNORECASE,
)
_POST: Final = re.compile(expression("bylines", "post"), re.IGNORECASE)
_POST_AFTER_NAME: Final = re.compile(
    rf"(?:\s*+[,(]\s*+|(?<=\w)\s++(?=(?-i:[A-ZÀ-Ý]))){_POST.pattern}"
    r"(?:(?! et (?-i:[A-ZÀ-Ý]))[^,;()])*+\)?+",
    re.IGNORECASE,
)
_BETWEEN_NAMES: Final = re.compile(r"\s*+(?:[,;/&()]|\b(?:et|avec)\b)\s*+")
_NOBODY: Final = frozenset({"", "afp", "l'afp", "ap", "reuters"})


def is_byline(line: str) -> bool:
    """True for a line that says who wrote the article, or that holds names and nothing else."""
    return any(pattern.match(line) for pattern in (_SIGNED_LINE, _NAME_LIST, _STAFF))


def is_paper(line: str) -> bool:
    """True for a line that begins like the name of a newspaper ("Les Échos"), not of an author."""
    return bool(_PAPER_START.match(line))


def is_masthead(line: str) -> bool:
    """True for a line that is a newspaper's name and no title.

    Its words are capitalised, and one of them is usual in such names.
    """
    return bool(_MASTHEAD.fullmatch(line))


def find_authors(lines: Sequence[str]) -> str:
    """The authors in the first line that is a byline, or else an agency that stands alone."""
    short = [line for line in lines if line and len(line) <= MAX_BYLINE]
    byline = next(filter(is_byline, short), "") or next(filter(_AGENCY.match, short), "")
    return strip_byline(byline)


def clean_authors(author: str) -> str:
    """The authors of a page's metadata, written as those of a text: names parted by commas."""
    names = [strip_byline(name) for name in author.split("; ") if len(name) <= MAX_NAME]
    return ", ".join(name for name in names if name and not _POST.match(name))


def find_signed_author(lines: Sequence[str]) -> str:
    """The author whom a line names alone or before a date ("Par Claire Martin - 12 mars 2025")."""
    for line in lines:
        is_dated = boilerplate(line) is Kind.DATELINE
        if signature := SIGNED.match(_cut_names(line) if is_dated else line):
            return clean_authors(signature[1])
    return ""


def _cut_names(dateline: str) -> str:
    before_date = DATE.split(dateline, maxsplit=1)[0]
    return _AFTER_NAMES.sub("", before_date)


def strip_byline(byline: str) -> str:
    """The names of a byline, without "Par" before them and their posts behind them."""
    after_by = BY.sub("", byline.strip())
    names = _POST_AFTER_NAME.sub("", after_by)
    return _AFTER_NAMES.sub("", names).strip(" \\").removesuffix(".")


def cut_at_date(line: str) -> str:
    """The text before the date, or before "publié". Empty if the line has neither."""
    match = _BEFORE_DATE.match(line)
    return match.group(1).strip(" ,-–·|") if match else ""


def is_signature(block: str, byline: str) -> bool:
    """True for authors' names alone, as newspapers set them under the article.

    "Claire Martin (avec AFP)" signs an article whose byline names Claire Martin.
    """
    if len(block) > MAX_BLOCK:
        return False
    names = _split_names(BY.sub("", block))
    return bool(names) and names <= _split_names(byline)


def _split_names(byline: str) -> frozenset[str]:
    return frozenset(_BETWEEN_NAMES.split(byline.casefold())) - _NOBODY
