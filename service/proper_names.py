"""Which capitalised words an English translation may hold: those of its sentence, and those that English has in their place."""

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from typing import Final

from service.facts import Source
from service.folding import plain
from service.vocabulary import is_known

CLOSE: Final = 0.7  # likeness of an English word to the French one that it translates ("Assembly", "assemblée")
PLACE_STEM: Final = 4  # letters that a country shares with its adjective ("Chine", "chinois")
_CAPITALISED: Final = re.compile(r"\b[A-ZÀ-Ý]\w+(?:-[A-ZÀ-Ý]\w+)*")
_WITH_ARTICLE: Final = ("United ", "European ", "Netherlands")

# English writes with a capital what French writes without, or has another word for it: these are no inventions.
_CAPITALS: Final = (
    "I Frenchman Frenchwoman God Bible Internet Web Net President Mr Mrs Ms Dr IT CEO CFO CTO PC TV AI EU UN US USA UK NATO ID "
    "MP MPs MEP MEPs SME SMEs HIV AIDS WHO Le La Les "
    "New Old First Second Third Great The Is It We He She They This That These There In On At But And Who What Why How When "
    "Where You If As For To No Not So Since From After Before During Until Between Among According Under Over With Without By "
    "Of While Although Despite Because Once Both Each Every Many Most Some Several More Last Next Nearly Almost About Around "
    "Only Even Also Then Now Here Our Your His Her Its Their My"
).split()
# Nor are these, which state a fact or name an institution, where the French has a word that begins so (plain, "|" between
# several).
_STATED: Final = {
    "January": "janvier", "February": "fevrier", "March": "mars", "April": "avril", "May": "mai", "June": "juin",
    "July": "juillet", "August": "aout", "September": "septembre", "October": "octobre", "November": "novembre",
    "December": "decembre", "Monday": "lundi", "Tuesday": "mardi", "Wednesday": "mercredi", "Thursday": "jeudi",
    "Friday": "vendredi", "Saturday": "samedi", "Sunday": "dimanche", "French": "fran|tricol", "American": "amer|etats",
    "Americans": "amer|etats", "Chinese": "chin", "German": "alle", "Germans": "alle", "British": "brit|royaume",
    "Briton": "brit", "Britons": "brit", "English": "angl", "European": "euro", "Europeans": "euro", "Japanese": "japo|nippon",
    "Korean": "core", "Italian": "ital", "Italians": "ital", "Spanish": "espa", "Russian": "russ", "Russians": "russ",
    "Indian": "indi|inde", "Indians": "indi", "Dutch": "neer|holl|pays", "Belgian": "belg", "Swiss": "suis", "Canadian": "cana",
    "Canadians": "cana", "Swedish": "sued", "Irish": "irla", "Israeli": "isra", "Iranian": "iran", "Ukrainian": "ukra",
    "Brazilian": "bres", "African": "afri", "Asian": "asia", "Taiwanese": "taiw", "Turkish": "turc|turq", "Finnish": "finl",
    "Polish": "polo", "Norwegian": "norv", "Danish": "dano|dane", "Australian": "aust", "Californian": "cali",
    "Parisian": "pari", "Czech": "tche", "Greek": "grec", "Austrian": "autr", "Portuguese": "port", "Mexican": "mexi",
    "Arab": "arab", "Arabic": "arab", "Lebanese": "liba", "Syrian": "syri", "Egyptian": "egyp", "Hungarian": "hong",
    "Vietnamese": "viet", "Latin": "lati", "Jews": "juif|juiv", "Jewish": "juif|juiv", "Christian": "chre",
    "Christians": "chre", "Muslim": "musu", "Muslims": "musu", "Catholic": "cath", "Parliament": "parlement|depute",
    "Senate": "senat", "Senator": "senat", "Congress": "congres", "Congressman": "congres", "Commission": "commission",
    "Council": "conseil",
    "Court": "cour|tribuna", "Agency": "agence", "Prime": "premier", "Vice": "vice", "Secretary": "secretaire",
    "Health": "sante|maladie|sanit", "Labour": "travail", "Labor": "travail", "Economy": "econom", "Interior": "interieur",
    "Justice": "justice", "Education": "educat", "Defence": "defense|armees", "Defense": "defense|armees", "Foreign": "etrang",
    "Finance": "financ", "Constitutional": "constit", "Supreme": "supreme", "Federal": "feder", "Social": "social",
    "Central": "central", "Bank": "banque", "Party": "parti", "Republican": "republi", "Republicans": "republi",
    "Democrat": "democr", "Democrats": "democr", "Democratic": "democr", "Olympic": "olymp", "Olympics": "olymp|jo",
    "Nobel": "nobel", "Cup": "coupe|mondia", "League": "ligue", "Championship": "champion", "King": "roi", "Queen": "reine",
    "Pope": "pape", "Emperor": "empereur", "North": "nord", "Northern": "nord", "South": "sud", "Southern": "sud",
    "West": "ouest|occid", "Western": "ouest|occid", "Middle": "moyen|milieu", "East": "est|orient", "Eastern": "est|orient",
    "State": "etat", "States": "etat", "Government": "gouvern|executif", "Minister": "minist", "Ministers": "minist",
    "Ministry": "minist", "Department": "depart|minist", "National": "national", "Assembly": "assembl|deput",
    "Republic": "republi", "High": "haut", "Public": "public|parquet", "Security": "secur", "General": "general|procur",
    "Chairman": "presid", "Director": "direct", "Attorney": "procur|avocat|justice", "Professor": "prof",
    "Captain": "capitaine", "Colonel": "colonel", "Prince": "princ", "Church": "eglise",
    "Union": "union|syndic|ue", "University": "univers|fac", "Institute": "institut",
    "Office": "offic|bureau|cabinet|parquet|poste", "Press": "presse", "Association": "associ", "Society": "soci",
    "Company": "compag|soci|entrepr", "Group": "group",
    "School": "ecole|lycee|colleg", "College": "colleg|lycee|universit", "Museum": "musee", "Law": "loi|droit|jurid",
    "Act": "loi|act", "Sea": "mer", "River": "fleuve|rivi", "Street": "rue", "Avenue": "avenue",
    "City": "vill|cite|municip|city|mair|mexico", "Town": "vill|municip", "Airport": "aeroport", "War": "guerr|conflit",
    "World": "mond|plan", "Games": "jeu|jo", "Prize": "prix", "Euro": "euro", "Euros": "euro", "Christmas": "noel",
    "Easter": "paque|pascal", "Earth": "terr", "Sun": "sol", "Moon": "lun",
}  # fmt: skip
# Places that are no countries, and a country that Babel calls by its newest name.
_PLACES: Final = {
    "Alps": "Alpes", "America": "Amérique", "Africa": "Afrique", "Asia": "Asie", "Oceania": "Océanie", "Pacific": "Pacifique",
    "Atlantic": "Atlantique", "Mediterranean": "Méditerranée", "Gulf": "Golfe", "Rhine": "Rhin", "Valley": "Vallée",
    "Kingdom": "Royaume", "United": "Uni", "Britain": "Bretagne", "England": "Angleterre", "Scotland": "Écosse",
    "Wales": "Galles", "Holland": "Hollande", "Czech": "tchèque", "Korea": "Corée", "Turkey": "Turquie", "Crimea": "Crimée",
    "Siberia": "Sibérie", "France": "Hexagone",
    "Brittany": "Bretagne", "Normandy": "Normandie", "Corsica": "Corse", "Burgundy": "Bourgogne", "Picardy": "Picardie",
    "Occitania": "Occitanie", "Catalonia": "Catalogne", "Andalusia": "Andalousie", "Bavaria": "Bavière", "Sicily": "Sicile",
    "Sardinia": "Sardaigne", "Tuscany": "Toscane", "Lombardy": "Lombardie", "Wallonia": "Wallonie", "Flanders": "Flandre",
    "California": "Californie", "Florida": "Floride", "Virginia": "Virginie", "Louisiana": "Louisiane",
    "Pennsylvania": "Pennsylvanie", "Carolina": "Caroline", "Quebec": "Québec",
    "London": "Londres", "Edinburgh": "Édimbourg", "Brussels": "Bruxelles", "Antwerp": "Anvers", "Ghent": "Gand",
    "Geneva": "Genève", "Basel": "Bâle", "Bern": "Berne", "Vienna": "Vienne", "Frankfurt": "Francfort", "Cologne": "Cologne",
    "Hamburg": "Hambourg", "Copenhagen": "Copenhague", "Warsaw": "Varsovie", "Krakow": "Cracovie", "Moscow": "Moscou",
    "Bucharest": "Bucarest", "Athens": "Athènes", "Venice": "Venise", "Genoa": "Gênes", "Lisbon": "Lisbonne",
    "Barcelona": "Barcelone", "Seville": "Séville", "Algiers": "Alger", "Cairo": "Caire", "Beirut": "Beyrouth",
    "Damascus": "Damas", "Jerusalem": "Jérusalem", "Mecca": "Mecque", "Riyadh": "Riyad", "Dubai": "Dubaï", "Tehran": "Téhéran",
    "Baghdad": "Bagdad", "Kabul": "Kaboul", "Beijing": "Pékin", "Shanghai": "Shanghaï", "Seoul": "Séoul",
    "Singapore": "Singapour", "Hanoi": "Hanoï", "Havana": "Havane", "Philadelphia": "Philadelphie",
}  # fmt: skip
_PLAIN: Final = re.compile(r"[\w.'-]+(?: [\w.']+)*")  # no "Congo - Kinshasa", "Myanmar (Burma)"
# Names of people too, or of other places: they are left as they stand.
_AMBIGUOUS: Final = frozenset(
    (
        "bretagne caire caroline damas dominique gand golfe grenade hexagone hollande maurice royaume saint-barthelemy "
        "saint-martin sainte-helene sainte-lucie salvador uni vallee vienne virginie"
    ).split()
)


