"""Terms that have to become certain English ones: the built-in table (`glossary.toml`) and the
user's own pairs.

A translation is searched for each term of its French sentence. What is still French is replaced;
where none of the right wordings stands in it, a known wrong one is replaced; where that fails too,
the term is told as missing. No word is put where the translation has nothing in its place.
"""

import json
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Final, NamedTuple

from service.english.lexicon.inflection import english_plural, without_genitive
from service.facts.fact import Fact, FactKind
from service.text.folding import straight
from service.text.tables import table

MAX_TERMS: Final = 200  # of one request
MAX_CHARACTERS: Final = 80  # of a term, on each side
MAX_FILE_TERMS: Final = 5000
_SMALL: Final = frozenset("à au aux d de des du en et l la le les par pour sur un une".split())


class GlossaryError(ValueError):
    """A glossary cannot be used. The message says what is wrong with it and what was expected."""


@dataclass(frozen=True)
class Term:
    """French wordings of one thing, and what its English may be; see `glossary.toml`."""

    french: tuple[str, ...]
    english: str
    also: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    mass: bool = False
    optional: bool = False
    after: bool = False
    instead: str = ""
    unless: str = ""
    kept: bool = False

    @cached_property
    def in_french(self) -> re.Pattern[str]:
        """Finds the term in a text, in the plural too, with the article that may be elided before
        it; an adjective that stands elsewhere in English only in lower case ("La Marseillaise" is a
        name)."""
        return self._wordings(any_case=not self.after)

    @cached_property
    def left(self) -> re.Pattern[str]:
        """The same where it may have been left in an English text, at the beginning of a sentence
        too."""
        return self._wordings(any_case=True)

    def _wordings(self, any_case: bool) -> re.Pattern[str]:
        return re.compile(
            "|".join(
                _french_form(form, any_case) for form in sorted(self.french, key=len, reverse=True)
            )
        )

    @cached_property
    def in_english(self) -> re.Pattern[str]:
        """Finds one of the right wordings."""
        return re.compile(
            "|".join(_english_form(wording, True) for wording in (self.english, *self.also))
        )

    @cached_property
    def wrong_forms(self) -> re.Pattern[str]:
        """Finds one of the wrong wordings."""
        return re.compile("|".join(_english_form(wording, False) for wording in self.wrong))

    def fact(self, french: str) -> Fact:
        """The term as a sentence that holds it has it, with the English that is expected."""
        found = self.in_french.search(straight(french))
        return Fact(FactKind.TERM, f"{found.group() if found else self.french[0]} ({self.english})")

    def stands_in(self, english: str) -> bool:
        """True if the translation has the term in one of the right wordings that is no part of a
        wrong one ("the Nasa")."""
        wrong = [match.span() for match in self.wrong_forms.finditer(english)] if self.wrong else []
        return any(
            not any(start <= right.start() and right.end() <= end for start, end in wrong)
            for right in self.in_english.finditer(english)
        )


class Occurrence(NamedTuple):
    """Where a French sentence has a term."""

    start: int
    end: int
    term: Term


@dataclass(frozen=True)
class WithTerms:
    """A translation, how many wrong wordings were replaced in it (everyday words not counted), and
    the terms that it lacks."""

    text: str
    repaired: int
    missing: tuple[Fact, ...]


@dataclass(frozen=True)
class Glossary:
    """Terms; where two begin at the same place the longer one counts."""

    terms: tuple[Term, ...]

    @classmethod
    def builtin(cls) -> "Glossary":
        """The table of the project."""
        return cls(_builtin())

    @classmethod
    def with_file(cls, path: str) -> "Glossary":
        """The built-in table with the pairs of a file; an empty path names none. Raises
        GlossaryError."""
        return cls.builtin().extended(read_glossary(Path(path)) if path else {})

    def extended(self, pairs: Mapping[str, str]) -> "Glossary":
        """With pairs of the user, French to English; they win over terms of the same French
        wording."""
        if not pairs:
            return self
        own = {french.casefold() for french in pairs}
        kept = []
        for term in self.terms:
            left = tuple(wording for wording in term.french if wording.casefold() not in own)
            if left:
                kept.append(
                    term if left == term.french else replace(term, french=left)
                )  # its patterns are kept too
        return Glossary((*(Term((french,), english) for french, english in pairs.items()), *kept))

    def find(self, french: str) -> list[Occurrence]:
        """The terms that a French sentence holds, from left to right; a part of a longer term is
        not counted."""
        text = straight(french)
        found = [
            Occurrence(match.start(), match.end(), term)
            for term in self.terms
            for match in term.in_french.finditer(text)
            if not (term.unless and re.search(term.unless, text))
        ]
        kept: list[Occurrence] = []
        for one in sorted(found, key=lambda one: (one.start, -one.end)):
            if not kept or one.start >= kept[-1].end:
                kept.append(one)
        return kept


