"""Puts idioms of the French press in plain French: "jette l'éponge" becomes "renonce".

They are those that the translator takes at their word. `idioms.toml` has them, verbs in the
infinitive. A verb is found in the forms that the press writes. Its plain verb takes the same form:
"est tombé à l'eau" becomes "a échoué".
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from service.english.pre_editing.conjugation import (
    PARTICIPLE,
    PLURAL,
    PLURAL_FORMS,
    SINGULAR,
    Conjugations,
    agree,
)
from service.text.tables import table

# Takes a match of an idiom, and the text before it.
Replace = Callable[[re.Match[str], str], str]

_TABLES: Final = table(__package__, "idioms")
# What may stand between a verb and the rest of its idiom.
_BETWEEN: Final = rf"(?P<between> (?:{'|'.join(_TABLES['adverbs'])}))?"
# What stands before a noun that looks like a verb ("un tacle").
_BEFORE_NOUN: Final = re.compile(
    r"\b(?:(?:une?|l[ea]s?|des?|du|aux?|ce|cet|cette|ces|son|sa|ses|leurs?|en|sans|par|chaque"
    r"|premi\w+) |[ld]['’])\Z",
    re.IGNORECASE,
)
_VOWEL: Final = re.compile(r"[aeiouyhàâéèêîôûœ]", re.IGNORECASE)
_ELIDED: Final = re.compile(r"\b([dlnsjmt]|qu|lorsqu|puisqu)['’]\Z", re.IGNORECASE)
_MAY_ELIDE: Final = re.compile(r"\b([dlnsjmt]|qu|lorsqu|puisqu)[ea] \Z", re.IGNORECASE)
# By a preposition: what stands before a noun, and the article that it holds.
_ARTICLES: Final = {
    "de": {"du ": "le ", "des ": "les ", "de la ": "la ", "de l'": "l'", "de ": "", "d'": ""},
    "à": {"au ": "le ", "aux ": "les ", "à la ": "la ", "à l'": "l'", "à ": ""},
    "": {"le ": "le ", "les ": "les ", "la ": "la ", "l'": "l'", "": ""},
}
_CONTRACTIONS: Final = {
    preposition: {article: written for written, article in reversed(articles.items())}
    for preposition, articles in _ARTICLES.items()
}
_WORD: Final = re.compile(r"\w+")
# Before a participle that is written like the present ("a fait", "fait").
_AUXILIARY: Final = re.compile(
    r"\b(?:a|ont|avait|avaient|aura|auront|aurait|auraient|ait|aient|ayant|avoir|été|est|sont|était"
    r"|étaient|être)(?: \w+){0,2} \Z"
)
# Auxiliaries of verbs of motion and reflexive ones, and those of all other verbs.
_AVOIR_FOR_ETRE: Final = {
    "est": "a", "sont": "ont", "était": "avait", "étaient": "avaient", "sera": "aura",
    "seront": "auront", "serait": "aurait", "seraient": "auraient", "soit": "ait",
    "soient": "aient", "être": "avoir", "étant": "ayant",
}  # fmt: skip
_PLURAL_AUXILIARIES: Final = ("sont", "étaient", "seront", "seraient", "soient")
_COMPOUND: Final = (
    rf"(?<!\b[Cc]')(?:(?P<auxiliary>{'|'.join(_AVOIR_FOR_ETRE)})(?P<adverb>(?: \w+)?) )?"
)
_REFLEXIVE: Final = "s(?:e |['’])"
_POSSESSIVES: Final = {"son": "(?:son|leur)", "sa": "(?:sa|leur)", "ses": "(?:ses|leurs)"}


@dataclass(frozen=True)
class Rewording:
    """Puts one idiom in plain French.

    Only sentences with one of the `keywords` can have it. A sentence that matches `unless` is left
    alone.
    """

    keywords: frozenset[str]
    pattern: str
    replace: Replace
    unless: str = ""

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern, re.IGNORECASE)

    def apply(self, text: str) -> str:
        """`text` without the idiom."""
        matches = list(self._compiled.finditer(text))
        if not matches or (self.unless and re.search(self.unless, text)):
            return text
        for match in reversed(matches):
            before, after = text[: match.start()], text[match.end() :]
            replacement = self.replace(match, before)
            if replacement != match.group():
                text = _elide(_elide(before, replacement), after)
        return text


class Idioms:
    """The idioms of a table like `idioms.toml`.

    Raises ValueError for a verb whose conjugation is not known, and for an exception (`unless`) to
    an idiom that the table lacks.
    """

    def __init__(self, tables: Mapping[str, Mapping[str, str]]) -> None:
        conjugations = Conjugations(tables.get("irregular", {}))
        rewordings: dict[str, Rewording] = {}
        for idiom, plain in tables.get("phrases", {}).items():
            rewordings[idiom] = _reword_phrase(idiom, plain)
        for name in ("verbs", "with_etre"):
            for idiom, plain in tables.get(name, {}).items():
                verb_idiom = _VerbIdiom(idiom, plain, conjugations, name == "with_etre")
                rewordings[idiom] = verb_idiom.reword()
        for idiom, pattern in tables.get("unless", {}).items():
            if idiom not in rewordings:
                raise ValueError(f"No idiom is {idiom!r}.")
            rewordings[idiom] = replace(rewordings[idiom], unless=pattern)
        # "faire fi de" before "faire"
        self._rewordings = sorted(rewordings.values(), key=lambda each: -len(each.pattern))
        self._by_keyword: dict[str, list[int]] = {}
        for number, rewording in enumerate(self._rewordings):
            for word in rewording.keywords:
                self._by_keyword.setdefault(word, []).append(number)

    def replace_idioms(self, french: str) -> str:
        """`french`, a sentence, with plain French in place of the table's idioms."""
        words = set(_WORD.findall(french.lower()))
        numbers = {number for word in words for number in self._by_keyword.get(word, ())}
        for number in sorted(numbers):
            french = self._rewordings[number].apply(french)
        return french


