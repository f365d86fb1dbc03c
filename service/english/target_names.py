"""The names of one French sentence in its translations: changed, lost or invented."""

import re
from difflib import get_close_matches
from typing import Final

from service.english.lexicon.exonyms import correct_places, find_exonym, is_place
from service.english.lexicon.inflection import strip_genitive
from service.english.lexicon.names import (
    ProperNames,
    is_institution,
    is_ordinary,
    is_people_of,
    is_same_name,
    is_translated,
)
from service.english.post_editing.dates import find_week_days
from service.english.post_editing.names import (
    restore_changed_names,
    restore_given_names,
    restore_half_translated_names,
    restore_surnames,
)
from service.english.source import SourceSentence
from service.facts.bounds import MAX_NAMES
from service.facts.fact import Fact, FactKind, Source
from service.facts.figures import figures
from service.facts.names import find_names, find_opening_names
from service.text.folding import plain
from service.text.vocabulary import is_known, is_word

# Likeness of a changed name to the one that it stands for ("Informer", "Informé").
CLOSE: Final = 0.7
_SINGULAR_DETERMINER: Final = (
    r"(?<!\w)(?:[Ll]['’]|(?:[Ll][ea]|[Uu]ne?|[Dd]u|[Aa]u|[Ss]on|[Ss]a|[Cc]et?|[Cc]ette) ){}(?!\w)"
)
_NO_NAME: Final = re.compile(r"\d|[IVX]+[eè]?$|(?:Mme|Mlle|MM?|Mmes)$")  # "737", "XIVe", "Mme"
# The first word of a sentence or a quotation, which has a capital whatever it is.
_OPENING: Final = re.compile(r'(?:^|[.!?]\s|["“«]\s?)([A-Z][a-z]{3,})(?![\w-])')
_INITIALS: Final = re.compile(r"(?<![\w-])(?<!\d )[A-ZÀ-Ý]{2,5}(?![\w-])")
_UNIT_BEHIND_NUMBER: Final = re.compile(r"(?<!\w)[\d,.]+(?=[A-Za-z])")  # "120" of "120Hz"


