"""Which capitalised words an English translation may hold: those of its sentence, and those that
English has in their place."""

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from typing import Final

from service.english.lexicon.inflection import without_genitive
from service.facts.fact import Source
from service.text.calendar import MONTHS, WEEK_DAYS
from service.text.folding import plain, straight
from service.text.tables import table
from service.text.vocabulary import is_known

# likeness of an English word to the French one that it translates ("Assembly", "assemblée")
CLOSE: Final = 0.7
_PEOPLE: Final = re.compile(r"(?:ois|ais|i?ens?|ains?|ards?|auds?)(?:ne|e)?s?$")
PLACE_STEM: Final = 4  # letters that a country shares with its adjective ("Chine", "chinois")
_CAPITALISED: Final = re.compile(r"\b[A-ZÀ-Ý]\w+(?:-[A-ZÀ-Ý]\w+)*")
_WITH_FRENCH_ARTICLE: Final = re.compile(r"\bL[ae] [A-ZÀ-Ý][\w-]+")
_WITH_ARTICLE: Final = ("United ", "European ", "Netherlands")

# English writes with a capital what French writes without, or has another word for it: these are no
# inventions.
_CAPITALS: Final = (
    "I Frenchman Frenchwoman God Bible Internet Web Net President Mr Mrs Ms Dr IT CEO CFO CTO PC "
    "TV AI EU UN US USA UK NATO ID "
    "MP MPs MEP MEPs SME SMEs HIV AIDS WHO Le La Les "
    "New Old First Second Third Great The Is It We He She They This That These There In On At But "
    "And Who What Why How When "
    "Where You If As For To No Not So Since From After Before During Until Between Among According "
    "Under Over With Without By "
    "Of While Although Despite Because Once Both Each Every Many Most Some Several More Last Next "
    "Nearly Almost About Around "
    "Only Even Also Then Now Here Our Your His Her Its Their My"
).split()
# Nor are these, which state a fact or name an institution, where the French has a word that begins
# so (plain, "|" between several).
_STATED: Final = {
    **{here: plain(there) for there, here in (MONTHS | WEEK_DAYS).items()},
    "French": "fran|tricol", "American": "amer|etats",
    "Americans": "amer|etats", "Chinese": "chin", "German": "alle", "Germans": "alle",
    "British": "brit|royaume",
    "Briton": "brit", "Britons": "brit", "English": "angl", "European": "euro", "Europeans": "euro",
    "Japanese": "japo|nippon",
    "Korean": "core", "Italian": "ital", "Italians": "ital", "Spanish": "espa", "Russian": "russ",
    "Russians": "russ",
    "Indian": "indi|inde", "Indians": "indi", "Dutch": "neer|holl|pays", "Belgian": "belg",
    "Swiss": "suis", "Canadian": "cana",
    "Canadians": "cana", "Swedish": "sued", "Irish": "irla", "Israeli": "isra", "Iranian": "iran",
    "Ukrainian": "ukra",
    "Brazilian": "bres", "African": "afri", "Asian": "asia", "Taiwanese": "taiw",
    "Turkish": "turc|turq", "Finnish": "finl",
    "Polish": "polo", "Norwegian": "norv", "Danish": "dano|dane", "Australian": "aust",
    "Californian": "cali",
    "Parisian": "pari", "Czech": "tche", "Greek": "grec", "Austrian": "autr", "Portuguese": "port",
    "Mexican": "mexi",
    "Arab": "arab", "Arabic": "arab", "Lebanese": "liba", "Syrian": "syri", "Egyptian": "egyp",
    "Hungarian": "hong",
    "Vietnamese": "viet", "Latin": "lati", "Jews": "juif|juiv", "Jewish": "juif|juiv",
    "Christian": "chre",
    "Christians": "chre", "Muslim": "musu", "Muslims": "musu", "Catholic": "cath",
    "Parliament": "parlement|depute",
    "Senate": "senat", "Senator": "senat", "Congress": "congres", "Congressman": "congres",
    "Commission": "commission",
    "Council": "conseil",
    "Court": "cour|tribuna", "Agency": "agence", "Prime": "premier", "Vice": "vice",
    "Secretary": "secretaire",
    "Health": "sante|maladie|sanit", "Labour": "travail", "Labor": "travail", "Economy": "econom",
    "Interior": "interieur",
    "Justice": "justice", "Education": "educat", "Defence": "defense|armees",
    "Defense": "defense|armees", "Foreign": "etrang",
    "Finance": "financ", "Constitutional": "constit", "Supreme": "supreme", "Federal": "feder",
    "Social": "social",
    "Central": "central", "Bank": "banque", "Party": "parti", "Republican": "republi",
    "Republicans": "republi",
    "Democrat": "democr", "Democrats": "democr", "Democratic": "democr", "Olympic": "olymp",
    "Olympics": "olymp|jo",
    "Nobel": "nobel", "Cup": "coupe|mondia", "League": "ligue", "Championship": "champion",
    "King": "roi", "Queen": "reine",
    "Pope": "pape", "Emperor": "empereur", "North": "nord", "Northern": "nord", "South": "sud",
    "Southern": "sud",
    "West": "ouest|occid", "Western": "ouest|occid", "Middle": "moyen|milieu", "East": "est|orient",
    "Eastern": "est|orient",
    "State": "etat", "States": "etat", "Government": "gouvern|executif", "Minister": "minist",
    "Ministers": "minist",
    "Ministry": "minist", "Department": "depart|minist", "National": "national",
    "Assembly": "assembl|deput",
    "Republic": "republi", "High": "haut", "Public": "public|parquet", "Security": "secur",
    "General": "general|procur",
    "Chairman": "presid", "Director": "direct", "Attorney": "procur|avocat|justice",
    "Professor": "prof",
    "Captain": "capitaine", "Colonel": "colonel", "Prince": "princ", "Church": "eglise",
    "Union": "union|syndic|ue", "University": "univers|fac", "Institute": "institut",
    "Office": "offic|bureau|cabinet|parquet|poste", "Press": "presse", "Association": "associ",
    "Society": "soci",
    "Company": "compag|soci|entrepr", "Group": "group",
    "School": "ecole|lycee|colleg", "College": "colleg|lycee|universit", "Museum": "musee",
    "Law": "loi|droit|jurid",
    "Act": "loi|act", "Sea": "mer", "River": "fleuve|rivi", "Street": "rue", "Avenue": "avenue",
    "City": "vill|cite|municip|city|mair|mexico", "Town": "vill|municip", "Airport": "aeroport",
    "War": "guerr|conflit",
    "World": "mond|plan", "Games": "jeu|jo", "Prize": "prix", "Euro": "euro", "Euros": "euro",
    "Christmas": "noel",
    "Easter": "paque|pascal", "Earth": "terr", "Sun": "sol", "Moon": "lun",
}  # fmt: skip
# These too, though the French word is not their name: the house for the office, the people for the
# country.
_IMPLIED: Final = {
    "Britain": "brit|royaume|bretagne|angl", "Denmark": "dano|dane", "Turkey": "turc|turq",
    "Switzerland": "suis|helvet",
    "France": "fran|hexagon|metropol", "French": "bercy|orsay|matignon|beauvau|fraudes|armement",
    "Russian": "prorusse|antirusse",
    "Paris": "pari|francil|peripherique|bourget", "National": "assembl|bourbon",
    "Assembly": "bourbon", "Constitutional": "sages",
    "Council": "sages", "Court": "cassation|juridiction|pourvoi", "General": "tribunal",
    "Act": "reglement", "Prime": "matignon",
    "Minister": "matignon", "Ministry": "bercy|chancellerie|orsay|beauvau|education",
    "Interior": "beauvau", "Foreign": "orsay",
    "Finance": "bercy", "Economy": "bercy", "Justice": "chancellerie", "University": "chu",
    "September": "rentree",
    "Christmas": "fetes", "United": "amer", "States": "amer", "Earth": "orbite", "Moon": "alun",
    "Storm": "tempete",
    "CCTV": "video|camera", "GP": "generalist|medecin", "HR": "drh|ressources",
    "EBITDA": "excedent|ebe",
}  # fmt: skip
_PLAIN: Final = re.compile(r"[\w.'-]+(?: [\w.']+)*")  # no "Congo - Kinshasa", "Myanmar (Burma)"
# Names of people too, or of other places: they are left as they stand.
_AMBIGUOUS: Final = frozenset(
    (
        "amazonie bachar baleares bretagne canaries canton caroline damas dominique gand golfe "
        "grenade hollande internet "
        "malines malouines maurice messine odessa ouessant perouse platon royaume saint-barthelemy "
        "saint-martin "
        "sainte-helene sainte-lucie salvador savoie sienne treves uni valence vallee vienne "
        "virgile virginie"
    ).split()
)
# Parts of names of places that say nothing of which one it is.
_PARTS: Final = frozenset(
    "bin basse black bas canary city foret haut lower ben noire nouvelle saint town ville".split()
)
# Initials that French writes like words, and English in capitals.
_ACRONYMS: Final = frozenset(
    (
        "Acpr Adac Ademe Afnor Afpa Amoled Anah Anses Ansm Anssi Arcep Arcom Asic Cada Cnaf Cned "
        "Cnes Cnil Cnous Cnrs "
        "Crous Dares Dinum Drees Ebitda Ehpad Fifa Gafam Giec Gign Ifop Ifremer Igas Ign Ineris "
        "Inpi Inra Inrae Inria "
        "Insa Insee Inserm Irsn Medef Nasa Ocde Ofpra Oled Onera Onu Opep Otan Qled Uefa Unedic "
        "Unesco Unicef Unsa Urssaf "
        "Viginum"
    ).split()
)
_NAME_WITH_OF: Final = re.compile(
    r"(?<![^\W\d_])[A-ZÀ-Ý][\w-]*(?: (?:du|des|de la|de|de l'|d')(?: |(?<='))[a-zà-ÿœ]\w+)+"
)
# What names of institutions and papers begin with, and what follows: no verb.
_INSTITUTION: Final = re.compile(
    r"(?<![\w-])(?:Agence|Association|Autorité|Banque|Caisse|Canard|Centre|Chambre|Collectif|Comité"
    r"|Commission|Confédération"
    r"|Conseil|Direction|École|Ecole|Fédération|Fondation|Fonds|Halte|Haute?|Institut|Journal"
    r"|Laboratoire|Ligue|Mission"
    r"|Observatoire|Office|Ordre|Parti|Pôle|Service|Société|Syndicat|Union|Université)"
    r"(?:[ '](?!(?:a|ont|est|sont|qui|que|se|va)\b)[a-zà-ÿœ][\wà-ÿ-]*)+"
)
# How French and English spell the letters of other alphabets: "Khorochev", "Khoroshev".
_FRENCH_LETTERS: Final = (
    ("tch", "C"),
    ("ch", "S"),
    ("ou", "u"),
    ("dj", "j"),
    ("ine ", "in "),
    ("y", "i"),
)
_OTHER_ALPHABET: Final = re.compile(r"[kvz]|tch|dj")  # not "Groupama"
_ENGLISH_LETTERS: Final = (("ch", "C"), ("sh", "S"), ("y", "i"))


