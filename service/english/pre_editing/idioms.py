"""Idioms and verbs of the French press that the translator takes at their word, in plain French:
"jette l'éponge" is "renonce".

They stand in `idioms.toml`, verbs in the infinitive. Here each is found in the forms that the press
writes, third persons, participles and infinitives, and put in the same form of its plain verb; "est
tombé à l'eau" is "a échoué". verbecc conjugates more, but wants one version of numpy and
scikit-learn.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from service.text.tables import table

Replace = Callable[[re.Match[str], str], str]

# What may stand between a verb and the rest of its idiom: "n'a pas jeté", but "ne jette pas
# l'éponge".
_BETWEEN: Final = (
    r"(?P<between> (?:pas|plus|jamais|guère|point|déjà|aussi|également|encore|toujours|donc|ainsi"
    r"|enfin|désormais|même|bien"
    r"|rapidement|finalement|régulièrement|largement|littéralement|définitivement|pas encore"
    r"|toujours pas|alors|vite|vraiment"
    r"|officiellement|récemment|progressivement|clairement|sérieusement|nettement|totalement"
    r"|complètement|lui-même|elle-même))?"
)
# Before a noun, which may look like a verb ("un tacle").
_OF_NOUN: Final = re.compile(
    r"\b(?:(?:une?|l[ea]s?|des?|du|aux?|ce|cet|cette|ces|son|sa|ses|leurs?|en|sans|par|chaque"
    r"|premi\w+) |[ld]['’])\Z",
    re.IGNORECASE,
)
_VOWEL: Final = re.compile(r"[aeiouyhàâéèêîôûœ]", re.IGNORECASE)
_ELIDED: Final = re.compile(r"\b([dlnsjmt]|qu|lorsqu|puisqu)['’]\Z", re.IGNORECASE)
_MAY_ELIDE: Final = re.compile(r"\b([dlnsjmt]|qu|lorsqu|puisqu)[ea] \Z", re.IGNORECASE)
# What stands behind "de" and "à" before a noun, and the article that it holds.
_BEHIND: Final = {
    "de": {"du ": "le ", "des ": "les ", "de la ": "la ", "de l'": "l'", "de ": "", "d'": ""},
    "à": {"au ": "le ", "aux ": "les ", "à la ": "la ", "à l'": "l'", "à ": ""},
    "": {"le ": "le ", "les ": "les ", "la ": "la ", "l'": "l'", "": ""},
}
_WITH_ARTICLE: Final = {
    kind: {article: written for written, article in reversed(forms.items())}
    for kind, forms in _BEHIND.items()
}
_WORD: Final = re.compile(r"\w+")
# Before a participle that is written as the present is ("a fait", "fait").
_AUXILIARY: Final = re.compile(
    r"\b(?:a|ont|avait|avaient|aura|auront|aurait|auraient|ait|aient|ayant|avoir|été|est|sont|était"
    r"|étaient|être)(?: \w+){0,2} \Z"
)
# Auxiliaries of verbs of motion and reflexive ones, and those of all other verbs.
_AUXILIARIES: Final = {
    "est": "a", "sont": "ont", "était": "avait", "étaient": "avaient", "sera": "aura",
    "seront": "auront", "serait": "aurait",
    "seraient": "auraient", "soit": "ait", "soient": "aient", "être": "avoir", "étant": "ayant",
}  # fmt: skip
_COMPOUND: Final = (
    rf"(?<!\b[Cc]')(?:(?P<auxiliary>{'|'.join(_AUXILIARIES)})(?P<adverb>(?: \w+)?) )?"
)
_SELF: Final = "s(?:e |['’])"
_OF_MANY: Final = ("sont", "étaient", "seront", "seraient", "soient")
_CLOSED_E: Final = re.compile(r"(?:e(?=[^aeiouyé]\Z)|é(?=[^aeiouyé]{1,2}\Z))")
_MANY: Final = ("future aient", "future ont", "imperfect aient")
_OWN: Final = {"son": "(?:son|leur)", "sa": "(?:sa|leur)", "ses": "(?:ses|leurs)"}


class Conjugations:
    """The forms of verbs. `irregular` has, of those that are not conjugated like "donner", the
    third persons of the present, the participle, the future and the imperfect without their
    endings, and the present participle if it is another: "mettre" = "met mettent mis mettr
    mett"."""

    def __init__(self, irregular: Mapping[str, str]) -> None:
        self._irregular = irregular

    def of(self, infinitive: str) -> dict[str, str]:
        """The forms of a verb by their names, its participle without agreement."""
        one, many, participle, future, imperfect, *present = self._parts(infinitive)
        forms = {
            "one": one,
            "many": many,
            "participle": participle,
            "infinitive": infinitive,
            **{f"future {ending}": future + ending for ending in ("ait", "aient", "ont", "a")},
            **{f"imperfect {ending}": imperfect + ending for ending in ("aient", "ait", "ant")},
        }
        return forms | ({"imperfect ant": present[0]} if present else {})

    def _parts(self, infinitive: str) -> list[str]:
        if infinitive in self._irregular:
            return self._irregular[infinitive].split()
        if not infinitive.endswith("er"):
            raise ValueError(f"How is {infinitive!r} conjugated?")
        stem = infinitive[:-2]
        soft = re.sub(
            r"g\Z", "ge", re.sub(r"c\Z", "ç", stem)
        )  # before an a: "changeait", "annonçait"
        short = re.sub(
            r"(?<=[ou])y\Z", "i", _CLOSED_E.sub("è", stem)
        )  # before a silent e: "emploie", "achète"
        future = infinitive if re.search(r"é[^aeiouy]{1,2}\Z", stem) else f"{short}er"
        return [f"{short}e", f"{short}ent", f"{stem}é", future, soft]