class _VerbIdiom:
    """An idiom with a verb, and its `plain` French, in the infinitive.

    With `with_etre` its compound tenses have "être".
    """

    def __init__(self, idiom: str, plain: str, conjugations: Conjugations, with_etre: bool) -> None:
        self._is_reflexive = idiom.startswith(("se ", "s'"))
        bare = idiom.removeprefix("se ").removeprefix("s'")
        verb, self._rest, self._preposition = _take_apart(bare)
        self._plain_verb, self._plain_rest, self._plain_preposition = _take_apart(plain)
        self._with_etre = with_etre
        forms = conjugations.conjugate(verb)
        self._participle = forms[PARTICIPLE]
        self._is_participle_present = forms[SINGULAR] == self._participle
        self._plain_forms = conjugations.conjugate(self._plain_verb)
        self._form_names = {form: name for name, form in reversed(forms.items())}
        # "la mise au pas", and of a verb by itself "le tacle"
        is_alone = not (self._rest or self._preposition or self._is_reflexive)
        self._noun_forms = {SINGULAR, PLURAL, PARTICIPLE} if is_alone else {PARTICIPLE}

    def reword(self) -> Rewording:
        """The rewording of the idiom."""
        keyword = _find_keyword(self._rest)
        participles = {f"{self._participle}{agreement}" for agreement in ("", "e", "s", "es")}
        keywords = {keyword} if keyword else {*self._form_names, *participles}
        return Rewording(frozenset(keywords), self._write_pattern(), self._replace)

    def _write_pattern(self) -> str:
        """The pattern of the idiom with its verb in any form.

        The article behind it belongs to the match where a preposition comes or goes.
        """
        before = (_REFLEXIVE if self._is_reflexive else "") + (_COMPOUND if self._with_etre else "")
        other_forms = [form for form in self._form_names if form != self._participle]
        forms = "|".join(sorted(other_forms, key=len, reverse=True))
        verb = rf"(?P<form>{forms}|{self._participle}(?:e?s?))(?!\w)"
        articles = [re.escape(article) for article in _ARTICLES[self._preposition] if article]
        behind = "|".join(articles)
        end = r"(?![\w-])"
        if self._preposition:
            end = rf" (?P<behind>{behind})(?!ici\b)"
        elif self._plain_preposition:
            end = rf"(?: (?P<behind>{behind})| (?=\w))"
        rest = f" {_write_words_pattern(self._rest)}" if self._rest else ""
        return rf"(?<![\w-]){before}{verb}{_BETWEEN}{rest}{end}"

    def _replace(self, match: re.Match[str], before: str) -> str:
        """The plain French of a match, or the match where it is something else."""
        groups = match.groupdict(default="")
        name = self._form_names.get(groups["form"].lower(), PARTICIPLE)
        auxiliary = groups.get("auxiliary", "")
        is_noun = not auxiliary and name in self._noun_forms and _BEFORE_NOUN.search(before)
        is_alone = self._with_etre and name == PARTICIPLE and not auxiliary
        if is_noun or (is_alone and self._plain_verb != "être"):
            return match.group()
        if auxiliary or self._is_participle(name, before):
            verb = self._write_participle(groups)
        else:
            verb = self._plain_forms[name]
        is_plural = name in PLURAL_FORMS or auxiliary in _PLURAL_AUXILIARIES
        rest = _write_for_several(self._plain_rest) if is_plural else self._plain_rest
        words = f"{verb}{groups['between']}{rest and ' ' + rest}"
        if is_alone:
            words = words.removeprefix("été ")  # "tombé dans l'escarcelle de": "racheté par"
        article = self._write_article(groups.get("behind", ""))
        if article or self._preposition:
            words = f"{words} {article}"
        return _capitalise_like(words, match.group())

    def _is_participle(self, name: str, before: str) -> bool:
        if name == PARTICIPLE:
            return True
        is_ambiguous = name == SINGULAR and self._is_participle_present
        return is_ambiguous and bool(_AUXILIARY.search(before))

    def _write_participle(self, groups: Mapping[str, str]) -> str:
        """The participle of the plain verb, with "avoir" for the auxiliary "être" if it has it."""
        auxiliary = groups.get("auxiliary", "")
        if auxiliary:
            avoir = _AVOIR_FOR_ETRE[auxiliary.lower()]
            return f"{avoir}{groups.get('adverb', '')} {self._plain_forms[PARTICIPLE]}"
        agreement = groups["form"][len(self._participle) :]
        return agree(self._plain_forms[PARTICIPLE], "" if self._plain_verb == "être" else agreement)

    def _write_article(self, behind: str) -> str:
        """The article behind the idiom, with the preposition of the plain French."""
        if not (self._preposition or self._plain_preposition):
            return ""
        article = _ARTICLES[self._preposition].get(behind.lower(), "")
        return _CONTRACTIONS[self._plain_preposition].get(article, article)