class ProperNames:
    """The names that the translation of one French sentence of an article may hold. `own`: words of
    its glossary, plain.

    Those of the sentence, and what English says for its words: names of the article that it has in
    another form ("Lyon" for "lyonnais"), places, and the capitalised words of English. A name that
    only the rest of the article has does not belong there.
    """

    def __init__(self, french: Source, article: Source, own: frozenset[str] = frozenset()) -> None:
        self._french = french
        self.in_english = (
            *_CAPITALS,
            *_stated(french),
            *_places_of(french),
            *_kindred(french, article),
        )
        self._known = own.union(map(plain, self.in_english))

    def has(self, name: str, translated: bool = False) -> bool:
        """True if every part of `name` is known that is written as a name ("Lille" in
        "Lille-based"); `translated`: also if it looks like a word of the French sentence."""
        bare = without_genitive(name)
        if not {plain(bare).replace("-", ""), plain(bare).lstrip("0123456789")}.isdisjoint(
            self._french.words
        ):
            return True  # "wifi" for "Wi-Fi", "120 Hz" for "120Hz"
        parts = [plain(part) for part in re.split(r"\W+", bare) if part and not part.islower()]
        return all(
            self._has_part(part) or (translated and self._is_like_french(part)) for part in parts
        )

    def _has_part(self, part: str) -> bool:
        return (
            not {part, part.removesuffix("s")}.isdisjoint(self._known)
            or self._french.has_name(part)
            or self._is_spelt(part)
        )

    def _is_spelt(self, part: str) -> bool:
        """True if the sentence spells it in the French way."""
        return any(is_same_name(word, part) for word in self._french.words)

    def _is_like_french(self, part: str) -> bool:
        alike = [word for word in self._french.words if len(word) > 3 and word[0] == part[0]]
        return len(part) > 3 and bool(get_close_matches(part, alike, n=1, cutoff=CLOSE))


