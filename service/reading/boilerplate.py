"""What a French news page says besides its article: prompts, credits, bylines, reading times,
paywalls.

Patterns are matched against whole blocks (a paragraph, or a line of a header), never inside one, so
that a sentence that happens to hold the words stays. Tuned on the pages of
`tests/service/reading/test_extraction_floors.py`.
"""

import re
from enum import StrEnum
from functools import lru_cache
from typing import Final

from service.reading.paywall import is_paywall_notice
from service.text.calendar import MONTHS

MAX_BLOCK: Final = 300  # characters; a longer block is never boilerplate
HEADER_BLOCKS: Final = 8  # how far down title, byline and date are looked for

_MONTH = rf"(?:{'|'.join(MONTHS)}|janv|févr?|juil|sept|oct|nov|déc)\.?"
_DATE = rf"(?:\d{{1,2}}[/.-]\d{{1,2}}[/.-]\d{{2,4}}|\d{{4}}-\d{{2}}-\d{{2}}|(?:1er|\d{{1,2}})\s+{_MONTH}\s+\d{{4}})"
_TIME = r"(?:\s*(?:à|,|-|–|\\)?\s*\d{1,2}\s?[h:]\s?\d{0,2})?"
DATE: Final = re.compile(_DATE, re.IGNORECASE)


class Kind(StrEnum):
    """What a block that is not part of the article is."""

    READING_TIME = "reading_time"
    DATELINE = "dateline"
    LINK = "link"
    PROMPT = "prompt"
    CREDIT = "credit"
    PAYWALL = "paywall"
    CONSENT = "consent"
    PAGE_NUMBER = "page_number"


def _rule(kind: Kind, *patterns: str) -> tuple[Kind, re.Pattern[str]]:
    return kind, re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


# Not a sentence: no full stop behind the last word. Once that is found it is not looked for again:
# else a line of full stops takes the square of its length for each rule.
_FRAGMENT = r"(?!(?>.*\w|)[^\w.!?…]*+[.!?…])"
_END = r"\W*$"
# "Claire Martin, Youssef Benali", "Jean Dupont / AFP"
_WORD = r"(?:[A-ZÀ-Ý@][\w.'&@-]*+|d[eu]|des|la|le|von|van|et|avec|via|pour|par)"
_NAMES = rf"(?-i:{_WORD}(?:(?:\s*[,/&()–]\s*|\s+(?:-\s+)?){_WORD})*\)?\s*)"
_AGENCY = r"(?:afp|reuters|ap|sipa|getty images|shutterstock|istock|unsplash|d\.?r\.?)"
_NETWORK = r"(?:google (?:news|actualités|discover)|(?:les )?réseaux(?: sociaux)?|twitter|x|facebook|instagram|linked ?in|whatsapp|tiktok|flipboard|messenger|bluesky|mastodon)"
CHANGED: Final = "mise? à jour|modifiée?|màj"
PUBLISHED: Final = rf"(?:publiée?|{CHANGED}|posté|créé|paru|mise en ligne)"
_BY = r"(?:par|propos recueillis par|rédigé par|écrit par)"
# What may follow a date: a time, an author, a second date; ", le décret impose" may not.
_AFTER_DATE = rf"{_TIME}\s*(?:(?:[-–—·|•(.]|,(?!\s*(?-i:[a-zà-ÿ]))|,\s*(?:à|par|{PUBLISHED})\b|à|par|dans|et|{PUBLISHED}).{{0,80}})?$"
# The same behind a date that stands first: "12 mars 2024 - Nuagis dépose le bilan" is an entry of a
# chronology.
_AFTER_BARE_DATE = (
    rf"{_TIME}(?:\.?|\s*(?:[·|•(].{{0,80}}|[-–,]\s*(?:(?:\d{{1,2}}\s?[h:]|\d+ ?min|(?:temps de "
    rf")?lecture\b|(?:à|le) \d"
    rf"|par (?-i:[A-ZÀ-Ý])|{PUBLISHED}\s*(?:[:\d]|(?:le|à|par|il)\b)).{{0,80}}|{_NAMES})))$"
)
_OUR_LINKS = r"(?:nos liens|(?:les|ces) liens (?:affiliés|d'affiliation|de cet article|(?:présents )?(?:dans|sur) (?:cet article|cette page)|ci-desso?us))(?: affiliés)?"
_PERSON = r"(?-i:[A-ZÀ-Ý][\w.'-]+(?: [A-ZÀ-Ý][\w.'-]*){1,3})"
_CAPTION = r"(?:(?![.!?…] )[^«»“\"]){0,200}[.!?…]? "  # of one sentence, and nobody's words
_SUBJECT = (
    r"(?:articles?|dossier|enquête|interview|entretien|analyse|test|portrait|reportage|tribune)"
)
_READ_ON = r"(?:(?:lire|lisez|découvrir|débloquer) (?:la suite|l'intégralité|cet article)|(?:continuer|poursuivre) à lire|(?:continu|poursuiv)(?:ez|er|re) (?:la|votre) lecture)"
_SEE_ALSO = r"(?:à |a )?(?:re)?(?:lire|voir|écouter|regarder|découvrir) (?:aussi|également|ensuite)"
_MORE = (
    r"(?:pour aller plus loin|pour approfondir(?: sur [^,.:;!?]{1,40})?|sur le même (?:sujet|thème)"
    r"|dans la même (?:rubrique|catégorie)"
    r"|(?:articles?|sujets?|contenus?) (?:associés?|liés?|similaires?|recommandés?))"
)

