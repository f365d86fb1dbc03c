"""The French way to name who said it behind what was said ("…, a annoncé mardi la Nasa."), put in
the order of English.

A small model translates word for word, and so makes the speaker an object ("announced by",
"tweeting the director"). With the subject before its verb ("…, la Nasa a annoncé mardi.") the same
words come out right. Only verbs are known that no person is the object of, and only subjects that
can speak: in "le maire, élu en 2020, a annoncé sa démission" nothing is turned round.

Source of the idea: Collins, Koehn and Kučerová, "Clause Restructuring for Statistical Machine
Translation", 2005.
"""

import re
from typing import Final

from service.facts.days import DAYS
from service.text.calendar import WEEK_DAYS

_PAST: Final = (
    "annoncé|déclaré|indiqué|affirmé|expliqué|estimé|souligné|précisé|rapporté|révélé|assuré|confirmé|ajouté|dit|écrit|tweeté|rappelé"
    "|répondu|reconnu|admis|noté|observé|constaté|raconté|confié|insisté|conclu|lancé|poursuivi|regretté|promis|plaidé|argué|détaillé"
    "|martelé|résumé|commenté|réagi|fait savoir|fait valoir|laissé "
    "entendre|soutenu|signalé|témoigné|déploré|renchéri|avancé"
    "|avoué|mis en garde"
)
_PRESENT: Final = (
    "annonce|déclare|indique|affirme|explique|estime|souligne|précise|rapporte|révèle|assure|confirme|ajoute|dit|écrit|tweete|rappelle"
    "|répond|reconnaît|admet|note|observe|constate|raconte|confie|insiste|conclut|lance|poursuit|regrette|promet|plaide|argue|détaille"
    "|martèle|résume|commente|réagit|fait savoir|fait "
    "valoir|soutient|signale|témoigne|déplore|renchérit|avance|avoue"
    "|met en garde|annoncent|indiquent|affirment|expliquent|estiment|soulignent|précisent|rapportent|révèlent|assurent"
    "|confirment|écrivent|rappellent"
)
_ADVERB: Final = "ainsi|notamment|également|aussi|ensuite|encore|toutefois"
_VERB: Final = rf"(?:(?:a|ont|avait|avaient) (?:(?:{_ADVERB}) )?(?:{_PAST})|{_PRESENT})"
_DATE: Final = rf" \d+(?:er)?(?: (?:{'|'.join(sorted(DAYS))}))?(?: \d{{4}})?"
_DAY: Final = (
    rf"(?:ce )?(?:{'|'.join(WEEK_DAYS)})(?: (?:matin|midi|après-midi|soir|dernier))?(?:{_DATE})?"
)

