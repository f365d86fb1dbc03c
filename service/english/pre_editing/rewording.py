"""French that the translator takes for something else, in French that it gets right: "a été devancé
par" came out as "was ahead of", "deux fois moins" as "twice as much", "4 h" as four o'clock, "T2"
as it stood.

The words are changed before a sentence is translated. The English is compared with the sentence as
it was, so that a rule that changes a fact is noticed. What both sides must read in one way stands
in `service.english.lexicon.notations`. Words that need no more than a table are in `glossary.toml`
(`instead`), idioms and verbs in `idioms.toml`. What still comes out wrong is put right in the
English (`service.english.post_editing.corrections`).
"""

import re
from typing import Final

from service.english.lexicon.notations import Replacement, written_out
from service.english.pre_editing.idioms import in_plain_words
from service.text.folding import straight

_NAME: Final = r"[A-ZÀ-Ý][\w-]+(?: [A-ZÀ-Ý][\w-]+)*"
_FALLEN: Final = r"(?:(?:a|avait) )?(?:gagn|perd|chut|bondi|recul|s'envol|plong|grimp|dégringol|dévis|céd|abandonn)[^.]{0,50}%"
_ON_MARKET: Final = r"\b(?:CAC 40|SBF 120|(?:à la|en) [Bb]ourse|Wall Street|Nasdaq|séance|à l'ouverture|à la clôture)\b"
_SHARE_OF_VALUE: Final = (
    r"(?=(?:près de |plus de |environ |jusqu'à |encore )?\d[\d,.]*\s?%"
    r"(?: de sa valeur| en (?:Bourse|séance)| à (?:la Bourse|l'ouverture|la clôture)|,? à \d))"
)
_OF_ROCKETS: Final = r"\A(?=.*(?:Kourou|[Ff]usée|[Ll]anceur|Ariane|SpaceX|Falcon|Starship|Vega))"
_MARK: Final = (
    r"(?:le cap|la barre|le seuil)(?: symbolique)? (?P<of>des|du|de|d')(?: |(?<='))"
    r"(?=\d|(?:une?|deux|trois|quatre|cinq|dix|vingt|trente|cent|mille|millions?|milliards?)\b)"
)
_WATCHED: Final = (
    r"(?:\w+ )?(?:des télécoms|des communications|de la [Bb]ourse|des marchés|de la concurrence"
    r"|financier|boursier"
    r"|des données|de la vie privée|de l'audiovisuel|de l'énergie|du numérique|du [Nn]et"
    r"|d'[Ii]nternet)"
)
_OF_PRESS: Final = (
    r"(?!d'opinion|de satisfaction)(?:d[eu'] ?|publiée par |menée par )[^,.]{0,40}"
    r"(?:médias?|journa|magazine|Le Monde|Mediapart|consortium)"
)
_COURT: Final = r"\b(?:[Tt]ribunal|[Cc]our|[Jj]uges?|[Jj]ustice|[Cc]onseil|CJUE|[Mm]agistrats?)\b"
_BILL: Final = r"(?:[Mm]esure|[Tt]exte|[Rr]éforme|[Ll]oi|[Aa]mendement|[Rr]ésolution)s?"
_NO_BID: Final = r"(?! (?:publique|ferme|d'achat|d'emploi|de (?:rachat|reprise|plus|près|\d)|à \d))"
_ADDRESSED: Final = r"(?:l[ea] |l')(?:chef de l'[ÉE]tat|président|ministre|gouvernement|[Pp]remier ministre|maire|élue?|exécutif)"
_SUED: Final = r"l(?:es? |a |')[^,.]{3,60}? pour (?:non-respect|violation|diffamation|abus|atteinte|contrefaçon|plagiat|négligence)"
_SOME: Final = r"(?:[Ll]es|[Dd]es|[Aa]ux|[Cc]es|[Dd]e|[Pp]lusieurs|[Dd]eux|[Tt]rois|[Cc]ertains) "
_ONE: Final = r"(?:[Ll]e|[Uu]n|[Dd]u|[Aa]u|[Cc]e) "
_DOES: Final = r"(?=(?:a|va|vient de|veut|s'(?!appren|écri)|rachète|lance|annonce|compte|prévoit|supprime|perd|gagne|recule|propose)\b)"
_NO_SAILOR: Final = r"(?! (?:somal|de |des |informatique))"

