"""A rough test of whether a French article supports an English text, for summaries that are scored.

Like `models/scoring/support.py` deliberately apart from the checks of the product, with code and
word lists of its own.
"""

import re
from collections.abc import Iterator
from typing import Final

from models.scoring.support import inner_capitals, normalised, without_accents

_SENTENCE_START: Final = re.compile(r'(?<=[.!?:])\s+|(?<=["“])\s*')
_POSSESSIVE: Final = re.compile(r"'s$")
_ROMAN: Final = re.compile(r"\b([IVXLC]+)e\b")  # the VIIe arrondissement
_AFTERNOON: Final = re.compile(r"\b(1[0-2]|[1-9])(:\d\d)? ?p\.?m\b")  # 6 pm for 18h
_FULL_HOUR: Final = re.compile(r"(?<=\d):00\b")  # 18:00 for 18h
_FRENCH_SCALES: Final = {
    "mille": 1e3, "millier": 1e3, "k": 1e3, "million": 1e6, "m": 1e6, "milliard": 1e9, "md": 1e9,
    "mrd": 1e9, "billion": 1e12,
}  # fmt: skip
_ENGLISH_SCALES: Final = {
    "thousand": 1e3,
    "k": 1e3,
    "million": 1e6,
    "billion": 1e9,
    "bn": 1e9,
    "trillion": 1e12,
}
_FRENCH_NUMBER: Final = re.compile(
    r"(\d{1,3}(?:[ .]\d{3})+(?!\d)|\d+)(?:,(\d+))?"
    r"(?:[ -]?(mille|milliers?|k|millions?|m|milliards?|mds?|mrds?|billions?)(?![a-z]))?"
)
_ENGLISH_NUMBER: Final = re.compile(
    r"(\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.(\d+))?(?:[ -]?(thousand|k|million|billion|bn"
    r"|trillion)s?(?![a-z]))?"
)
_HEIGHT: Final = re.compile(r"\b([12])m(\d\d)\b")  # 1m65
# What follows a name and is none ("Paris-based").
_SUFFIXES: Final = frozenset(
    "backed based born controlled early language led like owned run speaking style".split()
)
# Numbers in words, from two on: "one" and "un" are articles more often than not.
_FRENCH_WORDS: Final = {
    "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7, "huit": 8, "neuf": 9,
    "dix": 10, "onze": 11,
    "douze": 12, "treize": 13, "quatorze": 14, "quinze": 15, "seize": 16, "vingt": 20, "trente": 30,
    "quarante": 40,
    "cinquante": 50, "soixante": 60, "cent": 100, "mille": 1000, "couple": 2, "duo": 2, "paire": 2,
    "trio": 3, "dizaine": 10,
    "douzaine": 12, "midi": 12, "quinzaine": 15, "vingtaine": 20, "trentaine": 30,
    "quarantaine": 40, "cinquantaine": 50,
    "soixantaine": 60, "centaine": 100,
    "deuxieme": 2, "troisieme": 3, "millier": 1000, "million": 1e6, "milliard": 1e9, "tiers": 3,
    "quart": 4, "trimestre": 3,
    "quinquennat": 5, "dix mille": 1e4,
}  # fmt: skip
_ENGLISH_WORDS: Final = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11,
    "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "twenty": 20,
    "thirty": 30, "forty": 40,
    "fifty": 50, "sixty": 60, "hundred": 100,
}  # fmt: skip
# English words with a capital, and the beginnings of French words (no accents, lower case) of which
# one must be in the article.
_SAME: Final = {
    "monday": "lundi", "tuesday": "mardi", "wednesday": "mercredi", "thursday": "jeudi",
    "friday": "vendredi",
    "saturday": "samedi", "sunday": "dimanche", "january": "janvier", "february": "fevrier",
    "march": "mars", "april": "avril",
    "may": "mai", "june": "juin", "july": "juillet", "august": "aout", "september": "septembre",
    "october": "octobre",
    "november": "novembre", "december": "decembre", "christmas": "noel", "easter": "paques",
    "french": "franc",
    "frenchman": "franc", "frenchmen": "franc", "english": "anglais|angleterre",
    "england": "anglais|angleterre",
    "british": "britan|royaume", "britain": "britan|royaume|grande-bretagne", "scottish": "ecoss",
    "scotland": "ecosse",
    "wales": "galles", "welsh": "gallois", "irish": "irland", "ireland": "irland",
    "german": "allema", "germans": "allema",
    "germany": "allema", "spanish": "espagn", "spain": "espagn", "spaniard": "espagn",
    "italian": "ital", "italians": "ital",
    "italy": "ital", "portuguese": "portug", "dutch": "neerland|holland|pays-bas",
    "netherlands": "neerland|holland|pays-bas",
    "belgian": "belg", "belgium": "belg", "swiss": "suiss", "switzerland": "suiss",
    "austrian": "autrich", "austria": "autrich",
    "swedish": "sued", "sweden": "sued", "norwegian": "norv", "norway": "norv",
    "danish": "dano|danemark",
    "denmark": "danemark", "finnish": "finland", "finland": "finland", "polish": "polon",
    "poland": "polog", "greek": "grec",
    "greece": "grec", "russian": "russ", "russians": "russ", "russia": "russ",
    "ukrainian": "ukrain", "turkish": "turc|turq",
    "turkey": "turq", "turks": "turc", "european": "europ", "europeans": "europ", "europe": "europ",
    "american": "americ|etats-unis", "americans": "americ|etats-unis",
    "america": "ameriq|etats-unis",
    "united": "uni|united|americ",
    "states": "etats|americ", "kingdom": "royaume", "nations": "nations", "canadian": "canad",
    "mexican": "mexi",
    "mexico": "mexi",
    "brazilian": "bresil", "brazil": "bresil", "argentine": "argentin", "argentina": "argentin",
    "chinese": "chin",
    "china": "chin", "japanese": "japon", "japan": "japon", "korean": "core", "korea": "core",
    "indian": "ind", "india": "inde",
    "australian": "austral", "australia": "austral", "african": "afri|afro", "africa": "afri",
    "south": "sud", "north": "nord",
    "northern": "nord", "southern": "sud", "east": "est|orient", "eastern": "est|orient",
    "west": "ouest|occident|cisjordanie",
    "western": "ouest|occident", "middle": "moyen|proche", "israeli": "israel", "iranian": "iran",
    "syrian": "syri",
    "syria": "syri", "iraqi": "irak", "saudi": "saoud", "arabia": "arab", "arab": "arab",
    "egyptian": "egypt", "egypt": "egypt",
    "lebanese": "liban", "lebanon": "liban", "moroccan": "maroc", "morocco": "maroc",
    "algerian": "alger", "algeria": "alger",
    "tunisian": "tunis", "tunisia": "tunis", "libyan": "liby", "libya": "liby",
    "vietnamese": "vietnam", "thailand": "thail",
    "thai": "thail", "parisian": "paris", "corsica": "cors", "corsican": "cors", "brittany": "bret",
    "breton": "bret",
    "normandy": "normand", "london": "lond", "brussels": "bruxel", "moscow": "mosc",
    "geneva": "genev|leman", "lyons": "lyon",
    "beijing": "pekin|beijing", "barcelona": "barcel", "lisbon": "lisbonne", "athens": "athenes",
    "vienna": "vienn",
    "milan": "milan", "rome": "rom", "muslim": "musulman", "muslims": "musulman",
    "islamic": "islam", "islamist": "islam",
    "jewish": "juif|juiv", "christian": "chret", "catholic": "cathol", "catholics": "cathol",
    "pope": "pape",
    "olympic": "olymp", "olympics": "olymp|jo", "games": "jeux|jo|games",
    "president": "president|chef de l'etat",
    "minister": "ministre", "prime": "premier", "republic": "republi", "republican": "republi",
    "democrat": "democrat",
    "democrats": "democrat", "democratic": "democrat", "senate": "senat",
    "house": "maison|chambre|house",
    "white": "blanc|white", "assembly": "assemblee", "council": "conseil", "court": "cour|tribunal",
    "supreme": "supreme",
    "constitutional": "constitution", "union": "union|ue", "commission": "commission|commissariat",
    "parliament": "parlement|depute",
    "ministry": "minist", "department": "departement|minist", "justice": "justice|sceaux",
    "state": "etat",
    "government": "gouvernement", "health": "sante", "organization": "organisation",
    "organisation": "organisation",
    "world": "mond", "cup": "coupe", "league": "ligue|league", "championship": "championnat",
    "champions": "champion",
    "final": "finale", "university": "universit|chu", "institute": "institut", "school": "ecole",
    "police": "polic",
    "army": "armee", "navy": "marine", "national": "national", "international": "international",
    "federation": "federation",
    "authority": "autorite", "agency": "agence", "competition": "concurrence|competition",
    "street": "rue", "island": "ile",
    "islands": "iles|baleares", "sea": "mer", "lake": "lac", "ocean": "ocean",
    "atlantic": "atlanti", "mediterranean": "mediterr",
    "pacific": "pacifi", "internet": "internet|web|net", "web": "web|internet|toile",
    "gdpr": "rgpd", "nato": "otan",
    "imf": "fmi", "who": "oms", "ecb": "bce",
    "ceo": "pdg|patron|directeur general|directrice generale", "cio": "dsi",
    "vat": "tva", "gdp": "pib", "usa": "etats-unis|usa|ameri", "ngo": "ong", "aids": "sida",
    "dna": "adn", "ufo": "ovni",
    "dvd": "dvd", "mps": "deput", "mep": "eurodepute", "mister": "m.", "miss": "miss", "mrs": "mme",
    "france": "franc|metropol",
    "venice": "venis|venitien", "florida": "florid", "california": "californ",
    "californian": "californ",
    "naples": "naples|napolitain", "genoa": "genes|genois", "turin": "turin", "seville": "sevill",
    "warsaw": "varsov",
    "copenhagen": "copenhag", "frankfurt": "francfort", "hamburg": "hambourg", "antwerp": "anvers",
    "ghent": "gand",
    "hague": "haye", "basel": "bale", "edinburgh": "edimbourg", "dover": "douvres",
    "crimea": "crimee", "damascus": "damas",
    "mecca": "mecque", "cairo": "caire", "algiers": "alger", "havana": "havane",
    "burgundy": "bourgogne|bourguignon",
    "savoy": "savo", "alps": "alpes", "rhine": "rhin", "thames": "tamise", "catalonia": "catal",
    "catalan": "catal",
    "bavaria": "bavar|bavier", "singapore": "singapour", "philippines": "philippin",
    "indonesia": "indones",
    "indonesian": "indones", "malaysia": "malais", "pakistani": "pakistan", "afghan": "afghan",
    "colombia": "colomb",
    "colombian": "colomb", "peruvian": "peru", "peru": "perou|peruv", "chilean": "chil",
    "chile": "chil",
    "venezuelan": "venezue", "bolivia": "boliv", "ecuador": "equat", "cuban": "cub",
    "haitian": "hait", "cambodia": "cambodg",
    "burma": "birman", "ethiopia": "ethiop", "nigerian": "niger", "ivory": "cote|ivoir",
    "coast": "cote", "cameroon": "camerou",
    "croatia": "croat", "croatian": "croat", "serbia": "serb", "serbian": "serb", "bosnia": "bosn",
    "hungary": "hongr",
    "hungarian": "hongr", "czech": "tcheq", "slovakia": "slovaq", "romania": "rouman",
    "romanian": "roum",
    "bulgaria": "bulgar", "estonia": "eston", "latvia": "letton", "lithuania": "lituan",
    "belarus": "belarus|bieloruss",
    "belarusian": "belarus|bieloruss", "georgia": "georgi", "armenia": "armeni", "cyprus": "chypr",
    "iceland": "island",
    "quebec": "quebec", "kurdish": "kurd", "palestinian": "palestin", "palestine": "palestin",
    "jordan": "jordan",
    "yemen": "yemen", "asia": "asi", "asian": "asi", "interior": "interieur", "economy": "econom",
    "finance": "financ",
    "foreign": "etranger|exterieur", "affairs": "affaire|combattants|numerique",
    "defence": "defense|armees",
    "defense": "defense|armees",
    "education": "education", "culture": "culture", "labour": "travail", "labor": "travail",
    "transport": "transport",
    "environment": "environnement|ecolog", "ecological": "ecolog", "transition": "transition",
    "agriculture": "agricult",
    "housing": "logement", "budget": "budget|comptes", "sport": "sport", "industry": "industr",
    "overseas": "outre-mer",
    "territories": "territoire", "secretary": "secretaire", "mayor": "mair", "professor": "prof",
    "doctor": "docteur|dr|medecin", "general": "general", "director": "direct",
    "chairman": "president", "senator": "senat",
    "judge": "juge", "prosecutor": "procureur|parquet", "prefect": "prefet", "king": "roi",
    "queen": "reine", "prince": "princ",
    "princess": "princ", "chancellor": "chancel", "bishop": "eveque", "captain": "capitaine",
    "prize": "prix",
    "award": "prix|recompense|oscar", "law": "loi|droit", "bill": "loi|projet|proposition",
    "act": "loi",
    "city": "ville|cite|mairie|mexico",
    "town": "ville", "square": "place", "bridge": "pont", "castle": "chateau", "tower": "tour",
    "church": "eglise",
    "cathedral": "cathedrale", "museum": "musee", "theatre": "theatre", "theater": "theatre",
    "hospital": "hopita|chu",
    "airport": "aeroport", "station": "gare|station", "river": "fleuve|riviere", "valley": "vallee",
    "bay": "baie",
    "gulf": "golfe", "beach": "plage", "company": "societe|entreprise|compagnie", "group": "groupe",
    "bank": "banque|cisjordanie",
    "fund": "fonds", "office": "office|bureau|cabinet", "committee": "comite|commission",
    "party": "parti",
    "rally": "rassemblement",
    "socialist": "socialist", "left": "gauche", "right": "droit", "yellow": "jaune",
    "vests": "gilets", "black": "noir",
    "red": "rouge", "blue": "bleu", "cross": "croix", "academy": "academie", "society": "societe",
    "foundation": "fondation",
    "centre": "centre", "center": "centre", "research": "recherche", "human": "humain|homme",
    "rights": "droits",
    "trade": "commerce|syndic", "chamber": "chambre|hemicycle", "appeal": "appel", "high": "haut",
    "higher": "superieur",
    "beirut": "beyrouth", "baghdad": "bagdad", "tehran": "teheran", "kabul": "kaboul",
    "riyadh": "ryad|riyad",
    "zealand": "zeland", "comoros": "comor", "palace": "palais|elysee|chateau", "great": "grand",
    "war": "guerre",
    "second": "second|deuxieme", "first": "premier|premiere", "lady": "dame", "auditors": "comptes",
    "refugees": "refugi",
    "criminal": "crimin", "angels": "ange", "dancing": "dans", "bible": "bibl",
    "ambassador": "ambassad", "tweeted": "tweet",
    "aircraft": "avion", "iraq": "irak", "sudan": "soudan", "barbados": "barbad",
    "armenian": "armeni",
    "filipino": "philippin", "occitania": "occitan", "veterans": "combattants",
    "borders": "frontieres", "without": "sans",
    "pride": "fierte", "moon": "lune", "strip": "bande", "confederate": "sudist|confeder",
    "drug": "medicament",
    "treasury": "tresor|bercy", "customs": "douan", "ombudsman": "defenseur",
    "siberia": "siberi", "debate": "debat", "lombardy": "lombard", "unbowed": "insoumis",
    "civil": "civil|secession",
    "tour": "tour",
    "head": "chef|tete|patron|dirig", "equality": "egalite", "solidarity": "solidair",
    "accounts": "comptes",
    "seals": "sceaux", "keeper": "garde", "gender": "femmes",
    "deputy": "adjoint|depute|vice|delegue",
    "public": "public|parquet", "archbishop": "archeveque", "father": "pere",
    "member": "membre|depute",
    "heritage": "patrimoine", "scientific": "scientifique", "day": "jour", "days": "jour",
    "guiana": "guyane",
    "directorate": "direction", "speaker": "president", "hall": "mairie|hotel de ville|salle",
    "putin": "poutine",
    "managing": "general", "motorways": "autoroute", "princely": "princier", "pier": "quai",
    "chair": "president",
    "malaysian": "malaisien", "women": "femme", "duck": "canard", "resources": "ressources",
    "rescue": "secours",
    "fire": "incendie|pompier", "smes": "pme", "memories": "memoire", "trafficking": "traite",
    "their": "leur",
    "slavery": "esclavage", "thousand": "mille", "arctic": "arctique",
    "attorney": "procureur|avocat", "columbia": "colombie",
    "politics": "politique", "arabic": "arab", "citizenship": "citoyen", "embassy": "ambassade",
    "park": "parc",
    "water": "aqua|eau", "climate": "climat", "citizen": "citoyen", "citizens": "citoyen",
    "environmental": "environnement|ecolog", "year": "an", "new": "nouv|new", "dean": "doyen",
    "elected": "elu",
    "mutuality": "mutualite", "secretaries": "secretaire", "sardinia": "sardaigne", "flea": "puces",
    "trades": "metier|commerce", "chancellery": "chancellerie|bercy", "armed": "arme",
    "forces": "force|armee",
    "enlightenment": "lumieres", "presidency": "presiden", "representative": "representant",
    "representatives": "representant",
    "ethiopian": "ethiop", "peace": "paix", "lankan": "lanka", "christianity": "christian",
    "space": "espace|spatia|space",
    "freedom": "libert", "fraternity": "fraternite", "territory": "territoire",
    "ecuadorian": "equator", "flight": "vol",
    "honour": "honneur", "bin": "ben", "guard": "garde", "border": "frontier|frontali",
    "departmental": "departement",
    "vulcan": "vulcain", "valentine": "valentin", "advocate": "avocat", "assizes": "assises",
    "conservative": "conservat",
    "dead": "mort", "governance": "gouvernance", "dhaka": "dacca", "leader": "leader|chef",
    "animation": "anim",
    "administrative": "administrat", "family": "famil", "crimes": "crime|delinquance|infraction",
    "malian": "mali",
    "force": "force|armee|aviation", "consumer": "consommat", "survey": "enquete|sondage",
    "study": "etude",
    "financial": "financ", "intelligence": "renseignement|intelligence", "digital": "numerique",
    "antarctic": "antarctique",
    "disease": "maladie", "earth": "terre", "vega": "vega", "prize-winning": "prix",
    "sudanese": "soudan", "winning": "prix",
    "lower": "bas", "royal": "royal|roi", "upper": "haut", "mr": "m.", "ms": "mme", "dr": "dr",
    "dunkirk": "dunkerq", "green": "vert|ecolog", "greens": "vert|ecolog", "universe": "univers",
    "francis": "francois",
    "commissioner": "commissai", "security": "securit|surete", "taiwanese": "taiwan", "god": "dieu",
    "caribbean": "caraib|antill", "order": "ordre", "medicines": "medicament", "storm": "tempete",
    "mauritius": "maurice",
    "mauritian": "mauric", "defender": "defens", "dominican": "dominic", "political": "politiq",
    "officer": "officier|polici|agent", "mount": "mont", "emirates": "emirat", "corporal": "capora",
    "greenland": "groenland",
    "primary": "primaire", "jews": "juif", "insurance": "assuranc", "alsatian": "alsac",
    "pennsylvania": "pennsylvan",
    "language": "langue", "democracy": "democrat", "independence": "independan", "bosnian": "bosn",
    "internal": "intern|interieur", "tasmania": "tasman", "caledonia": "caledon",
    "islamophobia": "islamophob",
    "louisiana": "louisian", "emergency": "urgen", "himalayan": "himalay", "bashar": "bachar",
    "oecd": "ocde",
    "gaddafi": "kadhafi", "economic": "econom", "hurricane": "ouragan", "carolina": "carolin",
    "lukashenko": "loukachenko",
    "observatory": "observatoi", "medicine": "medecin", "reactor": "reacteur",
    "meteorological": "meteo",
    "petersburg": "petersbourg", "parliamentary": "parlement", "monetary": "monetair",
    "cultural": "cultur",
    "recovery": "relance|redressement", "county": "comte", "infectious": "infecti",
    "pathology": "patholog", "sister": "soeur",
    "sergeant": "sergent", "peninsula": "peninsul", "channel": "manche|canal|chaine",
    "lorraine": "lorrain",
    "antiquity": "antiquit", "malta": "malt", "sun": "soleil", "support": "appui|soutien",
    "nordic": "nordiq",
    "inquiry": "enquete", "market": "marche", "fair": "foire|salon", "throne": "trone",
    "arabian": "arab",
    "crown": "couronne|heriti", "epidemic": "epidemi", "roman": "romain",
    "indigenous": "indigen|autochton",
    "peoples": "peuple", "minimum": "minim|smic", "death": "mort", "studies": "etude",
    "young": "jeune",
    "third": "troisiem|tiers", "energy": "energ", "regulatory": "regul", "hiv": "vih",
    "formula": "formul", "jamaican": "jamai",
    "governor": "gouverneur", "literature": "litterat", "judicial": "judiciair",
    "control": "controle", "autonomy": "autonom",
    "cape": "cap", "witnesses": "temoin", "georgian": "georgi", "history": "histoir",
    "hawaii": "hawai", "flemish": "flamand",
    "basilica": "basiliq", "mongolian": "mongol", "carnival": "carnaval",
    "hebrew": "hebreu|hebraiq", "nuclear": "nucleair",
    "sme": "pme", "amazonian": "amazon", "dane": "danois", "philharmonic": "philharmoni",
    "presidential": "president",
    "progressive": "progress", "cycling": "cyclis", "industrial": "industri", "risks": "risque",
    "landing": "debarquement",
    "icelandic": "island", "picardy": "picard", "automated": "automatis", "food": "aliment",
    "antarctica": "antarctiq",
    "papua": "papou", "guinea": "guinee", "santa": "noel", "claus": "noel",
    "cameroonian": "camerou", "burundians": "burund",
    "flame": "flamme", "campaign": "campagne", "fantastic": "fantastiq", "eid": "aid",
    "cypriot": "chypriot",
    "philadelphia": "philadelph", "mohammed": "mahomet", "unhcr": "hcr", "merchant": "marchand",
    "wall": "mur",
    "buddhist": "bouddh", "care": "soin", "sirte": "syrte", "bahrain": "bahrein",
    "bulgarian": "bulgar", "crisis": "crise",
    "management": "gestion", "aleppo": "alep", "alexey": "alexei", "balearic": "baleares",
    "lotto": "loto", "majorca": "majorq",
    "floridian": "florid", "chadian": "tchad", "nicosia": "nicosi", "athenian": "athen",
    "corfu": "corfou",
    "marseille": "marseill", "strasbourg": "strasbourg", "lille": "lill", "nantes": "nant",
    "toulouse": "toulous",
    "bordeaux": "bordel", "paris": "francil|peripher", "nice": "nico|nici", "lyon": "lyon",
    "grenoble": "grenobl",
    "rennes": "renn", "sicilian": "sicil", "sicily": "sicil", "philippine": "philippin",
    "traffic": "circulation",
    "physicians": "medecin", "road": "routier|routes",
    "bike": "velo", "users": "usager|utilisat|velo", "film": "cinema|film",
    "statistics": "statisti", "virgin": "vierge",
    "milanese": "milan", "household": "menage", "farmers": "agricult", "bergamo": "bergam",
    "assemblies": "assemblee",
    "hunting": "chasse", "wildlife": "faune", "krakow": "cracov", "youth": "jeun",
    "marshal": "marech", "marshals": "marech",
    "investigation": "instruction|enquete", "pension": "retrait", "urdu": "ourdou",
    "albania": "albani",
    "veterinarians": "veterinair", "spirit": "esprit", "holy": "saint", "duke": "duc",
    "islamologist": "islamolog",
    "song": "chanson", "frenchwoman": "franc", "movement": "mouvement", "sochi": "sotchi",
    "rector": "recteur",
    "mobility": "mobilit", "essential": "essentiel", "oils": "huile", "flavors": "arome",
    "independent": "independ",
    "producers": "producteur", "liberals": "libera", "cretaceous": "cretac", "child": "enfant",
    "safety": "securit",
    "branch": "direction", "isis": "ei", "thank": "merci", "suppression": "repression",
    "personal": "personne",
    "voluntary": "volontair", "sales": "vente", "comorian": "comor", "dominica": "dominiqu",
    "juvenile": "mineur",
    "trinidad": "trinite", "moldova": "moldav", "northwest": "nord-ouest", "slave": "esclav",
    "kathmandu": "katmand",
    "alpine": "alpinis", "productive": "productif", "shiite": "chiit", "bolivarian": "bolivar",
    "country": "pays",
    "the": "le|la|les|l", "two": "deux",
}  # fmt: skip