def is_translated(name: str) -> bool:
    """True if English has another word for the French `name`, or may have, that is none of
    `exonyms.toml`."""
    there = plain(name)
    other_word = (
        plain(_french_names().get(there, there)) != there
    )  # not "Israël", which has another sign only
    return (other_word and not in_english(name)) or there.startswith(_translated())


def in_english(name: str) -> str:
    """The English of a French `name` of `exonyms.toml`; empty of others."""
    return _exonyms().get(plain(name), "")


def is_acronym(name: str) -> bool:
    """True if English writes the French `name` in capitals."""
    return name in _ACRONYMS


def is_same_name(french: str, english: str) -> bool:
    """True if these are one name of another alphabet ("Khorochev", "Khoroshev")."""
    there, here = plain(french) + " ", plain(english) + " "
    if not _OTHER_ALPHABET.search(there):
        return there.replace("y", "i") == here.replace("y", "i")
    for letters, sound in _FRENCH_LETTERS:
        there = there.replace(letters, sound)
    for letters, sound in _ENGLISH_LETTERS:
        here = here.replace(letters, sound)
    return there == here


def is_ordinary(name: str) -> bool:
    """True if every word of an English `name` is a common word with a capital ("Heritage Days"),
    not of a place or an office."""
    parts = [
        part for part in re.split(r"\W+", without_genitive(name)) if part and not part.islower()
    ]
    return all(
        is_known(part.lower(), "en") and part not in _STATED and plain(part) not in _places()
        for part in parts
    )