_LOST: Final = {"é": "perdu", "e": "perd", "ait": "perdait", "er": "perdre"}
_PASSED: Final = {"i": "é", "ie": "ée", "it": "e", "ir": "er"}
_OF: Final = {"à": "de", "au": "du", "aux": "des"}
_PARTY: Final = (
    r"(?:(?:le|son|un) parti|la (?:majorité|droite|gauche)|[Ll]es (?:Républicains|écologistes"
    r"|socialistes)|La République"
    r"|En [Mm]arche|(?:le )?(?:LREM|LR|LFI|PS|RN|FN|EELV|PCF|UDI|MoDem)\b)"
)
_WRITTEN: Final = r"\b(?:messages|commentaires|propos|articles|publications|textes|vidéos)"
_CRITICISED: Final = {"de": "", "d'": "", "du": "le ", "des": "les "}
_OVER: Final = {"des": " les ", "du": " le ", "de": " ", "d'": " "}
_QUESTIONED: Final = {
    "é": "questionné",
    "ée": "questionnée",
    "er": "questionner",
    "e": "questionne",
    "ait": "questionnait",
}
_EXPECTED: Final = {"aient": "prévoyaient", "ait": "prévoyait", "ent": "prévoient"}
_DROPPED: Final = {"se": "chute", "sait": "chutait"}


def _passed(found: re.Match[str]) -> str:
    ending = found["ending"]
    return f"dépass{_PASSED.get(ending, ending)}{_OVER[found['of']]}"


def _in_favour(found: re.Match[str]) -> str:
    return f"{found[1]}statu{found[2]} en faveur {_OF[found[3]]}"


def _of_group(found: re.Match[str]) -> str:
    """A group for its nationality: "l'américain", "le chinois"."""
    article, _, people = found[1].replace("'", " ").partition(" ")
    return f"{article[0]}e groupe {people} "