def _folded(text: str) -> str:
    """`text` in lower case, without accents."""
    return without_accents(normalised(text).lower())


def _values(
    text: str, number: re.Pattern[str], scales: dict[str, float]
) -> Iterator[tuple[str, float, float]]:
    """Each number in digits as it is written, its value without a word such as "million" behind it,
    and with it."""
    for match in number.finditer(text):
        whole, fraction, scale = match.groups()
        value = float(re.sub(r"\D", "", whole) + "." + (fraction or "0"))
        yield match.group(), value, value * scales.get((scale or "").removesuffix("s"), 1.0)


def _roman(numeral: str) -> float:
    values = [{"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}[letter] for letter in numeral]
    return sum(-value if value < max(values[k:]) else value for k, value in enumerate(values))


def _known_values(article: str) -> set[float]:
    known = {
        value
        for _, plain, scaled in _values(article, _FRENCH_NUMBER, _FRENCH_SCALES)
        for value in (plain, scaled)
    }
    known |= {
        float(number) for number in re.findall(r"\d+\.\d+", article)
    }  # a version, or a number written as in English
    known |= {float(f"{metres}.{rest}") for metres, rest in _HEIGHT.findall(article)}
    return known | {
        value for word, value in _FRENCH_WORDS.items() if re.search(rf"\b{word}s?\b", article)
    }


def foreign_facts_in_english(article: str, text: str) -> list[str]:
    """The numbers of the English `text`, in digits and words, and its capitalised words inside
    sentences, that the French `article` does not contain in any form."""
    french = _folded(article)
    known = _known_values(french) | {_roman(numeral) for numeral in _ROMAN.findall(article)}
    english = _AFTERNOON.sub(lambda time: f"{int(time[1]) % 12 + 12}{time[2] or ''}", _folded(text))
    english = _FULL_HOUR.sub("", english)
    found = [
        written
        for written, _, value in _values(english, _ENGLISH_NUMBER, _ENGLISH_SCALES)
        if not any(abs(value - other) <= 1e-6 * value for other in known)
    ]
    found += [
        word
        for word in re.findall(r"[a-z]+", english)
        if word in _ENGLISH_WORDS and _ENGLISH_WORDS[word] not in known
    ]
    names = inner_capitals(normalised(text), _SENTENCE_START, _POSSESSIVE)
    return found + [name for name in names if not _stands_in(french, name)]


def _stands_in(article: str, name: str) -> bool:
    """True if the article has the name, its parts, or a French word for it."""
    folded = _folded(name)
    if folded in article or folded.removesuffix("s") in article:
        return True
    parts = [part for part in re.split(r"[-.&']", folded) if part not in _SUFFIXES]
    starts = [_SAME.get(part, _SAME.get(part.removesuffix("s"))) for part in parts]
    return all(
        part in article or (start is not None and bool(re.search(rf"\b(?:{start})", article)))
        for part, start in zip(parts, starts, strict=True)
    )
