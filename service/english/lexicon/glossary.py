"""Glossary terms, for which a translation must have certain English words.

The terms are those of the built-in table (`glossary.toml`) and the user's own pairs. A translation
is searched for each term of its French sentence. A term that was left in French is replaced. Where
the translation has none of the right wordings, a known wrong one is replaced. Where it has neither,
the term counts as missing. It is not inserted, because its place is unknown.
"""

import json
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Final, NamedTuple

from models.wording import WordedError
from service.english.lexicon.inflection import english_plural, strip_genitive
from service.facts.fact import Fact, FactKind
from service.text.folding import straight
from service.text.tables import table

MAX_TERMS: Final = 200  # of one request
MAX_CHARACTERS: Final = 80  # of a term, on each side
MAX_FILE_TERMS: Final = 5000
_SMALL_WORDS: Final = frozenset(
    "à au aux d de des du en et l la le les par pour sur un une".split()
)
_CONTRACTED: Final = {"Le": ("au", "du"), "La": (), "Les": ("aux", "des")}
# The form of a glossary file, and a line of it.
_JSON_FORM: Final = ("JSON", '{"jumeau numérique": "digital twin"}')
_TOML_FORM: Final = ("TOML", '"jumeau numérique" = "digital twin"')


class GlossaryError(WordedError, ValueError):
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

    @cached_property
    def french_pattern(self) -> re.Pattern[str]:
        """Finds the term in a French text, in the plural too.

        An `after` term is found in lower case only: "La Marseillaise" is a name.
        """
        return self._compile_french(any_case=not self.after)

    @cached_property
    def untranslated_pattern(self) -> re.Pattern[str]:
        """Finds the term where an English text has it in French, with or without a capital."""
        return self._compile_french(any_case=True)

    def _compile_french(self, any_case: bool) -> re.Pattern[str]:
        longest_first = sorted(self.french, key=len, reverse=True)
        return re.compile("|".join(_french_pattern(form, any_case) for form in longest_first))

    @cached_property
    def english_pattern(self) -> re.Pattern[str]:
        """Finds one of the right wordings."""
        wordings = (self.english, *self.also)
        return re.compile("|".join(_english_pattern(wording, True) for wording in wordings))

    @cached_property
    def wrong_pattern(self) -> re.Pattern[str]:
        """Finds one of the known wrong wordings."""
        return re.compile("|".join(_english_pattern(wording, False) for wording in self.wrong))

    def make_fact(self, french: str) -> Fact:
        """The term as the sentence `french` has it, with the English that is expected."""
        match = self.french_pattern.search(straight(french))
        wording = match.group() if match else self.french[0]
        return Fact(FactKind.TERM, f"{wording} ({self.english})")

    def is_in(self, english: str) -> bool:
        """True if the translation has a right wording that is not part of a wrong one.

        "Nasa" is right by itself, but does not count inside the wrong wording "the Nasa".
        """
        wrong_spans = (
            [match.span() for match in self.wrong_pattern.finditer(english)] if self.wrong else []
        )
        return any(
            not any(start <= right.start() and right.end() <= end for start, end in wrong_spans)
            for right in self.english_pattern.finditer(english)
        )


class Occurrence(NamedTuple):
    """A term, and where a French sentence has it."""

    start: int
    end: int
    term: Term


@dataclass(frozen=True)
class CorrectedTerms:
    """A translation with corrected terms, and the terms that it still lacks.

    `repaired` counts the wrong wordings that were replaced, those of `optional` terms left out.
    """

    text: str
    repaired: int
    missing: tuple[Fact, ...]


@dataclass(frozen=True)
class Glossary:
    """A list of terms. If two begin at the same place in a text, only the longer one counts."""

    terms: tuple[Term, ...]

    @classmethod
    def builtin(cls) -> "Glossary":
        """Returns the glossary of the built-in table."""
        return cls(_builtin())

    @classmethod
    def with_file(cls, path: str) -> "Glossary":
        """Returns the built-in table with the pairs of a file.

        If `path` is empty, it is the built-in table alone. Raises GlossaryError.
        """
        pairs = read_glossary(Path(path)) if path else {}
        return cls.builtin().extended(pairs)

    def extended(self, pairs: Mapping[str, str]) -> "Glossary":
        """Returns the glossary with pairs of the user, French to English.

        The pairs win over terms with the same French wording.
        """
        if not pairs:
            return self
        own_wordings = {french.casefold() for french in pairs}
        other_terms = []
        for term in self.terms:
            wordings = tuple(form for form in term.french if form.casefold() not in own_wordings)
            if wordings == term.french:
                other_terms.append(term)  # the same object: its patterns are compiled
            elif wordings:
                other_terms.append(replace(term, french=wordings))
        own_terms = [Term((french,), english) for french, english in pairs.items()]
        return Glossary((*own_terms, *other_terms))

    def find(self, french: str) -> list[Occurrence]:
        """The terms that a French sentence holds, from left to right.

        A part of a longer term does not count.
        """
        text = straight(french)
        occurrences = [
            Occurrence(match.start(), match.end(), term)
            for term in self.terms
            for match in term.french_pattern.finditer(text)
            if not (term.unless and re.search(term.unless, text))
        ]
        occurrences.sort(key=lambda occurrence: (occurrence.start, -occurrence.end))
        apart: list[Occurrence] = []
        for occurrence in occurrences:
            if not apart or occurrence.start >= apart[-1].end:
                apart.append(occurrence)
        return apart