class ProperNames:
    """The names that the translation of one French sentence of an article may hold. `own`: words of its glossary, plain.

    Those of the sentence, and what English says for its words: names of the article that it has in another form ("Lyon" for
    "lyonnais"), places, and the capitalised words of English. A name that only the rest of the article has does not belong there.
    """

    def __init__(self, french: Source, article: Source, own: frozenset[str] = frozenset()) -> None:
        self._french = french
        self.in_english = (*_CAPITALS, *_stated(french), *_places_of(french), *_kindred(french, article))
        self._known = own.union(map(plain, self.in_english))

    def has(self, name: str, translated: bool = False) -> bool:
        """True if every part of `name` is known that is written as a name ("Lille" in "Lille-based"); `translated`: also if it
        looks like a word of the French sentence."""
        parts = [plain(part) for part in re.split(r"\W+", re.sub(r"['’]s$", "", name)) if part and not part.islower()]
        return all(self._has_part(part) or (translated and self._is_like_french(part)) for part in parts)

    def _has_part(self, part: str) -> bool:
        return part in self._known or self._french.has_name(part)

    def _is_like_french(self, part: str) -> bool:
        alike = [word for word in self._french.words if len(word) > 3 and word[0] == part[0]]
        return len(part) > 3 and bool(get_close_matches(part, alike, n=1, cutoff=CLOSE))