# Who can speak.
_SPEAKER: Final = (
    "agence|agent|analyste|artiste|association|auteur|autorité|avocate?|banque|cabinet|candidate?|centre|chaîne|champion|chancelière"
    "|chanteur|chanteuse|chef|cheffe|chercheur|chercheuse|collectif|collègue|commissaire|commission|compagnie|confrère|conseil"
    "|conseiller|conseillère|constructeur|cour|délégation|députée?|développeur|directeur|direction|directrice|dirigeante?|distributeur"
    "|économiste|éditeur|élue?|entourage|entreprise|équipe|experte?|famille|fédération|femme|filiale|firme|fondateur|fondatrice"
    "|fournisseur|frère|garde|géant|gendarmerie|gouvernement|gouverneur|groupe|hebdomadaire|homme|hôpital|humoriste|institut|institution"
    "|intéressée?|journal|journaliste|juge|justice|leader|magazine|magistrat|maire|mairie|maison|média|médecin|mère|ministère|ministre"
    "|musée|observatoire|opérateur|opposante?|ONG|organisateur|organisation|parlementaire|parquet|patronne|patron|père|plate-?forme"
    "|police|policier|pompier|porte-parole|préfecture|préfète?|présentateur|présentatrice|présidence|présidente?|presse|procureure?"
    "|professeure?|quotidien|radio|rapporteur|réalisateur|réalisatrice|recteur|rectorat|rédaction|représentante?|réseau social"
    "|responsable|revue|scientifique|secrétaire|sénateur|sénatrice|service|site|société|sœur|source|spécialiste|start-up|syndicat"
    "|témoin|tribunal|université|ville"
)
_DETERMINER: Final = r"(?:l['’]|(?:le|la|les|un|une|des|son|sa|ses|leur|leurs|plusieurs|nos|cette|ce|cet|deux|certains) )"
_WITH_NOUN: Final = rf"{_DETERMINER}(?:[\w-]+ ){{0,2}}?(?:ex-|vice-)?(?:{_SPEAKER})[sx]?(?![\w-])"
_BEGINNING: Final = rf"(?:{_WITH_NOUN}|{_DETERMINER}?[A-ZÀ-Ý]|franceinfo)"
_PIECE: Final = r"[^,;:«»\"()]*"
_NAME: Final = (
    r"[A-ZÀ-Ý][\w.'’-]+(?: (?:(?:de|du|des|le|la|von|van|ben|el) |d['’])?[A-ZÀ-Ý][\w.'’-]+)+"
)
# A name only: behind more words between commas the model forgets the verb.
_APPOSED: Final = rf", {_NAME}(?=[,.])"
_REST: Final = rf", (?:{_DAY}|selon|avant|après|sans|en|dans|sur|lors|ce|au|à|\w+ant)\b.*|\."
_RELATIVE: Final = re.compile(r" (?:qui|que|dont|où) | qu['’]")
# What stands behind the subject and belongs to the verb.
_BEHIND: Final = re.compile(
    rf" (?:{_DAY}(?=[ ,.]|$)|à (?:l['’](?:AFP|issue|occasion|antenne)|la presse|[A-ZÀ-Ý])|au "
    rf"(?:micro|quotidien|magazine)"
    r"|au lendemain |dans (?:un|une|son|sa|les colonnes)\b|sur (?:son|sa|ses|les réseaux|franceinfo"
    r"|[A-ZÀ-Ý])"
    r"|lors |auprès |devant |après |avant |en marge |cette (?:semaine|nuit|année))"
)
# What these verbs have behind them may be their object: "Google, qui veut rattraper OpenAI, lance
# Gemini 3."
_TAKES_OBJECT: Final = re.compile(
    r"\b(?:lanc[eé]|poursui(?:t|vi)|confi[eé]|sout(?:ient|enu)|annonc(?:[eé]|ent)|prom(?:et|is)"
    r"|confirm(?:[eé]|ent)|ajout[eé]|avanc[eé]"
    r"|signal[eé]|rappel(?:le|lent|é))\Z"
)
# A subject and what is inserted behind it, with no verb of its own.
_SUBJECT: Final = re.compile(
    r"\A(?!(?:En|Dans|Depuis|Selon|Pour|Avec|Sans|Sur|Sous|De|Du|À|A|Au|Aux|Par|Ce|Cette|Lundi"
    r"|Mardi|Mercredi|Jeudi|Vendredi|Samedi"
    r"|Dimanche|Après|Avant|Mais|Or|Et|Ainsi|Pourtant|Si|Quand|Alors)\b)([^,«»\"]{2,60}), "
    r"([^,«»\"]+)\Z"
)
_FINITE: Final = re.compile(
    r"\b(?:est|sont|a|ont|était|étaient|sera|seront|fut|peut|doit|va|vont|reste|pourrait|devrait)\b"
    r"|\w+(?:ent|era|eront|ait|aient)\b"
)
_CLAUSE: Final = re.compile(
    rf", (?P<verb>{_VERB})(?P<day> {_DAY})? "
    rf"(?P<subject>{_BEGINNING}{_PIECE}?)(?P<apposed>{_APPOSED})?(?P<rest>{_REST})?$"
)


def with_speaker_first(french: str) -> str:
    """`french` with the subject of a clause that names who said it before its verb."""
    return _CLAUSE.sub(_turned, french)


def _turned(clause: re.Match[str]) -> str:
    subject, behind = clause["subject"], ""
    if _RELATIVE.search(subject) or (
        _TAKES_OBJECT.search(clause["verb"]) and _is_subject(clause.string[: clause.start()])
    ):
        return clause[0]
    if found := _BEHIND.search(subject):
        subject, behind = subject[: found.start()], subject[found.start() :]
    apposed = f"{clause['apposed']}," if clause["apposed"] else ""
    return (
        f", {subject}{apposed} {clause['verb']}{clause['day'] or ''}{behind}{clause['rest'] or ''}"
    )


def _is_subject(before: str) -> bool:
    """True if what stands before a verb is its subject with something inserted, and nothing that
    was said."""
    found = _SUBJECT.match(before)
    if found is None or _FINITE.search(found[1]):
        return False
    return found[2].startswith(("qui ", "dont ", "où ")) or not _FINITE.search(found[2])