def distinct_terms(occurrences: Iterable[Occurrence]) -> list[Term]:
    """The terms, each once."""
    return list(dict.fromkeys(occurrence.term for occurrence in occurrences))


def replace_misread_terms(french: str, occurrences: Sequence[Occurrence]) -> str:
    """Puts `instead` in place of the French terms that the translator misreads.

    `occurrences` are the terms of the sentence `french`.
    """
    for start, end, term in reversed(occurrences):
        if term.instead:
            wording = french[start:end]
            is_plural = _is_plural(wording, term.french) and not term.instead.endswith("s")
            replacement = _capitalise_like(term.instead, wording) + "s" * is_plural
            french = french[:start] + replacement + french[end:]
    return french


def correct_terms(english: str, french: str, terms: Iterable[Term]) -> CorrectedTerms:
    """Puts right wordings of the `terms` of `french` into its translation.

    Only wordings that stand in it are replaced; nothing is inserted.
    """
    repaired, missing = 0, []
    for term in terms:
        english = _replace_french(english, term)
        if term.is_in(english):
            continue
        corrected = _replace_wrong(english, term)
        if not term.optional and corrected == english:
            missing.append(term.make_fact(french))
        elif not term.optional:
            repaired += 1
        english = corrected
    return CorrectedTerms(english, repaired, tuple(missing))


def checked(pairs: Mapping[str, str], most: int = MAX_TERMS) -> dict[str, str]:
    """Returns the pairs without needless white space.

    Raises GlossaryError if a wording cannot be used, or if there are more than `most` pairs.
    """
    if len(pairs) > most:
        raise GlossaryError(
            "At most {most} terms are allowed, {count} were given.", most=most, count=len(pairs)
        )
    return {_check_wording(french): _check_wording(english) for french, english in pairs.items()}


def read_glossary(path: Path) -> dict[str, str]:
    """The pairs of a file of terms.

    The file has TOML lines like `"jumeau numérique" = "digital twin"`, or is a JSON object
    (`.json`). Raises GlossaryError, naming the file, if it cannot be read or holds something else.
    """
    is_json = path.suffix.lower() == ".json"
    try:
        text = path.read_text(encoding="utf-8-sig")
        pairs: Any = json.loads(text) if is_json else tomllib.loads(text)
        if not isinstance(pairs, dict):
            raise GlossaryError("One object is expected.")
        return checked(pairs, MAX_FILE_TERMS)
    except OSError as error:
        raise GlossaryError(
            "The glossary {path} cannot be read: {reason}.", path=path, reason=error.strerror
        ) from error
    except (ValueError, RecursionError) as error:
        form, example = _JSON_FORM if is_json else _TOML_FORM
        raise GlossaryError(
            "The glossary {path} is no {form} file of terms like {example}: {reason}",
            path=path,
            form=form,
            example=example,
            reason=error,
        ) from error


def _check_wording(wording: object) -> str:
    """Returns a wording without needless white space. Raises GlossaryError if it is unusable."""
    bare = " ".join(wording.split()) if isinstance(wording, str) else ""
    if not any(map(str.isalnum, bare)):
        raise GlossaryError(
            "A term is text with a letter or a digit in it; given: {given!r:.100}.", given=wording
        )
    if len(bare) > MAX_CHARACTERS:
        raise GlossaryError(
            "A term has at most {most} characters; {beginning!r}… has {count}.",
            most=MAX_CHARACTERS,
            beginning=bare[:20],
            count=len(bare),
        )
    # JSON can write lone surrogates, but UTF-8 cannot.
    if any("\ud800" <= character <= "\udfff" for character in bare):
        raise GlossaryError("A term holds no lone surrogates; given: {given!r}.", given=bare)
    return bare


@cache
def _builtin() -> tuple[Term, ...]:
    rows = table(__package__, "glossary")
    return (*map(_read_term, rows["terms"]), *map(_kept_name, rows["kept"]))


