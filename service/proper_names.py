"""Which capitalised words an English translation may hold: those of the article, and those that English has in their place."""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache, lru_cache
from typing import Final

from service.facts import Source, plain

CLOSE: Final = 0.7  # likeness of an English word to the French one that it translates ("Assembly", "assemblée")
PLACE_STEM: Final = 4  # letters that a country shares with its adjective ("Chine", "chinois")

# English writes with a capital what French writes without, or has another word for it: these are no inventions.
_CAPITALS: Final = (
    "I Frenchman Frenchwoman God Bible Internet Web Net President Mr Mrs Ms Dr IT CEO CFO CTO PC TV AI EU UN US USA UK NATO "
    "New Old First Second Third Great The Is It We He She They This That These There In On At But And Who What Why How When "
    "Where You If As For To No Not So Since From After Before During Until Between Among According Under Over With Without By "
    "Of While Although Despite Because Once Both Each Every Many Most Some Several More Last Next Nearly Almost About Around "
    "Only Even Also Then Now Here Our Your His Her Its Their My"
).split()
# Nor are these, which state a fact or name an institution, where the article has a word that begins so (plain, "|" between
# several).
_STATED: Final = {
    "January": "janvier", "February": "fevrier", "March": "mars", "April": "avril", "May": "mai", "June": "juin",
    "July": "juillet", "August": "aout", "September": "septembre", "October": "octobre", "November": "novembre",
    "December": "decembre", "Monday": "lundi", "Tuesday": "mardi", "Wednesday": "mercredi", "Thursday": "jeudi",
    "Friday": "vendredi", "Saturday": "samedi", "Sunday": "dimanche", "French": "fran", "American": "amer|etats",
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
    "Christians": "chre", "Muslim": "musu", "Muslims": "musu", "Catholic": "cath", "Parliament": "parlement", "Senate": "senat",
    "Senator": "senat", "Congress": "congres", "Congressman": "congres", "Commission": "commission", "Council": "conseil",
    "Court": "cour|tribuna", "Agency": "agence", "Prime": "premier", "Vice": "vice", "Secretary": "secretaire",
    "Health": "sante", "Labour": "travail", "Labor": "travail", "Economy": "econom", "Interior": "interieur",
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
    "Captain": "capitaine", "Colonel": "colonel", "Prince": "princ", "Church": "eglise", "Affairs": "affaire",
    "Union": "union|syndic|ue", "University": "univers|fac", "Institute": "institut", "Office": "offic|bureau|cabinet",
    "Press": "presse", "Association": "associ", "Society": "soci", "Company": "compag|soci|entrepr", "Group": "group",
    "School": "ecole|lycee|colleg", "College": "colleg|lycee|universit", "Museum": "musee", "Law": "loi|droit|jurid",
    "Act": "loi|act", "Sea": "mer", "River": "fleuve|rivi", "Street": "rue", "Avenue": "avenue",
    "City": "vill|cite|municip|city", "Town": "vill|municip", "Airport": "aeroport", "War": "guerr|conflit",
    "World": "mond|plan", "Games": "jeu|jo", "Prize": "prix", "Euro": "euro", "Euros": "euro", "Christmas": "noel",
    "Easter": "paque|pascal", "Earth": "terr", "Sun": "sol", "Moon": "lun",
}  # fmt: skip
# Places that are no countries; those come from Babel.
_PLACES: Final = {
    "America": "Amérique", "London": "Londres", "Beijing": "Pékin", "Brussels": "Bruxelles", "California": "Californie",
    "Geneva": "Genève", "Africa": "Afrique", "Asia": "Asie", "Moscow": "Moscou", "Korea": "Corée", "Kingdom": "Royaume",
    "Britain": "Bretagne", "Brittany": "Bretagne", "Normandy": "Normandie", "Corsica": "Corse", "Burgundy": "Bourgogne",
    "Catalonia": "Catalogne", "Bavaria": "Bavière", "Scotland": "Écosse", "Wales": "Galles", "Vienna": "Vienne",
    "Warsaw": "Varsovie", "Lisbon": "Lisbonne", "Athens": "Athènes", "Venice": "Venise",
    "Frankfurt": "Francfort", "Cologne": "Cologne",
    "Hamburg": "Hambourg", "Barcelona": "Barcelone", "Copenhagen": "Copenhague", "Antwerp": "Anvers", "Ghent": "Gand",
    "Edinburgh": "Édimbourg", "Cairo": "Caire", "Algiers": "Alger", "Singapore": "Singapour", "Shanghai": "Shanghaï",
    "Seoul": "Séoul", "Crimea": "Crimée", "Siberia": "Sibérie", "Florida": "Floride",
    "Virginia": "Virginie", "Pacific": "Pacifique", "Atlantic": "Atlantique", "Mediterranean": "Méditerranée",
    "Alps": "Alpes", "Rhine": "Rhin", "United": "Uni", "Valley": "Vallée", "Holland": "Hollande",
    "England": "Angleterre", "Czech": "tchèque", "Quebec": "Québec", "Gulf": "Golfe",
}  # fmt: skip


