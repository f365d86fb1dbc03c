"""Rewords French that the translator misreads.

"A été devancé par" came out as "was ahead of", "deux fois moins" as "twice as much". The words are
changed before a sentence is translated. The English is compared with the original sentence, so that
a rule that changes a fact is noticed. Further parts of pre-editing:

- notations that both sides of the translator read: `service.english.lexicon.notations`
- words that need no pattern: `instead` in `glossary.toml`
- idioms and verbs: `idioms.toml`

What still comes out wrong is corrected in the English (`service.english.post_editing`).
"""

import re
from collections.abc import Mapping
from typing import Final

from service.english.lexicon.notations import Replacement, write_out
from service.english.pre_editing.idioms import replace_idioms
from service.text.folding import straight
from service.text.tables import table

# The words of `rewording.toml` as alternatives of a pattern.
_WORDS: Final = {name: "|".join(words) for name, words in table(__package__, "rewording").items()}
_NAME: Final = r"[A-ZÀ-Ý][\w-]+(?: [A-ZÀ-Ý][\w-]+)*"
_MOVES: Final = rf"(?:(?:a|avait) )?(?:{_WORDS['price_moves']})[^.]{{0,50}}%"
_ON_MARKET: Final = rf"\b(?:{_WORDS['markets']})\b"
_SHARE_OF_VALUE: Final = (
    r"(?=(?:près de |plus de |environ |jusqu'à |encore )?\d[\d,.]*\s?%"
    r"(?: de sa valeur| en (?:Bourse|séance)| à (?:la Bourse|l'ouverture|la clôture)|,? à \d))"
)
_OF_ROCKETS: Final = rf"\A(?=.*(?:{_WORDS['rockets']}))"
_MARK: Final = (
    r"(?:le cap|la barre|le seuil)(?: symbolique)? (?P<of>des|du|de|d')(?: |(?<='))"
    rf"(?=\d|(?:{_WORDS['numbers']})\b)"
)
_SUPERVISED: Final = rf"(?:\w+ )?(?:{_WORDS['supervised']})"
_OF_PRESS: Final = (
    r"(?!d'opinion|de satisfaction)(?:d[eu'] ?|publiée par |menée par )[^,.]{0,40}"
    rf"(?:{_WORDS['press']})"
)
_COURT: Final = rf"\b(?:{_WORDS['courts']})\b"
_BILL: Final = rf"(?:{_WORDS['bills']})s?"
_NO_BID: Final = rf"(?! (?:{_WORDS['bids']}))"
_AUTHORITY: Final = rf"(?:l[ea] |l')(?:{_WORDS['authorities']})"
_SUED: Final = rf"l(?:es? |a |')[^,.]{{3,60}}? pour (?:{_WORDS['offences']})"
_PLURAL: Final = r"(?:[Ll]es|[Dd]es|[Aa]ux|[Cc]es|[Dd]e|[Pp]lusieurs|[Dd]eux|[Tt]rois|[Cc]ertains) "
_SINGULAR: Final = r"(?:[Ll]e|[Uu]n|[Dd]u|[Aa]u|[Cc]e) "
_ACTS: Final = rf"(?=(?:{_WORDS['company_verbs']})\b)"
_NO_SAILOR: Final = r"(?! (?:somal|de |des |informatique))"
_PARTY: Final = rf"(?:{_WORDS['parties']})"
_WRITINGS: Final = rf"\b(?:{_WORDS['writings']})"

_PASSED: Final = {"i": "é", "ie": "ée", "it": "e", "ir": "er"}
_OF: Final = {"à": "de", "au": "du", "aux": "des"}
_CRITICISED: Final = {"de": "", "d'": "", "du": "le ", "des": "les "}
_OVER: Final = {"des": " les ", "du": " le ", "de": " ", "d'": " "}
_QUESTIONED: Final = {
    "é": "questionné",
    "ée": "questionnée",
    "er": "questionner",
    "e": "questionne",
    "ait": "questionnait",
}


def _choose(words: Mapping[str, str]) -> Replacement:
    """A replacement by the word for what the first group matched."""
    return lambda match: words[match[1]]