# What is taken for something else, and what is not; in this order.
_REWORDINGS: Final[tuple[tuple[str, Replacement], ...]] = (
    # Who is ahead of whom, and how much less
    (r"\b(est|sont) devancée?s? par\b", r"\1 derrière"),
    (r"\b(été|était|étaient|être) devanc(ée?s?) par\b", r"\1 dépass\2 par"),
    (r"\bs'est fait (?:devancer|doubler|dépasser) par\b", "a été dépassé par"),
    (r"\bse fait (?:devancer|doubler|dépasser) par\b", "est dépassé par"),
    (
        r"\b([Dd])eux fois moins(?! ch[eè]r)",
        lambda found: f"{'M' if found[1] == 'D' else 'm'}oitié moins",
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
    (rf"\b(?:pass|franch)(?P<ending>é|ée|és|e|er|i|ie|it|ir) {_MARK}", _passed),
    (rf"\b[Cc][éè]d(é|ait|er|e) {_SHARE_OF_VALUE}", lambda found: _LOST[found[1]] + " "),
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
        rf"(?<!de )\b([Ll])(?:e titre|'action) ({_NAME}) (?={_FALLEN})",
        r"\1e cours de l'action de \2 ",
    ),
    (rf"(?<!de )\b([Ll])(?:e titre|'action) (?={_FALLEN})", r"\1e cours de l'action "),
    (r"\bfond(ent)? de (?=\d[\d,]*\s?%)", lambda found: f"chut{found[1] or 'e'} de "),
    (r"\bune série ([A-E])(?= de \d)", r"une levée de fonds de série \1"),
    (r",? à (\d[\d,]*\s?%) près\b", r", à plus ou moins \1"),
    (
        r"\bdévis(sée?s?|se|sait)(?!\w)(?=[^.]*(?:%|Bourse))",
        lambda found: _DROPPED.get(found[1], "chuté"),
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
        rf"(?<!\bjeu )(?<!\bjeux )(?<!\bfilm )(?<!\bfilms )\b({_SOME})pirates\b{_NO_SAILOR}",
        r"\1hackers",
    ),
    (rf"\b({_ONE})pirate\b{_NO_SAILOR}", r"\1hacker"),
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
        rf"\b([Ll]'(?:américain|allemand)|[Ll]e (?:chinois|coréen|japonais|britannique)) {_DOES}",
        _of_group,
    ),
    (
        r"\bprivatis(é|er|e) (?=(?:l[ea] |l'|une? )(?:musée|salle|restaurant|château|parc|hôtel"
        r"|cinéma|stade|île))",
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
    (r"\btabl(aient|ait|ent) sur\b", lambda found: _EXPECTED[found[1]]),
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
        rf"({_WRITTEN}) critiques à l'égard (de|d'|du|des)(?: |(?<='))",
        lambda found: f"{found[1]} critiquant {_CRITICISED[found[2]]}",
    ),
    (
        r"\bdans les colonnes du (?=(?:Monde|Figaro|Parisien|Point|Temps|Soir|Progrès|Télégramme"
        r"|Dauphiné)\b)",
        "dans Le ",
    ),
    (r"\bdans les colonnes du (?=[A-ZÀ-Ý])", "dans le "),
    (r"\bdans les colonnes (?:de |(?=d'))(?:d')?(?=[A-ZÀ-Ý])", "dans "),
    (
        r"\bau micro (?:de |d')(?=(?:France|Europe 1|RTL|RMC|BFM|LCI|CNews|Sud Radio|Radio"
        r"|franceinfo|i-T))",
        "sur ",
    ),
    # Accidents and crimes
    (
        r"\b([Dd]es|[Ll]es|[Dd]eux|[Tt]rois) proches d(?=e [A-ZÀ-Ý]|u (?:chef|président|ministre"
        r"|PDG|patron|fondateur))",
        r"\1 personnes proches d",
    ),
    (r"\bs'est tué(e?)(?!\w)(?! avec)", r"est mort\1"),
    (r"\b(a|ont|avait|avaient) mis en cause (?=[A-ZÀ-Ý])", r"\1 accusé "),
    (r"\bdans le collimateur d(?=e |u |es |')", "dans le viseur d"),
    (r"\bdans le collimateur\b", "sous surveillance"),
    (
        rf"\A(?!.*\b(?:polic|gendarme|garde à vue|soupçon))(.*?)\binterpell(ée?|er|e|ait) "
        rf"(?={_ADDRESSED})",
        lambda found: f"{found[1]}{_QUESTIONED[found[2]]} ",
    ),
    (rf"\bpoursuivre (?={_SUED})", "attaquer en justice "),
    # What is liked, and what is not
    (
        r"\bne fai(t|sait) (pas|plus|guère) recette\b",
        lambda found: f"n'a{'vait' * (found[1] != 't')} {found[2]} de succès",
    ),
    (r"\bfai(t|sait) fureur\b", lambda found: f"a{'vait' * (found[1] != 't')} un grand succès"),
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
        r"\b([Ll]es|[Dd]es|[Aa]ux) (?=(?:législatives|municipales|régionales|européennes"
        r"|sénatoriales|départementales)\b)",
        r"\1 élections ",
    ),
    # Authorities and courts
    (r"\b(a|ont|avait|avaient) assigné (?=[^,.;]{1,60} (?:devant|en justice)\b)", r"\1 poursuivi "),
    (r"\bassigné(e?s?) (?=devant |en justice\b)", r"poursuivi\1 "),
    (
        rf"\b([Gg])endarme(?= {_WATCHED})",
        lambda found: "Régulateur" if found[1] == "G" else "régulateur",
    ),
    (r"\b([Ll])e fisc\b", r"\1'administration fiscale"),
    (r"\bdu fisc\b", "de l'administration fiscale"),
    (r"\bau fisc\b", "à l'administration fiscale"),
    (r"\b(a|ont|avait|avaient|été|est|sont) mis(es|e|) en demeure\b", r"\1 sommé\2"),
    (
        r"\bmet(tre|tent|) en demeure\b",
        lambda found: {"tre": "sommer", "tent": "somment", "": "somme"}[found[1]],
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
    (rf"({_COURT}[^.;]{{0,60}}?)\bdonn(é|er|ent|e) raison (à|aux?)(?= |$)", _in_favour),
    (r"\bété flou(ée?s?)\b", r"été tromp\1"),
    (
        r"(?<!n\')\b(a|ont|avait|avaient) pu être (?=(?:consult|copi|dérob|vol|exfiltr|expos"
        r"|compromis|téléchargé|lue?s?\b))",
        r"\1 peut-être été ",
    ),
    (r"(\bprison\b[^.]*?\bdont \w+(?: mois| ans?)?) fermes?\b", r"\1 derrière les barreaux"),
)
_COMPILED: Final = tuple((re.compile(pattern), replacement) for pattern, replacement in _REWORDINGS)
# A fraud has victims, whom it does not kill.
_FRAUD: Final = re.compile(
    r"\b(?:arnaque|escroquerie|fraud|usurp|faux conseiller|(?:vol|fuite) de données|piratage"
    r"|hameçonnage|cyberattaque"
    r"|attaque informatique|rançongiciel|logiciel (?:malveillant|espion))",
    re.IGNORECASE,
)
_VICTIMS: Final = re.compile(r"\bfait (?=[\w ,.]*?\bvictimes\b)")


def reworded(french: str) -> str:
    """`french`, a sentence, in words that the translator gets right."""
    text = in_plain_words(written_out(straight(french)))
    for pattern, replacement in _COMPILED:
        text = pattern.sub(replacement, text)
    return _VICTIMS.sub("touché ", text) if _FRAUD.search(text) else text