@dataclass(frozen=True)
class Rewording:
    """Puts one idiom in plain French, in sentences that have one of `words` and nothing that is
    found by `unless`."""

    words: frozenset[str]
    written: str
    replace: Replace
    unless: str = ""

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(self.written, re.IGNORECASE)

    def __call__(self, text: str) -> str:
        """`text` without the idiom."""
        places = list(self._pattern.finditer(text))
        if not places or (self.unless and re.search(self.unless, text)):
            return text
        for found in reversed(places):
            before = text[: found.start()]
            new = self.replace(found, before)
            if new != found.group():
                text = _joined(_joined(before, new), text[found.end() :])
        return text


class Idioms:
    """A table of idioms: `phrases`, `verbs`, those that are conjugated `with_etre`, what they are
    left alone near (`unless`), and the conjugations of the `irregular` ones.

    Raises ValueError for a verb whose conjugation is not known, and for an exception to an idiom
    that is not there.
    """

    def __init__(self, rows: Mapping[str, Mapping[str, str]]) -> None:
        conjugations = Conjugations(rows.get("irregular", {}))
        found = {idiom: _phrase(idiom, plain) for idiom, plain in rows.get("phrases", {}).items()}
        found |= {
            idiom: _verb(idiom, plain, conjugations)
            for idiom, plain in rows.get("verbs", {}).items()
        }
        found |= {
            idiom: _verb(idiom, plain, conjugations, True)
            for idiom, plain in rows.get("with_etre", {}).items()
        }
        for idiom, pattern in rows.get("unless", {}).items():
            if idiom not in found:
                raise ValueError(f"No idiom is {idiom!r}.")
            found[idiom] = replace(found[idiom], unless=pattern)
        self._rewordings = sorted(
            found.values(), key=lambda one: -len(one.written)
        )  # "faire fi de" before "faire"
        self._of_word: dict[str, list[int]] = {}
        for number, rewording in enumerate(self._rewordings):
            for word in rewording.words:
                self._of_word.setdefault(word, []).append(number)

    def in_plain_words(self, french: str) -> str:
        """`french`, a sentence, without the idioms of the table."""
        words = set(_WORD.findall(french.lower()))
        for number in sorted({number for word in words for number in self._of_word.get(word, ())}):
            french = self._rewordings[number](french)
        return french


def _phrase(idiom: str, plain: str) -> Rewording:
    written = rf"(?<![\w-]){_spaced(idiom)}(?![\w-])"
    return Rewording(
        frozenset({_longest(idiom)}), written, lambda found, _: _as_capital(plain, found.group())
    )