class TargetNames:
    """Restores and judges the names in translations of one sentence of an `article`."""

    def __init__(self, source: SourceSentence, article: Source) -> None:
        self._french = source.original
        self.term_wordings = [
            wording for term in source.terms for wording in (term.english, *term.also)
        ]
        self.glossary_words = frozenset(
            word for wording in self.term_wordings for word in plain_words(wording)
        )
        self._known = ProperNames(Source(self._french), article, self.glossary_words)
        days = find_week_days(self._french)
        sentence_names = _find_names(source)
        self._names = [*sentence_names, *days]
        # A name that is a word too ("Institut") may be translated.
        kept_names = [
            name
            for name in sentence_names
            if not is_translated(name) and not is_known(name.lower())
        ]
        self._kept = [*days, *kept_names]

    @property
    def english_names(self) -> tuple[str, ...]:
        """The names that English has for words of the sentence."""
        return self._known.english_names

    def restore(self, english: str) -> tuple[str, bool]:
        """`english` with the sentence's own names, and whether one replaced a made-up name."""
        restored = self._restore_initials(self._restore_spelling(english))
        restored, is_replaced = self._replace_made_up_name(restored)
        for restore_names in (
            restore_changed_names,
            restore_half_translated_names,
            correct_places,
            restore_given_names,
            restore_surnames,
        ):
            restored = restore_names(restored, self._french)
        return restored, is_replaced

    def find_lost(self, english: str) -> list[str]:
        """Returns the names and week days of the sentence that the translation lacks.

        A name that English may translate does not count. English may also say "the group" for a
        name, so a lost one makes a candidate worse and is not reported.
        """
        english_words = plain_words(english) | plain_words(_UNIT_BEHIND_NUMBER.sub("", english))
        return [name for name in self._kept if not self._is_in(english_words, name)]

    def find_invented(self, english: str, any_word: bool) -> list[Fact]:
        """Returns the names of the translation that the article does not have.

        With `any_word`, common words with a capital count too. Set it if the translation has lost
        a name: it may have "Providence" for "Fourniret".
        """
        return [Fact(FactKind.NAME, name) for name in self._find_unknown(english, any_word)]

    def _restore_spelling(self, english: str) -> str:
        """Returns `english` with the sentence's spelling of names that were changed a little.

        If both spellings are words of their languages ("Pacte", "Pact"), the name stays translated.
        """
        written = {strip_genitive(plain(name)) for name in find_names(english)}
        lost = {
            plain(name): name
            for name in self._names
            if not {plain(name), self._plural(name)} & written
        }
        for name in find_names(english):
            if self._known.has(name) or name.endswith("bps"):  # "Gbps" for "Gbit/s"
                continue
            close_names = get_close_matches(plain(name), lost, n=1, cutoff=CLOSE)
            if close_names and not _is_translation(lost[close_names[0]], name):
                english = re.sub(rf"\b{re.escape(name)}\b", lost[close_names[0]], english)
        return english

    def _restore_initials(self, english: str) -> str:
        """Returns `english` with the sentence's initials for made-up ones ("PSG" for "GMP").

        Nothing changes unless each side has exactly one that the other lacks.
        """
        french_initials, english_initials = _find_initials(self._french), _find_initials(english)
        lost = [word for word in french_initials - english_initials if word in self._names]
        made_up = [word for word in english_initials - french_initials if not self._known.has(word)]
        if len(lost) != 1 or len(made_up) != 1:
            return english
        return re.sub(rf"(?<![\w-]){made_up[0]}(?![\w-])", lost[0], english)

    def _replace_made_up_name(self, english: str) -> tuple[str, bool]:
        """Returns `english` with a lost name in place of a made-up one, and whether it has changed.

        The translation must have lost exactly one name of the sentence ("Soitec"), and must have
        exactly one name that neither the article nor English knows ("Cesec").
        """
        lost = [name for name in self.find_lost(english) if name in self._french and name.isalpha()]
        made_up_names = set(self._find_unknown(english)) if len(lost) == 1 else set()
        if len(made_up_names) != 1:
            return english, False
        made_up = made_up_names.pop()
        has_english_name = is_place(made_up) or is_institution(made_up)
        if not made_up.isalpha() or made_up.isupper() or has_english_name:
            return english, False
        return re.sub(rf"(?<![\w-]){made_up}(?![\w-])", lost[0], english), True

    def _find_unknown(self, english: str, any_word: bool = False) -> list[str]:
        """The names and opening words that neither the article nor English knows.

        With `any_word`, common words with a capital count too.
        """
        english = _without_figures(english, "en")
        foreign = [
            name for name in find_names(english) if not self._known.has(name, translated=True)
        ]
        openers = [
            word
            for word in _OPENING.findall(english)
            if not is_word(word.lower(), "en") and not self._known.has(word)
        ]
        return [*(name for name in foreign if any_word or not is_ordinary(name)), *openers]

    def _is_in(self, english_words: frozenset[str], name: str) -> bool:
        """True if `english_words` has a word of the French `name` or of its English form."""
        forms = plain_words(f"{name} {find_exonym(name)}") | {self._plural(name)}
        if forms & english_words:
            return True
        return any(is_same_name(part, word) for part in plain_words(name) for word in english_words)

    def _plural(self, name: str) -> str:
        """Returns the English plural of a name, without case and accents: of "A320", "a320s".

        Only products, initials and week days have a plural. It is empty for other names, and for a
        name that the sentence has in the singular ("l'A320").
        """
        is_countable = name.endswith("day") or any(
            character.isupper() or character.isdigit() for character in name[1:]
        )
        singular = _SINGULAR_DETERMINER.format(re.escape(name))
        return f"{plain(name)}s" if is_countable and not re.search(singular, self._french) else ""


def plain_words(text: str) -> frozenset[str]:
    """The words of `text` without case and accents."""
    return frozenset(re.split(r"\W+", plain(text))) - {""}


def _find_names(source: SourceSentence) -> list[str]:
    """Returns the names of the sentence that are not terms of the glossary."""
    french = source.original
    term_words = frozenset(
        word for term in source.terms for form in term.french for word in plain_words(form)
    )
    bare = _without_figures(french, "fr")
    openers = [name for name in find_opening_names(bare) if not is_word(name.lower())]
    sentence_names = [
        name
        for name in (*find_names(bare), *openers)
        if not _NO_NAME.match(name) and not plain_words(name) <= term_words
    ]
    return sentence_names[:MAX_NAMES]


def _is_translation(french: str, english: str) -> bool:
    """True if the `english` name may translate the `french` one.

    Both are words of their languages ("Pact", "Pacte"), or the French one is the people of the
    English place ("Amiénois").
    """
    is_english_word = is_ordinary(english) or is_institution(english)
    return (is_english_word and _is_french(french.lower())) or is_people_of(french, english)


def _is_french(word: str) -> bool:
    """True if a word in lower case is French, also if its capital lost an accent ("etat")."""
    return is_known(word) or is_known(re.sub(r"\Ae", "é", word))


def _without_figures(text: str, language: str) -> str:
    """Returns `text` with zeros in place of figures with a unit, because "Go" is not a name."""
    for figure in figures(text, language):
        if figure.unit:
            noughts = "0" * (figure.end - figure.start)
            text = text[: figure.start] + noughts + text[figure.end :]
    return text


def _find_initials(text: str) -> set[str]:
    """The words of two to five capitals, except units behind a number."""
    return {word for word in _INITIALS.findall(text) if not _NO_NAME.match(word)}