def terms_of(found: Iterable[Occurrence]) -> list[Term]:
    """The terms, each once."""
    return list(dict.fromkeys(one.term for one in found))


def with_instead(french: str, found: Sequence[Occurrence]) -> str:
    """The French sentence in which these were `found`, with the words that the translator gets
    right in place of terms that it does not."""
    for start, end, term in reversed(found):
        if term.instead:
            wording = french[start:end]
            plural = "s" * (_is_plural(wording, term.french) and not term.instead.endswith("s"))
            french = french[:start] + _as_opened(term.instead, wording) + plural + french[end:]
    return french


def with_terms(english: str, french: str, terms: Iterable[Term]) -> WithTerms:
    """The translation of `french` with the `terms` that it holds, as far as they can be put
    right."""
    repaired, missing = 0, []
    for term in terms:
        english = _without_french(english, term)
        if term.stands_in(english):
            continue
        mended = _without_wrong(english, term)
        if mended == english and not term.optional:
            missing.append(term.fact(french))
        repaired += mended != english and not term.optional
        english = mended
    return WithTerms(english, repaired, tuple(missing))


def checked(pairs: Mapping[str, str], most: int = MAX_TERMS) -> dict[str, str]:
    """The pairs, without white space around them. Raises GlossaryError if one is no term, or if
    there are too many."""
    if len(pairs) > most:
        raise GlossaryError(f"At most {most} terms are allowed, {len(pairs)} were given.")
    return {_term(french): _term(english) for french, english in pairs.items()}


def read_glossary(path: Path) -> dict[str, str]:
    """The pairs of a file: TOML lines like `"jumeau numérique" = "digital twin"`, or a JSON object
    (`.json`).

    Raises GlossaryError, naming the file, if it cannot be read or is something else.
    """
    form = "JSON" if path.suffix.lower() == ".json" else "TOML"
    try:
        text = path.read_text(encoding="utf-8-sig")
        read: Any = json.loads(text) if form == "JSON" else tomllib.loads(text)
        if not isinstance(read, dict):
            raise GlossaryError("One object is expected.")
        return checked(read, MAX_FILE_TERMS)
    except OSError as error:
        raise GlossaryError(f"The glossary {path} cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        form_line = (
            '"jumeau numérique" = "digital twin"'
            if form == "TOML"
            else '{"jumeau numérique": "digital twin"}'
        )
        raise GlossaryError(
            f"The glossary {path} is no {form} file of terms like {form_line}: {error}"
        ) from error


def _term(wording: object) -> str:
    if (
        not isinstance(wording, str)
        or not (bare := " ".join(wording.split()))
        or not any(map(str.isalnum, bare))
    ):
        raise GlossaryError(
            f"A term is text with a letter or a digit in it; given: {wording!r:.100}."
        )
    if len(bare) > MAX_CHARACTERS:
        raise GlossaryError(
            f"A term has at most {MAX_CHARACTERS} characters; {bare[:20]!r}… has {len(bare)}."
        )
    if any(
        "\ud800" <= character <= "\udfff" for character in bare
    ):  # JSON can write them, nothing can send them
        raise GlossaryError(f"A term holds no lone surrogates; given: {bare!r}.")
    return bare


@cache
def _builtin() -> tuple[Term, ...]:
    rows = table(__package__, "glossary")
    return (*map(_term_of, rows["terms"]), *map(_kept, rows["kept"]))


def _kept(name: str) -> Term:
    """A name that English keeps; its article may be small or contracted, its words may have
    capitals, or none behind a hyphen."""
    article, _, rest = name.partition(" ")
    forms = [name]
    if article in {"Le", "La", "Les"}:
        contracted = {"Le": ("au", "du"), "La": (), "Les": ("aux", "des")}[article]
        forms += [f"{form} {rest}" for form in (article.lower(), *contracted)]
    elif name.startswith("L'"):
        forms.append("l" + name[1:])
    forms += [_with_capitals(form) for form in forms]
    forms += [re.sub(r"-\w", lambda part: part.group().lower(), form) for form in forms]
    return Term(tuple(dict.fromkeys(forms)), name, mass=True, optional=True, kept=True)