class ProperNames:
    """The names that the translation of one French sentence of an article may hold. `own`: words of its glossary, plain."""

    def __init__(self, french: str, article: Source, own: frozenset[str] = frozenset()) -> None:
        self._article, self._own = article, own
        self._capitals = frozenset(map(plain, _capitals(article)))
        self._words = [word for word in re.split(r"\W+", plain(french)) if len(word) > 3]

    def has(self, name: str, translated: bool = False) -> bool:
        """True if every part of `name` is known that is written as a name ("Lille" in "Lille-based"); `translated`: also if it
        looks like a word of the French sentence."""
        parts = [plain(part) for part in re.split(r"\W+", re.sub(r"['’]s$", "", name)) if part and not part.islower()]
        return all(self._has_part(part) or (translated and self._is_like_french(part)) for part in parts)

    def _has_part(self, part: str) -> bool:
        known = part in self._capitals or part in self._own or self._article.has_name(part)
        return known or any(self._names_place(french) for french in _places().get(part, ()))

    def _names_place(self, french: str) -> bool:
        return _begins(self._article, french[:PLACE_STEM])

    def _is_like_french(self, part: str) -> bool:
        close = get_close_matches(part, [word for word in self._words if word[0] == part[0]], n=1, cutoff=CLOSE)
        return len(part) > 3 and bool(close)


@lru_cache(maxsize=16)  # the sentences of one article have the same source
def names_in_english(article: Source) -> tuple[str, ...]:
    """The capitalised words that English may have in the place of the article's: its own, and the article's places."""
    starts = {word[:PLACE_STEM] for word in article.words}
    places = (here for here, there in _places().items() if any(word[:PLACE_STEM] in starts for word in there))
    return (*_capitals(article), *(place.capitalize() for place in places))


@lru_cache(maxsize=16)
def _capitals(article: Source) -> tuple[str, ...]:
    """The capitalised words of English itself that are no invention beside the article."""
    stated = (word for word, starts in _STATED.items() if _begins(article, *starts.split("|")))
    return (*_CAPITALS, *stated)


def _begins(article: Source, *beginnings: str) -> bool:
    """True if the article has a word that begins in one of these ways."""
    return any(word.startswith(beginnings) for word in article.words)


@cache
def _places() -> Mapping[str, frozenset[str]]:
    """The words of French names of places, by each word of their English name; all plain."""
    from babel import Locale

    french, english = Locale("fr").territories, Locale("en").territories
    pairs = [*_PLACES.items(), *((english[code], french[code]) for code in french if str(code).isalpha())]
    found: dict[str, set[str]] = {}
    for here, there in pairs:
        words = {word for word in re.split(r"\W+", plain(there)) if len(word) >= PLACE_STEM - 1}
        for word in re.split(r"\W+", plain(here)):
            if len(word) > 3:
                found.setdefault(word, set()).update(words)
    return {word: frozenset(names) for word, names in found.items()}