def is_institution(name: str) -> bool:
    """True if an English `name` states a fact or names an institution."""
    return name in _STATED


def is_people_of(french: str, place: str) -> bool:
    """True if a `french` name is that of the people of a `place`, as far as its letters tell
    ("Amiénois", "Amiens")."""
    return (
        bool(_PEOPLE.search(plain(french)))
        and plain(french)[:PLACE_STEM] == plain(place)[:PLACE_STEM]
    )


def is_place(name: str) -> bool:
    """True if an English `name` is one of a place that French may call otherwise."""
    return plain(name) in _places()


@cache
def _translated() -> tuple[str, ...]:
    return tuple(start for starts in _STATED.values() for start in starts.split("|"))


def _stated(french: Source) -> Iterator[str]:
    stated = (*_STATED.items(), *_IMPLIED.items())
    return (word for word, starts in stated if _begins(french, *starts.split("|")))


def _places_of(french: Source) -> Iterator[str]:
    starts = {word[:PLACE_STEM] for word in french.words}
    found = (
        here.capitalize()
        for here, there in _places().items()
        if any(word[:PLACE_STEM] in starts for word in there)
    )
    return (
        name for name in found if name not in _STATED
    )  # a South Sudan is not named where the sentence has no "sud"


def _kindred(french: Source, article: Source) -> Iterator[str]:
    """The article's names of which the sentence has a word with the same stem."""
    return (
        name
        for name in article.names
        if len(name) >= PLACE_STEM and _begins(french, plain(name)[:PLACE_STEM])
    )