def _with_capitals(name: str) -> str:
    first, *others = name.split()
    return " ".join(
        [first, *(word if word in _SMALL else word[0].upper() + word[1:] for word in others)]
    )


def _term_of(row: Mapping[str, Any]) -> Term:
    also, wrong = (tuple(row.get(name, ())) for name in ("also", "wrong"))
    mass, optional, after, kept = (
        row.get(name, False) for name in ("mass", "optional", "after", "kept")
    )
    instead, unless = (row.get(name, "") for name in ("instead", "unless"))
    return Term(
        tuple(row["french"]),
        row["english"],
        also,
        wrong,
        mass,
        optional,
        after,
        instead,
        unless,
        kept,
    )


def _french_form(wording: str, any_case: bool) -> str:
    """The pattern of a French wording: acronyms in this case only, words in the plural too."""
    words = r"\s+".join(_french_word(word) for word in straight(wording).split())
    return rf"(?<!\w)(?<!\w-){_any_case(words) if any_case else words}(?!\w)(?!-\w)"


def _french_word(word: str) -> str:
    form = re.escape(word)
    if word.isupper() or word in _SMALL or word.endswith(("s", "x")):
        return form
    return form[:-2] + "(?:al|aux|ale|ales)" if word.endswith("al") else f"{form}(?:s|x|es)?"


def _any_case(pattern: str) -> str:
    """With a small or capital first letter. Capitals elsewhere make a name of it: "le Salon du
    Logiciel Libre"."""
    first = pattern[0]
    return f"[{first.upper()}{first}]{pattern[1:]}" if first.islower() else pattern


def _english_form(wording: str, any_case: bool) -> str:
    *words, last = [re.escape(word) for word in re.split(r"[\s-]+", wording) if word]
    plural = rf"{last[:-1]}(?:y|ies)" if last.endswith("y") else f"{last}(?:s|es)?"
    form = r"[\s-]+".join([*words, plural]) + "(?:['’]s)?"
    return rf"(?<!\w){f'(?i:{form})' if any_case else _any_case(form)}(?!\w)"


def _without_french(english: str, term: Term) -> str:
    """What is still French replaced, with an elided article ("l'IA")."""
    if any(wording.casefold() == term.english.casefold() for wording in term.french):
        return english
    pattern = re.compile(rf"(?:(?<!\w)(?i:[ld]|qu)['’])?(?:{term.left.pattern})")
    return pattern.sub(
        lambda left: _like(term, left.group(), _is_plural(left.group(), term.french)), english
    )


def _without_wrong(english: str, term: Term) -> str:
    """The first known wrong wording replaced."""
    for wording in term.wrong:
        found = re.search(_english_form(wording, False), english)
        if found:
            bare = without_genitive(found.group())
            plural = len(bare) > len(wording) and bare.endswith("s")
            opens = english[: found.start()].rstrip('"“ ')[-1:] in ("", ".", "!", "?")
            right = (
                _like(term, bare if opens else bare.lower(), plural) + found.group()[len(bare) :]
            )
            return english[: found.start()] + right + english[found.end() :]
    return english


def _like(term: Term, replaced: str, plural: bool) -> str:
    """The term's English, in the plural or with a capital where what it replaces has one."""
    wording = english_plural(term.english) if plural and not term.mass else term.english
    sentence = replaced[0].isupper() and not replaced.isupper() and wording[0].islower()
    return wording[0].upper() + wording[1:] if sentence else wording


def _as_opened(wording: str, replaced: str) -> str:
    """`wording` with a capital where what it replaces has one."""
    return wording[0].upper() + wording[1:] if replaced[0].isupper() else wording


def _is_plural(written: str, forms: Iterable[str]) -> bool:
    # An article that stands alone ("d'" in "D' Addario") is itself the term.
    bare = re.sub(r"^(?:[ld]|qu)'(?=\S)", "", straight(written), flags=re.IGNORECASE).casefold()
    return all(bare != straight(form).casefold() for form in forms) and bare.split()[0].endswith(
        ("s", "x")
    )