def _verb(idiom: str, plain: str, conjugations: Conjugations, with_etre: bool = False) -> Rewording:
    verb, rest, kind = _taken_apart(idiom.removeprefix("se ").removeprefix("s'"))
    plain_verb, plain_rest, plain_kind = _taken_apart(plain)
    reflexive = idiom.startswith(("se ", "s'"))
    forms, plain_forms = conjugations.of(verb), conjugations.of(plain_verb)
    names = {form: name for name, form in reversed(forms.items())}
    participle = forms["participle"]
    # "la mise au pas", and of a verb by itself "le tacle"
    nouns = {"participle"} if rest or kind or reflexive else {"one", "many", "participle"}

    def in_plain_words(found: re.Match[str], before: str) -> str:
        groups = found.groupdict()
        name = names.get(groups["form"].lower(), "participle")
        auxiliary = groups.get("auxiliary") or ""
        if name in nouns and not auxiliary and _OF_NOUN.search(before):
            return found.group()
        if (
            auxiliary
            or name == "participle"
            or (name == "one" and forms[name] == participle and _AUXILIARY.search(before))
        ):
            agreement = (
                "" if auxiliary or plain_verb == "être" else groups["form"][len(participle) :]
            )
            new = _agreeing(plain_forms["participle"], agreement)
            new = (
                f"{_AUXILIARIES[auxiliary.lower()]}{groups['adverb'] or ''} {new}"
                if auxiliary
                else new
            )
        else:
            new = plain_forms[name]
        article = _BEHIND[kind].get((groups.get("behind") or "").lower(), "")
        tail = _WITH_ARTICLE[plain_kind].get(article, article) if kind or plain_kind else ""
        owned = (
            _of_many(plain_rest)
            if name in {"many", *_MANY} or auxiliary in _OF_MANY
            else plain_rest
        )
        words = f"{new}{groups['between'] or ''}{owned and ' ' + owned}"
        if with_etre and name == "participle" and not auxiliary:
            if plain_verb != "être":
                return found.group()
            words = words.removeprefix("été ")  # "tombé dans l'escarcelle de": "racheté par"
        return _as_capital(f"{words} {tail}" if tail or kind else words, found.group())

    before = (_SELF if reflexive else "") + (_COMPOUND if with_etre else "")
    inflected = {f"{participle}{agreement}" for agreement in ("", "e", "s", "es")}
    words = {_longest(rest)} if _longest(rest) else {*names, *inflected}
    return Rewording(
        frozenset(words),
        _written(names, participle, rest, (kind, plain_kind), before),
        in_plain_words,
    )


def _written(
    names: Mapping[str, str], participle: str, rest: str, kinds: tuple[str, str], before: str
) -> str:
    """The pattern of a verb in any form with what stands before it, the rest of its idiom, and the
    article behind it where a preposition comes or goes (`kinds`: what the idiom ends with, and its
    plain French)."""
    kind, plain_kind = kinds
    forms = "|".join(sorted((form for form in names if form != participle), key=len, reverse=True))
    behind = "|".join(re.escape(form) for form in _BEHIND[kind] if form)
    end = r"(?![\w-])"
    if kind:
        end = rf" (?P<behind>{behind})(?!ici\b)"
    elif plain_kind:
        end = rf"(?: (?P<behind>{behind})| (?=\w))"
    verb = rf"(?P<form>{forms}|{participle}(?:e?s?))(?!\w)"
    return rf"(?<![\w-]){before}{verb}{_BETWEEN}{_spaced(rest, before=' ')}{end}"


def _longest(words: str) -> str:
    """The word that an idiom is looked up by, if it has one but possessives."""
    return max(
        (str(word) for word in _WORD.findall(words.lower()) if word not in _OWN),
        key=len,
        default="",
    )


def _taken_apart(idiom: str) -> tuple[str, str, str]:
    """The verb of an idiom, the rest of it, and the preposition that it ends with, if it does."""
    verb, *rest = idiom.split()
    kind = rest.pop() if rest and rest[-1] in {"de", "à"} else ""
    return verb, " ".join(rest), kind


def _spaced(words: str, before: str = "") -> str:
    """A pattern for some words, whose possessives may be of several owners."""
    if not words:
        return ""
    return before + " ".join(
        _OWN.get(word, re.escape(word).replace("'", "['’]")) for word in words.split()
    )


def _of_many(words: str) -> str:
    """Words with the possessives of several owners."""
    return re.sub(r"\b(?:son|sa)\b", "leur", re.sub(r"\bses\b", "leurs", words))


def _agreeing(participle: str, agreement: str) -> str:
    return participle + (agreement.removesuffix("s") if participle.endswith("s") else agreement)


def _as_capital(text: str, before: str) -> str:
    return text[:1].upper() + text[1:] if before[:1].isupper() else text


def _joined(before: str, new: str) -> str:
    """What stands before a word with the word, with or without elision."""
    vowel = bool(_VOWEL.match(new))
    if not vowel:
        before = _ELIDED.sub(lambda found: f"{found[1]}e ", before)
    elif _MAY_ELIDE.search(before):
        before = _MAY_ELIDE.sub(lambda found: f"{found[1]}'", before)
    return before + new


_OWN_TABLE: Final = Idioms(table(__package__, "idioms"))
in_plain_words: Final = _OWN_TABLE.in_plain_words