def is_translated(name: str) -> bool:
    """True if English has another word for the French `name`, or may have."""
    return plain(name) in _in_english() or plain(name).startswith(_translated())


def is_ordinary(name: str) -> bool:
    """True if every word of an English `name` is a common word with a capital ("Heritage Days"), not of a place or an office."""
    parts = [part for part in re.split(r"\W+", re.sub(r"['’]s$", "", name)) if part and not part.islower()]
    return all(is_known(part.lower(), "en") and part not in _STATED and plain(part) not in _places() for part in parts)


def is_place(name: str) -> bool:
    """True if an English `name` is one of a place that French may call otherwise."""
    return plain(name) in _places()


@cache
def _translated() -> tuple[str, ...]:
    return tuple(start for starts in _STATED.values() for start in starts.split("|"))


def _stated(french: Source) -> Iterator[str]:
    return (word for word, starts in _STATED.items() if _begins(french, *starts.split("|")))


def _places_of(french: Source) -> Iterator[str]:
    starts = {word[:PLACE_STEM] for word in french.words}
    found = (here.capitalize() for here, there in _places().items() if any(word[:PLACE_STEM] in starts for word in there))
    return (name for name in found if name not in _STATED)  # a South Sudan is not named where the sentence has no "sud"


def _kindred(french: Source, article: Source) -> Iterator[str]:
    """The article's names of which the sentence has a word with the same stem."""
    return (name for name in article.names if len(name) >= PLACE_STEM and _begins(french, plain(name)[:PLACE_STEM]))


def _begins(french: Source, *beginnings: str) -> bool:
    """True if the sentence has a word that begins in one of these ways."""
    return any(word.startswith(beginnings) for word in french.words)


def places_put_right(english: str, french: str) -> str:
    """`english` with the English names of the places that stand there in French, as the sentence has them ("in Beyrouth").

    Inside a French name ("Le Journal de Genève") they stay.
    """
    for name in _CAPITALISED.findall(french):
        if here := _in_english().get(plain(name)):
            place = rf"(?<![\w-])(?<!\b[ld]e )(?<!\bdu )(?<!\bla )(?<!['’]){name}(?![\w-]| d[eu]\b)"
            if here.startswith(_WITH_ARTICLE):
                english = re.sub(rf"(?<=[a-z] )(?<!the ){place}", f"the {here}", english)
            english = re.sub(place, here, english)
    return english


@cache
def _in_english() -> Mapping[str, str]:
    """The English of the places that have another name there, by the French one, plain."""
    usual = ((plain(there), here) for here, there in _place_names() if there[0].isupper() and _PLAIN.fullmatch(here))
    return {there: here for there, here in usual if there not in {plain(here), *_AMBIGUOUS}}


def _place_names() -> list[tuple[str, str]]:
    """English and French names of places; of a country's names the last one here is the usual one."""
    from babel import Locale

    french, english = Locale("fr").territories, Locale("en").territories
    return [*((english[code], french[code]) for code in french if str(code).isalpha()), *_PLACES.items()]


@cache
def _places() -> Mapping[str, frozenset[str]]:
    """The words of French names of places, by each word of their English name; all plain."""
    found: dict[str, set[str]] = {}
    for here, there in _place_names():
        words = {word for word in re.split(r"\W+", plain(there)) if len(word) >= PLACE_STEM - 1}
        for word in re.split(r"\W+", plain(here)):
            if len(word) > 3:
                found.setdefault(word, set()).update(words)
    return {word: frozenset(names) for word, names in found.items()}