def _reword_passed(match: re.Match[str]) -> str:
    """Puts "franchit la barre de" as "dépasse"."""
    ending = match["ending"]
    return f"dépass{_PASSED.get(ending, ending)}{_OVER[match['of']]}"


def _reword_in_favour(match: re.Match[str]) -> str:
    """Puts "donne raison à", of a court, as "statue en faveur de"."""
    return f"{match[1]}statu{match[2]} en faveur {_OF[match[3]]}"


def _reword_nationality(match: re.Match[str]) -> str:
    """Puts "l'américain", of a company, as "le groupe américain"."""
    article, _, nationality = match[1].replace("'", " ").partition(" ")
    return f"{article[0]}e groupe {nationality} "


def _reword_fall(match: re.Match[str]) -> str:
    """Puts "fond de 5 %" as "chute de 5 %"."""
    return f"chut{match[1] or 'e'} de "


def _reword_devalued(match: re.Match[str]) -> str:
    """Puts "dévisse", of a share, as "chute"."""
    return {"se": "chute", "sait": "chutait"}.get(match[1], "chuté")


def _reword_criticism(match: re.Match[str]) -> str:
    """Puts "propos critiques à l'égard du" as "propos critiquant le"."""
    return f"{match[1]} critiquant {_CRITICISED[match[2]]}"


def _reword_questioned(match: re.Match[str]) -> str:
    """Puts "interpelle", where it does not mean an arrest, as "questionne"."""
    return f"{match[1]}{_QUESTIONED[match[2]]} "


def _reword_failure(match: re.Match[str]) -> str:
    """Puts "ne fait pas recette" as "n'a pas de succès"."""
    return f"n'{_conjugate_have(match[1])} {match[2]} de succès"


def _reword_craze(match: re.Match[str]) -> str:
    """Puts "fait fureur" as "a un grand succès"."""
    return f"{_conjugate_have(match[1])} un grand succès"


def _conjugate_have(ending: str) -> str:
    """The form of "avoir" in the tense of "fait" or "faisait", by its ending."""
    return "a" if ending == "t" else "avait"


