"""Who wrote an article: the lines that say so, and the authors' names in them, in HTML pages and in
text alike."""

import re
from collections.abc import Sequence
from typing import Final

from service.reading.boilerplate import DATE, MAX_BLOCK, PUBLISHED, Kind, boilerplate

MAX_BYLINE: Final = 120  # characters
MAX_NAME: Final = 80  # characters of one author in a page's metadata

# A byline that says so and is nothing else.
SIGNED: Final = re.compile(
    r"(?:[Pp]ar|[Pp]ropos recueillis par|[Rr]édigé par|[ÉEée]crit par|[Ww]ritten by)(?: ?:)? "
    r"([A-ZÀ-Ý][^.!?]{1,80})\Z"
)
# What stands before the names.
BY: Final = re.compile(
    r"\A(?:(?:(?:article )?(?:rédigé|écrit|publié|proposé)|propos recueillis) par|par|(?:written "
    r")?by)\s*+"
    r"(?::\s*+|(?<=\s))(?=\S)",
    re.IGNORECASE,
)
_NAME: Final = r"(?:[A-ZÀ-Ý][\w'’.-]+|d[eu]|la|le|von|van)"
# White space around "et": where a name may hold it ("Abet"), each one would double the time.
_OF_NAMES: Final = re.compile(
    rf"{_NAME}(?:\s+{_NAME}){{1,3}}(?:(?:\s*[,&]\s*|\s+(?:et"
    rf"|avec)\s+){_NAME}(?:\s+{_NAME}){{0,3}})*$"
)
_SAYS_SO: Final = re.compile(
    r"(?i:par|by|written by|propos recueillis par|(?:article )?(?:rédigé|écrit|publié|proposé) par"
    r"|de notre correspondant.{0,30})"
    r"(?:\s*+:)?\s+[A-ZÀ-Ý].{1,100}$"
)
# "La rédaction de 01net", "Rédaction Culture"
_OF_STAFF: Final = re.compile(
    r"(?:[Ll]a |[Pp]ar la )?[Rr]édaction(?: (?:de |du |d['’]|des )?(?:[Ll][ae] |[Ll]es "
    r"|[Ll]['’])?[A-ZÀ-Ý\d][\w.'’-]*+){0,3}$"
)
_OF_AGENCY: Final = re.compile(r"(?:[Ll]['’])?(?:AFP|AP|Reuters|Agence France-Presse)$")
_OF_PAPER: Final = re.compile(r"(?:L[ae] |Les |L['’])(?!rédaction\b|.* avec )", re.IGNORECASE)
# "Le Journal du Geek", "L'Usine Nouvelle", "Journal du Net", "Les Échos Tech & Médias"
_PAPER: Final = (
    r"(?:Journal|Revue|Magazine|Mag|News|Infos?|Médias?|Hebdo|Actus?|TV|Presse|Monde|Figaro"
    r"|Parisien|Tribune|Échos|Usine|Courrier"
    r"|Gazette|Dépêche|Quotidien|Moniteur|Nouvel|Siècle|Digitale?|[Nn]umérique)"
)
_MASTHEAD: Final = re.compile(
    rf"(?=(?:\S+ ){{0,4}}(?:L['’])?{_PAPER}(?: |\Z))(?:L[ae] |Les |L['’])?[A-ZÀ-Ý\d][\w.-]*+"
    r"(?: (?:[A-ZÀ-Ý\d][\w.-]*+|d[eu]s?|d['’][A-ZÀ-Ý]\w*+|l[ae]|&|informatique|numérique|digitale?"
    r"|économique)){0,4}"
)