def _begins(french: Source, *beginnings: str) -> bool:
    """True if the sentence has a word that begins in one of these ways."""
    return any(word.startswith(beginnings) for word in french.words)


def kept_names(english: str, french: str) -> list[str]:
    """The French names of several words that stand in the `english` as they stand in the sentence:
    "Le Courrier du numérique", "Conseil national du numérique"."""
    there = straight(french)
    kept = [name for name in _NAME_WITH_OF.findall(english) if name in there]
    for found in _INSTITUTION.finditer(english):
        name = found.group()
        while name and name not in there:
            name = name.rpartition(" ")[0]
        kept += [name] if " " in name else []
    return kept


def places_put_right(english: str, french: str) -> str:
    """`english` with the English names of the places that stand there in French, as the sentence
    has them ("in Beyrouth").

    Inside a French name ("Le Journal de Genève", "Air Algérie") they stay.
    """
    for there in _WITH_FRENCH_ARTICLE.findall(french):
        if here := _in_english().get(plain(there)):
            english = re.sub(rf"(?<![\w-]){there}(?![\w-])", here, english)
    for name in _CAPITALISED.findall(french):
        if here := _in_english().get(plain(name)):
            place = rf"(?<![\w-])(?<!\b[ld]e )(?<!\bdu )(?<!\bla )(?<!['’]){name}(?![\w-]| d[eu]\b)"
            if _is_part(name, french, english):
                continue
            if here.startswith(_WITH_ARTICLE):
                english = re.sub(rf"(?<=[a-z] )(?<!the ){place}", f"the {here}", english)
            english = re.sub(place, here, english)
    return english


def _is_part(name: str, french: str, english: str) -> bool:
    """True if both texts have a longer name with this one in it ("Air Algérie", "Bruxelles
    Formation")."""
    forms = (
        rf"(?<![\w-])[A-ZÀ-Ý][\w-]*[a-zà-ÿ] {name}(?![\w-])",
        rf"(?<![\w-]){name} [A-ZÀ-Ý][\w-]+",
    )
    return any(longer in english for form in forms for longer in re.findall(form, french))


@cache
def _in_english() -> Mapping[str, str]:
    """The English of the places that have another name there, by the French one, plain; those that
    may be something else left out."""
    return {there: here for there, here in _french_names().items() if there not in _AMBIGUOUS}


@cache
def _french_names() -> Mapping[str, str]:
    """The English of all names that it spells otherwise, be it in an accent only, by the French
    one, plain."""
    usual = (
        (there, here)
        for here, there in _other_names()
        if there[0].isupper() and _PLAIN.fullmatch(here)
    )
    return {plain(there): here for there, here in usual if there != here}


@cache
def _other_names() -> tuple[tuple[str, str], ...]:
    """English and French names of countries, places and people; of a country's names the last one
    here is the usual one."""
    from babel import Locale

    french, english = Locale("fr").territories, Locale("en").territories
    own = ((here, there) for there, here in _own_table().items())
    return (*((english[code], french[code]) for code in french if str(code).isalpha()), *own)


@cache
def _own_table() -> Mapping[str, str]:
    """The English of the names of `exonyms.toml`, by the French one."""
    return {
        there: here
        for names in table(__package__, "exonyms").values()
        for there, here in names.items()
    }


@cache
def _exonyms() -> Mapping[str, str]:
    """The same without case and accents, by the last word too of a name with an article
    ("Haye")."""
    return {
        form: here
        for there, here in _own_table().items()
        for form in (plain(there), plain(there).rpartition(" ")[2])
    }


@cache
def _places() -> Mapping[str, frozenset[str]]:
    """The words of French names of places, by each word of their English name; all plain."""
    found: dict[str, set[str]] = {}
    for here, there in _other_names():
        words = {
            word for word in re.split(r"\W+", plain(there)) if len(word) >= PLACE_STEM - 1
        } - _PARTS
        for word in set(re.split(r"\W+", plain(here))) - _PARTS:
            if len(word) > 3:
                found.setdefault(word, set()).update(words)
    return {word: frozenset(names) for word, names in found.items()}