def _reword_phrase(idiom: str, plain: str) -> Rewording:
    pattern = rf"(?<![\w-]){_write_words_pattern(idiom)}(?![\w-])"
    return Rewording(
        frozenset({_find_keyword(idiom)}),
        pattern,
        lambda match, _: _capitalise_like(plain, match.group()),
    )


def _find_keyword(words: str) -> str:
    """The longest word of an idiom that is no possessive; empty if it has none."""
    candidates = [str(word) for word in _WORD.findall(words.lower()) if word not in _POSSESSIVES]
    return max(candidates, key=len, default="")


def _take_apart(idiom: str) -> tuple[str, str, str]:
    """The verb of an idiom, the rest of it, and the preposition that it ends with, if it does."""
    verb, *rest = idiom.split()
    preposition = rest.pop() if rest and rest[-1] in {"de", "à"} else ""
    return verb, " ".join(rest), preposition


def _write_words_pattern(words: str) -> str:
    """A pattern for some words. Their possessives may be of several owners."""
    return " ".join(
        _POSSESSIVES.get(word, re.escape(word).replace("'", "['’]")) for word in words.split()
    )


def _write_for_several(words: str) -> str:
    """Words with the possessives of several owners."""
    words = re.sub(r"\bses\b", "leurs", words)
    return re.sub(r"\b(?:son|sa)\b", "leur", words)


def _capitalise_like(text: str, replaced: str) -> str:
    return text[:1].upper() + text[1:] if replaced[:1].isupper() else text


def _elide(before: str, text: str) -> str:
    """`before` and `text`, with or without elision between them."""
    if not _VOWEL.match(text):
        before = _ELIDED.sub(lambda word: f"{word[1]}e ", before)
    elif _MAY_ELIDE.search(before):
        before = _MAY_ELIDE.sub(lambda word: f"{word[1]}'", before)
    return before + text


_IDIOMS: Final = Idioms(_TABLES)
replace_idioms: Final = _IDIOMS.replace_idioms