# What the translator misreads, and what it gets right; applied in this order.
_REWORDINGS: Final[tuple[tuple[str, Replacement], ...]] = (
    # Who is ahead of whom, and how much less
    (r"\b(est|sont) devancée?s? par\b", r"\1 derrière"),
    (r"\b(été|était|étaient|être) devanc(ée?s?) par\b", r"\1 dépass\2 par"),
    (r"\bs'est fait (?:devancer|doubler|dépasser) par\b", "a été dépassé par"),
    (r"\bse fait (?:devancer|doubler|dépasser) par\b", "est dépassé par"),
    (
        r"\b([Dd])eux fois moins(?! ch[eè]r)",
        _choose({"D": "Moitié moins", "d": "moitié moins"}),
    ),
    # A "ne" that denies nothing makes the contrary of a comparison
    (
        r"(\b(?:crai\w+|redout\w+|de peur|de crainte) qu(?:e |')[^,.;]*?)\bne (soient?) (?=plus"
        r"|moins|trop|aussi)",
        r"\1\2 ",
    ),
    (r"\b(?:encore jamais|jamais encore)\b", "jamais"),  # "never again"
    # Prices, sizes and values
    (r"(?<=\d )([GTM])o à (?=[\d,]+ ?(?:€|euros?\b))", r"\1o pour "),
    (r"\bà hauteur de (?=\d[\d,.]* ?%)", "à "),
    (r"\bà hauteur de (?=[\d,.]+ (?:euros?|€|dollars?) par\b)", "au tarif de "),
    (r"\bs'est (déjà )?écoulé(e?) à (?=\d|plus|près|environ)", r"s'est \1vendu\2 à "),
    (
        r"\b(a|ont|avait|avaient|aura|auront) écoulé(?= (?:près de |plus de |environ |quelque "
        r")?\d)",
        r"\1 vendu",
    ),
    (rf"\b(?:pass|franch)(?P<ending>é|ée|és|e|er|i|ie|it|ir) {_MARK}", _reword_passed),
    (
        rf"\b[Cc][éè]d(é|ait|er|e) {_SHARE_OF_VALUE}",
        _choose({"é": "perdu ", "e": "perd ", "ait": "perdait ", "er": "perdre "}),
    ),
    (
        r"\brelev(é|er|e|ent|ait) (?=(?:ses|son|sa|leurs?) (?:objectif|prévision|estimation"
        r"|perspective))",
        r"augment\1 ",
    ),
    (r"\bson cours (?=s'effondr|chut|bondi|plong|recul|grimp)", "le cours de son action "),
    (r"\b(plong|chut|bondi|recul|grimp)(er|ir) le titre\b", r"\1\2 le cours de l'action"),
    (
        r"\b([Ll])(?:e titre|'action) (?:céd|perd|abandonn)ait (?=\d)",
        r"\1'action était en baisse de ",
    ),
    (
        r"\b([Ll])(?:e titre|'action) (?:gagn|pren)ait (?=\d[\d,]*\s?%)",
        r"\1'action était en hausse de ",
    ),
    (rf"\b([Ll])e titre (?=[^.]*{_ON_MARKET})", r"\1'action "),
    (
        rf"(?<!de )\b([Ll])(?:e titre|'action) ({_NAME}) (?={_MOVES})",
        r"\1e cours de l'action de \2 ",
    ),
    (rf"(?<!de )\b([Ll])(?:e titre|'action) (?={_MOVES})", r"\1e cours de l'action "),
    (r"\bfond(ent)? de (?=\d[\d,]*\s?%)", _reword_fall),
    (r"\bune série ([A-E])(?= de \d)", r"une levée de fonds de série \1"),
    (r",? à (\d[\d,]*\s?%) près\b", r", à plus ou moins \1"),
    (
        r"\bdévis(sée?s?|se|sait)(?!\w)(?=[^.]*(?:%|Bourse))",
        _reword_devalued,
    ),
    # Machines
    (
        rf"\b(plateforme|application|appli|société|service)( de (?:réservation|commande))? de VTC "
        rf"(?={_NAME})",
        r"\1\2 ",
    ),
    (r"\bgrav(ée?s?) (?=(?:en|à) \d+(?:,\d+)? ?nm\b)", r"fabriqu\1 "),
    (r"\bplaquette(s?)(?= (?:de )?(?:silicium|\d+ ?(?:mm|pouces)))", r"wafer\1"),
    (r"\bbarrette(s?)(?= (?:mémoire |de mémoire |DDR\d )?de \d+ Go)", r"module\1"),
    (
        r"\bdébit(?= (?:\w+ )?(?:de|jusqu'à|d'au moins|d'environ) \d[\d,. ]*(?:[kKMGT]?(?:bits?|b"
        r"|o)/s|[kMG]bps|[mg]\w+abits?))",
        "vitesse",
    ),
    (r"\b(dans|sur|vers|[àd]e?) l'électrique\b", r"\1 la voiture électrique"),
    (rf"{_OF_ROCKETS}(.*?)\b([Ll]e|[Uu]n|[Dd]u|[Aa]u|[Cc]e) tir\b", r"\1\2 lancement"),
    (r"(?<=pouces) à (?=\d+ ?Hz\b)", " avec une fréquence de "),
    # Attackers, who sail no ships
    (
        rf"(?<!\bjeu )(?<!\bjeux )(?<!\bfilm )(?<!\bfilms )\b({_PLURAL})pirates\b{_NO_SAILOR}",
        r"\1hackers",
    ),
    (rf"\b({_SINGULAR})pirate\b{_NO_SAILOR}", r"\1hacker"),
    # Companies
    (r"\b([Ll])'enseigne (?=[A-ZÀ-Ý])", r"\1a marque "),
    (
        r"\bdébauch(é|er)(?= (?:des|les|une?|plusieurs|au moins|ses|son|sa|deux|trois|quatre|\d"
        r"|[A-ZÀ-Ý]))",
        r"recrut\1",
    ),
    (r"\battentisme\b", "prudence"),
    (r"\bcandidats repreneurs\b", "candidats au rachat"),
    (
        rf"\b([Ll]'(?:américain|allemand)|[Ll]e (?:chinois|coréen|japonais|britannique)) {_ACTS}",
        _reword_nationality,
    ),
    (
        rf"\bprivatis(é|er|e) (?=(?:l[ea] |l'|une? )(?:{_WORDS['rented_places']}))",
        r"lou\1 entièrement ",
    ),
    (r"\bséduire (?=l[ea]s? |l'|des |de nouve|plus de |\d)", "attirer "),
    (rf"\bpropos(e|ait|ent|aient|er|é) une offre\b{_NO_BID}", r"commercialis\1 une offre"),
    (r"\bpremi(?:er|ère) actionnaire\b", "principal actionnaire"),
    (
        r"(\b(?:(?!(?:La|Une|Cette|Sa|Ma|Notre|Votre) )[A-ZÀ-Ý][\w-]+|groupe|cabinet|entreprise"
        r"|société) )table sur\b",
        r"\1prévoit",
    ),
    (
        r"\btabl(aient|ait|ent) sur\b",
        _choose({"aient": "prévoyaient", "ait": "prévoyait", "ent": "prévoient"}),
    ),
    (r"\bsouffl(\w+) (ses|leurs) ([\w ]{1,20}) bougies\b", r"fêt\1 \2 \3 ans"),
    (r"\bsouffl(\w+) (?:sa|leur) (\w+) bougie\b", r"fêt\1 son \2 anniversaire"),
    (r"\bexpérimenter (?=l[ea]s? |l'|des |une? |cette |ce |ces )", "tester "),
    (
        r"\bpostes (?=(?:vers |sous )(?:Windows|Linux|Ubuntu|macOS)|informatiques\b)",
        "postes de travail ",
    ),
    (rf"\benquête (?={_OF_PRESS})", "investigation "),
    (r"(?<=que )son dauphin\b", "son plus proche concurrent"),
    (r"\bse sépar(er|era|ent|e) de (?=[\d\s]+(?:postes|emplois))", r"supprim\1 "),
    (
        r"(\bsuppr(?:im|ess)\w+ (?:(?!mises? à jour|support)[^.,;]){0,40}?)\bpostes\b"
        r"(?! (?:de travail|informatiques|clients?|fixes|sous |Windows|Linux))",
        r"\1emplois",
    ),
    (r"\ben CDI\b", "en contrat à durée indéterminée"),
    (r"\ben CDD\b", "en contrat à durée déterminée"),
    # What the press says of itself
    (r"\bles Unes\b", "les gros titres"),
    (r"\bà marquer d'une pierre blanche\b", "à retenir"),
    (r"\bjournal de (?=(?:13|20) ?[hH])", "journal télévisé de "),
    (
        rf"({_WRITINGS}) critiques à l'égard (de|d'|du|des)(?: |(?<='))",
        _reword_criticism,
    ),
    (
        rf"\bdans les colonnes du (?=(?:{_WORDS['papers_with_article']})\b)",
        "dans Le ",
    ),
    (r"\bdans les colonnes du (?=[A-ZÀ-Ý])", "dans le "),
    (r"\bdans les colonnes (?:de |(?=d'))(?:d')?(?=[A-ZÀ-Ý])", "dans "),
    (
        rf"\bau micro (?:de |d')(?=(?:{_WORDS['stations']}))",
        "sur ",
    ),
    # Accidents and crimes
    (
        rf"\b([Dd]es|[Ll]es|[Dd]eux|[Tt]rois) proches d(?=e [A-ZÀ-Ý]|u (?:{_WORDS['leaders']}))",
        r"\1 personnes proches d",
    ),
    (r"\bs'est tué(e?)(?!\w)(?! avec)", r"est mort\1"),
    (r"\b(a|ont|avait|avaient) mis en cause (?=[A-ZÀ-Ý])", r"\1 accusé "),
    (r"\bdans le collimateur d(?=e |u |es |')", "dans le viseur d"),
    (r"\bdans le collimateur\b", "sous surveillance"),
    (
        rf"\A(?!.*\b(?:polic|gendarme|garde à vue|soupçon))(.*?)\binterpell(ée?|er|e|ait) "
        rf"(?={_AUTHORITY})",
        _reword_questioned,
    ),
    (rf"\bpoursuivre (?={_SUED})", "attaquer en justice "),
    # What is liked, and what is not
    (
        r"\bne fai(t|sait) (pas|plus|guère) recette\b",
        _reword_failure,
    ),
    (r"\bfai(t|sait) fureur\b", _reword_craze),
    # Elections, whose adjective stands for them
    (
        r"\b([Ll])a primaire (?=de (?:la (?:gauche|droite)|l')|du (?:PS|parti)|écologiste"
        r"|républicaine|socialiste)",
        r"\1'élection primaire ",
    ),
    (
        r"\b([Cc]andidat(?:e|s|es|ure)?(?: [A-Z]{2,5})?) à la mairie d(?=e |')",
        r"\1 au poste de maire d",
    ),
    (
        rf"\b(été|être|est|sont) investi(e?)(s?) par (?={_PARTY})",
        r"\1 choisi\2\3 comme candidat\2\3 par ",
    ),
    (r"\b([Ll])a présidentielle\b", r"\1'élection présidentielle"),
    (
        rf"\b([Ll]es|[Dd]es|[Aa]ux) (?=(?:{_WORDS['elections']})\b)",
        r"\1 élections ",
    ),
    # Authorities and courts
    (r"\b(a|ont|avait|avaient) assigné (?=[^,.;]{1,60} (?:devant|en justice)\b)", r"\1 poursuivi "),
    (r"\bassigné(e?s?) (?=devant |en justice\b)", r"poursuivi\1 "),
    (
        rf"\b([Gg])endarme(?= {_SUPERVISED})",
        _choose({"G": "Régulateur", "g": "régulateur"}),
    ),
    (r"\b([Ll])e fisc\b", r"\1'administration fiscale"),
    (r"\bdu fisc\b", "de l'administration fiscale"),
    (r"\bau fisc\b", "à l'administration fiscale"),
    (r"\b(a|ont|avait|avaient|été|est|sont) mis(es|e|) en demeure\b", r"\1 sommé\2"),
    (
        r"\bmet(tre|tent|) en demeure\b",
        _choose({"tre": "sommer", "tent": "somment", "": "somme"}),
    ),
    (r"\btout en assurant (?=qu[e'])", "tout en affirmant "),
    (r"(\b[A-ZÀ-Ý][\w-]+ )assure (?=qu[e'])", r"\1affirme "),
    (r"(Conseil constitutionnel[^.;]{0,60}?)\bcensur(é|e|er|ait)(?=e?s?\b)", r"\1annul\2"),
    (
        r"\b(a|ont|avait) été déboutée?s? de (ses|leurs|sa|son|leur) (\w+)",
        r"\1 vu \2 \3 être rejetées",
    ),
    (r"\b(?:a été|est) mise? en délibéré (?:au|jusqu'au) (?=\d)", "sera rendu le "),
    (rf"\b({_BILL}(?: \w+){{0,3}}) portée?(s?) par\b", r"\1 défendu\2 par"),
    (rf"({_COURT}[^.;]{{0,60}}?)\bdonn(é|er|ent|e) raison (à|aux?)(?= |$)", _reword_in_favour),
    (r"\bété flou(ée?s?)\b", r"été tromp\1"),
    (
        rf"(?<!n\')\b(a|ont|avait|avaient) pu être (?=(?:{_WORDS['leaked']}))",
        r"\1 peut-être été ",
    ),
    (r"(\bprison\b[^.]*?\bdont \w+(?: mois| ans?)?) fermes?\b", r"\1 derrière les barreaux"),
)
_COMPILED: Final = tuple((re.compile(pattern), replacement) for pattern, replacement in _REWORDINGS)
# A fraud has victims, whom it does not kill.
_FRAUD: Final = re.compile(rf"\b(?:{_WORDS['frauds']})", re.IGNORECASE)
_MAKES_VICTIMS: Final = re.compile(r"\bfait (?=[\w ,.]*?\bvictimes\b)")


def reword(french: str) -> str:
    """`french`, a sentence, in words that the translator gets right."""
    text = replace_idioms(write_out(straight(french)))
    for pattern, replacement in _COMPILED:
        text = pattern.sub(replacement, text)
    return _MAKES_VICTIMS.sub("touché ", text) if _FRAUD.search(text) else text