_BEHIND_NAME: Final = re.compile(
    rf"[ ,·|•–-]++(?:{PUBLISHED}\b.*|(?:le )?(?:lun|mar|mercre|jeu|vendre|same)di"
    r"|(?:le )?dimanche|le)?\Z",
    re.IGNORECASE,
)
_BEFORE_DATE: Final = re.compile(
    rf"^(.*?)(?:[\s,·|•–-]*\b|(?<=(?-i:[a-zà-ÿ]))(?=(?-i:[PM])))(?:{PUBLISHED}"
    r"|le \d|(?:\w+di|dimanche) \d|\d+(?:er)?[\s/.-]\w+[\s/.-]\d{4}|\d{4}-\d\d-\d\d)",
    re.IGNORECASE,
)
# What stands beside the authors' names and is none.
_POST: Final = re.compile(
    r"journaliste|rédact(?:eur|rice)|correspondante?|chef(?:fe)? d|(?:grande? )?reporter|envoyée? "
    r"spéciale?"
    r"|de (?:notre|nos) (?:correspondant|envoyé)|spécialiste|pigiste|(?:direct|édit)(?:eur|rice)"
    r"|contribut(?:eur|rice)",
    re.IGNORECASE,
)
_POST_BEHIND: Final = re.compile(
    rf"(?:\s*+[,(]\s*+|(?<=\w)\s++(?=(?-i:[A-ZÀ-Ý])))(?:{_POST.pattern})(?:(?! et "
    rf"(?-i:[A-ZÀ-Ý]))[^,;()])*+\)?+",
    re.IGNORECASE,
)
_BETWEEN_NAMES: Final = re.compile(r"\s*+(?:[,;/&()]|\b(?:et|avec)\b)\s*+")
_AGENCIES: Final = frozenset({"", "afp", "l'afp", "ap", "reuters"})


def is_byline(line: str) -> bool:
    """True for a line that says who wrote the article, or that holds names and nothing else."""
    return any(pattern.match(line) for pattern in (_SAYS_SO, _OF_NAMES, _OF_STAFF))


def is_paper(line: str) -> bool:
    """True for a line that begins like a newspaper's name ("Les Échos") and not like an
    author's."""
    return bool(_OF_PAPER.match(line))


def is_masthead(line: str) -> bool:
    """True for a line that is a newspaper's name and no title: its words are capitalised, and one
    is of those in such names."""
    return bool(_MASTHEAD.fullmatch(line))


def of_lines(lines: Sequence[str]) -> str:
    """The authors that the first of the lines names that is a byline; an agency alone comes
    last."""
    short = [line for line in lines if line and len(line) <= MAX_BYLINE]
    found = next(filter(is_byline, short), "") or next(filter(_OF_AGENCY.match, short), "")
    return bare(found)


def of_metadata(author: str) -> str:
    """The authors of a page's metadata as text input has them, without what stands before and
    behind them."""
    names = [bare(name) for name in author.split("; ") if len(name) <= MAX_NAME]
    return ", ".join(name for name in names if name and not _POST.match(name))


def signed(lines: Sequence[str]) -> str:
    """The author that one of the lines names, alone or before a date ("Par Claire Martin - 12 mars
    2025")."""
    for line in lines:
        dated = boilerplate(line) is Kind.DATELINE
        if found := SIGNED.match(
            _BEHIND_NAME.sub("", DATE.split(line, maxsplit=1)[0]) if dated else line
        ):
            return of_metadata(found[1])
    return ""


def bare(byline: str) -> str:
    """The names of a byline, without "Par" before them and their posts behind them."""
    names = _POST_BEHIND.sub("", BY.sub("", byline.strip()))
    return _BEHIND_NAME.sub("", names).strip(" \\").removesuffix(".")


def before_date(line: str) -> str:
    """What stands before the date, or before "publié"; empty if there is neither."""
    match = _BEFORE_DATE.match(line)
    return match.group(1).strip(" ,-–·|") if match else ""


def is_signature(block: str, byline: str) -> bool:
    """True for the author's name alone, as newspapers set it under the article ("Claire Martin
    (avec AFP)")."""
    return (
        len(block) <= MAX_BLOCK
        and bool(names := _names(BY.sub("", block)))
        and names <= _names(byline)
    )


def _names(byline: str) -> frozenset[str]:
    return frozenset(_BETWEEN_NAMES.split(byline.casefold())) - _AGENCIES