def _read_term(row: Mapping[str, Any]) -> Term:
    """The term of a row of `glossary.toml`."""
    fields: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in row.items()
    }
    return Term(**fields)


def _kept_name(name: str) -> Term:
    """A name that English keeps, in all its spellings.

    Its article may be in lower case or contracted: "au Parisien" is "à Le Parisien". Its words may
    have capitals, or lower case behind a hyphen.
    """
    article, _, rest = name.partition(" ")
    forms = [name]
    if article in _CONTRACTED:
        forms += [f"{form} {rest}" for form in (article.lower(), *_CONTRACTED[article])]
    elif name.startswith("L'"):
        forms.append("l" + name[1:])
    forms += [_capitalise_words(form) for form in forms]
    forms += [re.sub(r"-\w", lambda part: part.group().lower(), form) for form in forms]
    return Term(tuple(dict.fromkeys(forms)), name, mass=True)


def _capitalise_words(name: str) -> str:
    first, *others = name.split()
    capitalised = [word if word in _SMALL_WORDS else word[0].upper() + word[1:] for word in others]
    return " ".join([first, *capitalised])


def _french_pattern(wording: str, any_case: bool) -> str:
    """The pattern of a French wording: acronyms as they are written, words in the plural too."""
    words = r"\s+".join(_french_word_pattern(word) for word in straight(wording).split())
    return rf"(?<!\w)(?<!\w-){_any_first_case(words) if any_case else words}(?!\w)(?!-\w)"


def _french_word_pattern(word: str) -> str:
    form = re.escape(word)
    if word.isupper() or word in _SMALL_WORDS or word.endswith(("s", "x")):
        return form
    return form[:-2] + "(?:al|aux|ale|ales)" if word.endswith("al") else f"{form}(?:s|x|es)?"


def _any_first_case(pattern: str) -> str:
    """The pattern with a small or capital first letter.

    A text with other capitals is a name, and is not matched: "le Salon du Logiciel Libre".
    """
    first = pattern[0]
    return f"[{first.upper()}{first}]{pattern[1:]}" if first.islower() else pattern


def _english_pattern(wording: str, any_case: bool) -> str:
    """The pattern of an English wording, in the plural and the genitive too."""
    *words, last = [re.escape(word) for word in re.split(r"[\s-]+", wording) if word]
    plural = rf"{last[:-1]}(?:y|ies)" if last.endswith("y") else f"{last}(?:s|es)?"
    form = r"[\s-]+".join([*words, plural]) + "(?:['’]s)?"
    return rf"(?<!\w){f'(?i:{form})' if any_case else _any_first_case(form)}(?!\w)"


def _replace_french(english: str, term: Term) -> str:
    """Returns `english` with the English term for the French one and its article ("l'IA")."""
    if any(wording.casefold() == term.english.casefold() for wording in term.french):
        return english
    pattern = re.compile(rf"(?:(?<!\w)(?i:[ld]|qu)['’])?(?:{term.untranslated_pattern.pattern})")
    return pattern.sub(
        lambda match: _inflect(term, match.group(), _is_plural(match.group(), term.french)),
        english,
    )


def _replace_wrong(english: str, term: Term) -> str:
    """Returns `english` with the term for the first known wrong wording in it."""
    for wording in term.wrong:
        if match := re.search(_english_pattern(wording, False), english):
            wrong = strip_genitive(match.group())
            genitive = match.group()[len(wrong) :]
            is_plural = len(wrong) > len(wording) and wrong.endswith("s")
            before = english[: match.start()]
            opens_sentence = before.rstrip('"“ ')[-1:] in ("", ".", "!", "?")
            right = _inflect(term, wrong if opens_sentence else wrong.lower(), is_plural)
            return before + right + genitive + english[match.end() :]
    return english


def _inflect(term: Term, replaced: str, plural: bool) -> str:
    """Returns the term's English, with the plural and the capital of the words it replaces."""
    wording = english_plural(term.english) if plural and not term.mass else term.english
    is_opened = replaced[0].isupper() and not replaced.isupper() and wording[0].islower()
    return wording[0].upper() + wording[1:] if is_opened else wording


def _capitalise_like(wording: str, replaced: str) -> str:
    """Returns `wording` with a capital if the words that it replaces have one."""
    return wording[0].upper() + wording[1:] if replaced[0].isupper() else wording


def _is_plural(written: str, forms: Iterable[str]) -> bool:
    """True if a French term is written in the plural of its `forms`."""
    # An article that stands alone ("d'" in "D' Addario") is itself the term.
    bare = re.sub(r"^(?:[ld]|qu)'(?=\S)", "", straight(written), flags=re.IGNORECASE).casefold()
    is_form = any(bare == straight(form).casefold() for form in forms)
    return not is_form and bare.split()[0].endswith(("s", "x"))