# What kind of article it is, of sites that say so before a title or a lead.
RUBRICS: Final = "Tribune|Opinion|Édito(?:rial)?|Chronique|Décryptage|Exclusif"
# Of a section or a place, in capitals before the first sentence of a paragraph or title: "VIDÉO -
# ", "VAL D'OISE. ". Or of an agency: "PARIS (AFP) — ", "La Haye, 12 mars 2025 (AFP) - ". Or of a
# rubric that is nobody's name: "Le Cercle – ".
LABEL: Final = re.compile(
    r"\A(?:[A-ZÀ-Ý](?:[A-ZÀ-Ý' -]{2,40}(?:\.| ?[-–—])\s+(?=[«\"]?\s?[A-ZÀ-Ý](?:[a-zà-ÿ'’]| "
    r"[a-zà-ÿ]))"
    r"|[\w'’-]{1,40}(?: (?:[A-ZÀ-Ý][\w'’-]{0,40}|d[eu]|la|le|sur)){0,4}(?:,? (?:le "
    r")?\d{1,2}(?:er)? \w{3,9}\.?(?: \d{4})?)?"
    r" ?\((?:AFP|Reuters|AP|AWP|ATS|Belga|Agefi-Dow Jones)\) ?[-–—:]\s+)"
    rf"|(?:Le Cercle|Edito(?:rial)?|Point de vue|{RUBRICS})\s[-–—]\s(?=[«\"]?\s?[A-ZÀ-Ý]))"
)
# Alone on its line it stands above the titles of other articles.
ANNOUNCEMENT: Final = re.compile(rf"\W*(?:{_SEE_ALSO}|{_MORE})\W*", re.IGNORECASE)

_RULES: Final = (
    _rule(
        Kind.READING_TIME,
        r"(?:temps de "
        r")?lecture\s*:?\s*(?:de\s*)?(?:environ\s*)?\d+(?:\s*[-–à]\s*\d+)?\s*min(?:ute)?s?\.?$",
        r"\d+(?:\s*[-–à]\s*\d+)?\s*min(?:ute)?s?\.?(?: (?:read|de lecture|à lire))?\.?$",
        rf"{_FRAGMENT}lecture \d+ min(?:utes?)?\b.{{0,60}}$",
    ),
    _rule(Kind.PAGE_NUMBER, r"page \d{1,3}(?: ?(?:/|sur) ?\d{1,3})?$"),
    _rule(
        Kind.CONSENT,
        r"[^«»“\"]{0,80}(?:utilisons|vous acceptez|(?:ce|notre) site "
        r".{0,30}utilise).{0,60}\bcookies?\b",
        rf"(?:acceptez|gérez|paramétrez|refusez)(?: \w+){{0,3}} cookies?{_END}",
        rf"(?:accepter|refuser|gérer|paramétrer)(?: \w+){{0,3}} cookies?{_END}",
        r"(?:nous et )?nos (?:\d+ )?partenaires\b.{0,40}(?:stock|utilis|trait).{0,120}(?:données"
        r"|cookies?|appareil|informations|identifiants)",
        r"(?:pour|afin de) (?:lire|voir|regarder|visionner|afficher|consulter) (?:cette|ce|la|le) "
        r"(?:vidéo|contenu|publication|post|tweet|podcast)\b.{0,60}\bcookies\b",
        r"(?:ce contenu|cette (?:vidéo|publication)) est (?:bloquée?|masquée?) (?:car|parce que) "
        r"vous n'avez pas accepté",
        rf"(?:tout accepter|tout refuser|continuer sans accepter|politique de "
        rf"confidentialité){_END}",
    ),
    _rule(
        Kind.PROMPT,
        rf"[(\[]?(?:→|>|»|▶|👉)?\s*{_SEE_ALSO}(?:{_END}|(?-i:[A-ZÀ-Ý«“])|\s*[:|>»→–(-]"
        rf"|(?-i:\s+[\"«“‘]?\s?[A-ZÀ-Ý0-9])|\s+(?:notre|nos|sur)\b|\s+(?:l'|le |la |les "
        rf"){_SUBJECT}\b)",
        r"[(\[]?(?:→|>|»|▶|👉)?\s*(?:à|a) (?:re)?(?:lire|voir|écouter|regarder)\s*:",
        rf"{_FRAGMENT}(?:→|>|»|▶|👉)?\s*(?:à|a) (?:re)?(?:lire|voir|écouter|regarder) (?:sur"
        rf"|dans)\b",
        rf"[(\[]?(?:re)?lire(?: notre {_SUBJECT}| l'article| la suite)?\s*:",
        rf"[(\[]?lire (?:notre|nos) {_SUBJECT}s?\b",
        rf"(?:lire la suite|lire plus|en savoir plus|voir plus)(?:\s*[:>→(|].*| (?:de|sur|dans) "
        rf"[^,:.]{{1,60}})?{_END}",
        rf"{_MORE}(?:\s*:.*)?{_END}",
        rf"{_FRAGMENT}(?:les plus lus|les plus populaires|(?:nos|les) (?:derniers|meilleurs) "
        rf"(?:articles|bons plans)|(?:nos|les) (?:dernières|meilleures) offres)[^.,]{{0,40}}$",
        r"(?:inscrivez-vous|abonnez-vous|recevez(?!-vous)|je m'inscris"
        r"|rejoignez)\b.{0,120}(?:newsletter|infolettre|lettre d'info|(?:la|notre) lettre|gratuit"
        r"|whatsapp|telegram|discord|(?:notre|nos) (?:chaînes?|communauté)|chaîne youtube|actualité"
        r"|par e-?mail|boîte mail|essai)",
        rf"{_FRAGMENT}(?:s'inscrire|s'abonner|inscription|abonnement) (?:à|aux) "
        rf".{{0,40}}(?:newsletters?|infolettres?|lettre d'information)\b.{{0,60}}$",
        rf"{_FRAGMENT}(?:la |notre |nos |les )?(?:newsletters?|infolettres?)\b[^:]{{0,25}}$",
        r"(?:la |notre |nos |les )?(?:newsletters?|infolettres?)\s*:\s*(?:recevez|inscri|abonn"
        r"|l'essentiel|chaque|tous les|toute)",
        rf"(?:suivez|retrouvez|rejoignez|contactez)[- ]nous(?:{_END}|\s*:|\s+(?:sur|aussi|également"
        rf"|par|via|en)\b.{{0,120}}$)",
        rf"suivez .{{2,40}} sur {_NETWORK}\b(?-i:(?:[^,]|, ?[A-Z]){{0,80}}$)",
        r"pour ne (?:(?:rien|pas) )?(?:manquer|rater|louper)\b.{0,80}\b(?:suivez|retrouvez"
        r"|rejoignez|abonnez-vous|inscrivez-vous)\b.{2,60}\b(?:google (?:news|actualités|discover)"
        r"|whatsapp|newsletter|infolettre)\b",
        rf"retrouvez .{{2,80}} sur (?:notre|nos) (?:chaînes?|canal|comptes?|pages?) {_NETWORK}\b",
        r"ajoutez (?-i:[A-ZÀ-Ý0-9]).{1,40} (?:à|dans|comme) (?:vos sources?|source) (?:préférée"
        r"|favorite)s?\b.{0,40}google\b",
        rf"(?:voir|afficher) (?:cette publication|ce post|cette vidéo|ce tweet|ce profil|cette "
        rf"photo) sur {_NETWORK}{_END}|une publication partagée par .{{1,80}}$",
        rf"partage[rz]?(?: (?:cet |l')article)?(?: sur {_NETWORK}(?:(?:,| et|,? sur) "
        rf"?{_NETWORK}){{0,4}})?{_END}|partage[rz]?(?: (?:cet |l')article)?\s*:",
        rf"(?:imprimer|envoyer par (?:e-?mail|mail)|copier le lien|enregistrer|commenter|se "
        rf"connecter|s'identifier|s'abonner|je m'abonne|abonnez-vous)(?: sans engagement)?{_END}",
        rf"(?:lire|écouter|offrir|enregistrer|imprimer) (?:l'|cet )article{_END}|\d{{1,2}}:\d{{2}} "
        rf"?/ ?\d{{1,2}}:\d{{2}}$",
        rf"(?:voir dans le navigateur|se désabonner|gérer mes préférences)(?:{_END}|\s*[|·•])|vous "
        rf"recevez (?:cet e-?mail|ce courriel|cette lettre) (?:parce que|car) vous\b",
        rf"voir (?:le prix|les offres)(?: (?:sur|chez) \S{{2,20}})?{_END}",
        rf"communiqué de presse{_END}|pour diffusion immédiate{_END}|(?:information|dossier) (?:de "
        rf")?presse{_END}",
        r"(?:\d+ |laisser un |ajouter un |voir les |les )?commentaires?(?:\s*\(\d+\))?$",
        rf"(?:réagir|réagissez)(?: à (?:cet |l')article)?(?:\s*\(\d+\))?{_END}|ajouter (?:aux|à "
        rf"(?:vos|mes)) favoris{_END}",
        rf"vous avez (?:apprécié|aimé) cet article{_END}|retrouvez tous les articles de .{{2,40}} "
        rf"(?:directement )?sur (?:google|{_NETWORK}){_END}",
        r"(?:connectez-vous|identifiez-vous|inscrivez-vous) (?:pour|afin de) .{0,20}(?:commenter"
        r"|commentaire|réagir|participer)",
        rf"publicité{_END}|publicité\W+(?:votre|la suite|continuez|lire|fermer|passer)\b.{{0,60}}$"
        rf"|annonces?{_END}",
        rf"(?:la suite après|passer|fermer|masquer) (?:la|cette|une) publicité{_END}",
        rf"(?:{_NETWORK}\W*){{3,}}(?:copier le lien|e-?mail|imprimer)?{_END}",
        rf"(?:vous avez )?déjà un compte(?:{_END}|\s*[?!:.,]\s*(?:(?:je )?me |se )?(?:connect"
        rf"|identifi).{{0,40}}$)",
        rf"(?:contenus?|articles?) (?:sponsorisée?s?|partenaires?)(?:{_END}|(?: par|\s*[:–-]) "
        rf".{{1,60}}$)",
        rf"{_FRAGMENT}en partenariat avec\b[^,:]{{1,60}}$",
        rf"une (?:erreur|faute|coquille)[^.,]{{0,40}}\?\s*(?:signal|écri|contact|propos|dites)"
        rf"|signaler (?:une erreur|un contenu|un problème)(?: dans .{{1,30}})?{_END}",
        rf"{_FRAGMENT}(?:tags?|mots?[- ]clés?|étiquettes)\s*:",
        rf"{_FRAGMENT}(?:à propos de l'auteur|du même auteur)\b.{{0,60}}$|(?:écrit|rédigé) "
        rf"par\s+{_NAMES}$",
        rf"article (?:écrit|rédigé) par(?:\s*:?\s+{_NAMES}(?:(?<=\s)en chef(?:fe)?)?)?{_END}",
        rf"{_FRAGMENT}(?:voir )?tous (?:ses|les) articles\b[^,:]{{0,40}}$|{_FRAGMENT}voir (?:toutes"
        rf"|tous) (?:les|nos)\b[^,:]{{0,60}}$",
        r"certains liens .{0,60}affili|(?:cet article|ce contenu) .{0,60}liens? d'affiliation|les "
        r"prix (?:indiqués|affichés|mentionnés|sont susceptibles) .{0,60}(?:varier|évoluer)",
        r"[^«»“\"]{0,120}\b(?:liens?|achats?)\b[^«»“\"]{0,60}\bnous (?:touch|percev|recev|pouvons "
        r"(?:touch|percev|recev))\w+ (?:une |des )?(?:petites? )?commissions?\b",
        r"nous pouvons (?:touch|percev|recev)\w+ (?:une |des )?(?:petites? "
        r")?commissions?\b[^«»“\"]{0,60}\b(?:nos|ces|certains|les) liens\b[^«»“\"]{0,60}$",
        rf".{{2,30}} peut (?:touch|percev|recev)\w+ (?:une |des )?(?:petites? )?commissions? "
        rf"(?:lors d'un achat|sur les achats|si vous achetez)\b.{{0,40}}\b{_OUR_LINKS}{_END}",
        rf"téléchargez (?:notre |l')appli(?:cation)?(?: [^,:.]{{1,60}})?{_END}",
        rf"(?:vers le haut|haut de page|retour (?:à l'accueil|en haut)|menu|sommaire){_END}"
        rf"|{_FRAGMENT}accueil\s*[>›/]",
    ),
    _rule(
        Kind.CREDIT,
        rf"\(?(?:crédits?|copyright|photos?|images?|illustration|source|sources|visuel"
        rf"|légende)\s?(?:photos?|images?|de la photo|de une)?\s*(?::|©|/|-"
        rf"|–)\s?(?:{_FRAGMENT}.{{0,120}}|{_NAMES}\.?)$",
        # behind a caption
        rf".{{0,250}}\s// ?(?:source|crédits?|photo|image) ?:{_FRAGMENT}.{{1,80}}$",
        # who wrote and read a dispatch
        r"(?-i:[a-z]{2,4}(?:-[a-z]{2,4})*/[a-z]{2,4}(?:[-/][a-z]{2,4})*)$",
        rf"\(?vidéos?\s*(?::|©|/|-|–)\s?{_NAMES}\.?$",
        r"\(?(?:photos?|images?) d'illustration\)?\.?\s*(?:[-–—/©:,(].{0,60})?$",
        rf"via ?: ?{_NAMES}\.?$|tous droits (?:de [^.]{{1,60}} )?réservés(?:{_END}|\W+(?:©"
        rf"|copyright|afp\b|agence france).{{0,60}}$)",
        # A caption; a copyright mark before an agency alone may also stand below its dispatch.
        rf"{_CAPTION}\((?:crédits?|photos?|images?|visuel)(?: (?:photos?|images?))? ?[:©/–-] "
        rf"?[^()]{{1,80}}\)$",
        rf"{_CAPTION}© ?(?!(?:afp|reuters|ap|agence france-presse)$){_NAMES}$",
        rf"{_CAPTION}\({_PERSON} ?/ ?{_AGENCY}\)$|{_CAPTION}(?-i:[A-ZÀ-Ý][A-ZÀ-Ý'.-]+(?: "
        rf"[A-ZÀ-Ý][A-ZÀ-Ý'.-]*){{1,3}}) ?/ ?{_AGENCY}$",
        rf"{_CAPTION}\(?reuters ?/ ?{_PERSON}\)?$",
        rf"\(?©.{{0,120}}$|{_FRAGMENT}photo {_AGENCY}(?!\w).{{0,60}}$",
        rf"\(?(?:avec )?(?:l')?{_AGENCY}(?!\w)(?:\s*(?:[/,(–-]|via|et)?\s*(?:{_NAMES}|archives"
        rf"|photo))?{_END}",
        rf"\(?{_NAMES}\s*(?:/|via|©)\s*{_AGENCY}{_END}",
    ),
    _rule(
        Kind.DATELINE,
        rf"{_FRAGMENT}(?:par .{{2,80}}?[\s,·|•–-]|article\s|{_NAMES},?\s*|.{{0,100}}[·|•]\s*"
        rf"|.{{0,100}}(?<=[\s,–a-zà-ÿ\d-])(?=(?-i:[PMC])))?{PUBLISHED}\s*:?\s*(?:le\s*:?\s*|il y "
        rf"a\s*)?(?:\w+\s+)?(?:{_DATE}{_AFTER_DATE}|(?:\d+ (?:heures?|jours?|minutes?)|hier"
        rf"|aujourd'hui)(?:{_END}|\s*(?:à|[-–·|•(,]\s*\d).{{0,60}}$))",
        rf"{_FRAGMENT}{_BY}\s+{_NAMES}(?:[,|·•(–-]\s*)?(?:\w+di |le |dimanche "
        rf")*{_DATE}{_AFTER_DATE}",
        rf"(?:{PUBLISHED}\s+par\s+)?(?-i:[A-ZÀ-Ý][\w'’-]+(?: "
        rf"[A-ZÀ-Ý][\w'’-]+){{1,3}})\s*[-–—|·•,]?\s*(?:le )?{_DATE}{_AFTER_DATE}",
        rf"{PUBLISHED}\s*:?\s*(?:le\s*:?\s*)?(?:\w+di\s+"
        rf"|dimanche\s+)?{_DATE}{_TIME}(?:\s+par\s+{_NAMES})?\.?$",
        rf"{_FRAGMENT}(?:\w+di |le |dimanche )*{_DATE}{_AFTER_BARE_DATE}",
    ),
    _rule(
        Kind.LINK,
        r"\W*(?:https?://|www\.)\S+\W*$",
        r"\W*[\w-]+(?:\.[\w-]+)*\.(?:com|fr|net|org|eu|info|io|news|be|ch|ca|lu|tech|tv|media|paris"
        r"|press|blog|dev|app|ai|co|uk|de|example)(?:/\S*)?\W*$",
    ),
)


# Behind a dateline ("Publié le 12 mars 2025 à 10h00 Temps de Lecture 2 min.").
_READING_TAIL: Final = re.compile(
    r"(?<=[\dh])[\s,·|•–-]+temps de lecture\s*:?\s*\d+\s*min(?:ute)?s?\.?$", re.IGNORECASE
)
# An arrow, a bell, a bullet; no mark that belongs to what it opens.
_SYMBOLS: Final = re.compile(r"^[^\w«“\"'(\[@©]*+(?:_[^\w«“\"'(\[@©]*+)*+")


def boilerplate(block: str) -> Kind | None:
    """What kind of boilerplate the whole block is, or None if it may be part of the article."""
    block = _SYMBOLS.sub("", " ".join(block.replace("’", "'").split())).rstrip(" *_#|•·-–—")
    if len(block) > MAX_BLOCK:
        return None
    return _kind(block)


@lru_cache(maxsize=4_096)  # each block is asked about some eight times
def _kind(block: str) -> Kind | None:
    block = _READING_TAIL.sub("", block) or block
    if is_paywall_notice(block):
        return Kind.PAYWALL
    return next((kind for kind, pattern in _RULES if pattern.match(block)), None)
