"""What a French news page says besides its article: prompts, credits, bylines, reading times, paywalls.

Patterns are matched against whole blocks (a paragraph, or a line of a header), never inside one, so that a
sentence that happens to hold the words stays. Tuned on the pages of `tests/test_extraction_floors.py`.
"""

import re
from enum import StrEnum
from typing import Final

MAX_BLOCK: Final = 300  # characters; a longer block is never boilerplate

_MONTH = r"(?:janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre|janv|févr?|juil|sept|oct|nov|déc)\.?"
_DATE = rf"(?:\d{{1,2}}[/.-]\d{{1,2}}[/.-]\d{{2,4}}|\d{{4}}-\d{{2}}-\d{{2}}|(?:1er|\d{{1,2}})\s+{_MONTH}\s+\d{{4}})"
_TIME = r"(?:\s*(?:à|,|-|–)?\s*\d{1,2}\s?[h:]\s?\d{0,2})?"
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


def _rule(kind: Kind, *patterns: str) -> tuple[Kind, re.Pattern[str]]:
    return kind, re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


_RULES: Final = (
    _rule(
        Kind.READING_TIME,
        r"(?:temps de )?lecture\s*:?\s*(?:de\s*)?(?:environ\s*)?\d+(?:\s*[-–à]\s*\d+)?\s*min(?:ute)?s?\.?$",
        r"\d+(?:\s*[-–à]\s*\d+)?\s*min(?:ute)?s?(?: (?:read|de lecture|à lire))?\.?$",
        r"lecture \d+ min",
    ),
    _rule(
        Kind.PAYWALL,
        r"(?:cet )?article (?:est )?réservé (?:aux|à nos) abonnés",
        r"(?:contenu|offre) réservée? (?:aux|à nos) abonnés",
        r"(?:la suite|ce contenu|cet article|le reste)(?: de (?:cet|l')article)? est (?:réservée?|accessible) (?:aux|à nos)",
        r"il (?:vous )?reste \d+\s?% de (?:cet|l')\s?article",
        r"(?:pour|afin de) (?:lire|accéder à|découvrir) (?:la suite|l'intégralité|cet article)",
        r"(?:déjà|vous êtes) abonnée?\b",
        r"(?:abonnez-vous|s'abonner|je m'abonne|connectez-vous|identifiez-vous) (?:pour|afin de|à partir|dès)",
        r"lecture réservée",
    ),
    _rule(
        Kind.CONSENT,
        r".{0,80}(?:utilis(?:ons|ent)|accept(?:ez|er)|gér(?:er|ez)|paramétr(?:er|ez)|refus(?:er|ez)).{0,60}\bcookies?\b",
        r"(?:nous et )?nos (?:\d+ )?partenaires\b.{0,40}(?:stock|utilis|trait)",
        r"tout accepter|tout refuser|continuer sans accepter|politique de confidentialité$",
    ),
    _rule(
        Kind.PROMPT,
        r"(?:→|>|»|▶|👉)?\s*(?:à |a )?(?:re)?(?:lire|voir|écouter|regarder|découvrir) (?:aussi|également|ensuite)\b",
        r"(?:→|>|»|▶|👉)?\s*(?:à|a) (?:re)?(?:lire|voir|écouter|regarder)\s*(?::|sur\b|dans\b)",
        r"(?:re)?lire(?: notre (?:article|dossier|enquête|interview|test)| l'article| la suite)?\s*:",
        r"lire (?:notre|nos) (?:article|dossier|enquête|interview|test)s?\b",
        r"lire la suite\b|lire plus\b|en savoir plus\b|voir plus\b|pour aller plus loin\b|sur le même (?:sujet|thème)",
        r"(?:articles?|sujets?|contenus?) (?:associés?|liés?|similaires?|recommandés?)\b|dans la même (?:rubrique|catégorie)",
        r"les (?:plus lus|plus populaires)|(?:nos|les) (?:derniers|meilleurs) (?:articles|bons plans|offres)",
        r"(?:inscri(?:vez-vous|ption)|s'inscrire|abonnez-vous|recevez|s'abonner|je m'inscris|rejoignez)\b.{0,120}(?:newsletter|infolettre|lettre|gratuit|whatsapp|telegram|discord|chaîne|actualité|email|e-mail|mail|essai)",
        r"(?:la |notre |les )?(?:newsletters?|infolettre)\b",
        r"(?:suivez|retrouvez|rejoignez|contactez)[- ]nous\b|suivez .{2,40} sur (?:google|twitter|x|facebook|instagram|linkedin|whatsapp|tiktok|flipboard)",
        r"partage[rz]?(?: (?:cet |l')?article| sur\b|\s*:|$)|imprimer$|envoyer par (?:e-?mail|mail)|copier le lien|enregistrer$|commenter$",
        r"(?:\d+ |laisser un |ajouter un |voir les |les )?commentaires?(?:\s*\(\d+\))?$|réagir\b.{0,30}$",
        r"publicité\b|annonce$|contenu (?:sponsorisé|partenaire)|article sponsorisé|en partenariat avec\b",
        r"une erreur .{0,30}signalez|signaler (?:une erreur|un contenu)|tags?\s*:|mots?[- ]clés?\s*:|étiquettes\s*:",
        r"à propos de l'auteur|du même auteur|écrit par\b|tous (?:ses|les) articles\b|voir (?:toutes|tous) ",
        r"certains liens .{0,60}affili|(?:cet article|ce contenu) .{0,60}liens? d'affiliation|les prix .{0,60}peuvent (?:varier|évoluer)",
        r"téléchargez (?:notre|l')\s?appli|vers le haut$|haut de page$|retour (?:à l'accueil|en haut)|accueil\s*(?:>|›|/)|menu$|sommaire$",
    ),
    _rule(
        Kind.CREDIT,
        r"\(?(?:crédits?|©|copyright|photos?|images?|illustration|source|vidéo|visuel|légende)\s?(?:photos?|images?|de la photo|de une)?\s*(?::|©|/|-|–)\s?.{0,120}$",
        r"\(?©.{0,120}$|photo (?:afp|reuters|dr|ap|sipa|getty)\b.{0,60}$|(?:afp|reuters|ap|getty images|shutterstock|istock|unsplash|d\.?r\.?)\s?(?:/|photo|archives)?.{0,40}$",
    ),
    _rule(
        Kind.DATELINE,
        rf"(?:par .{{2,80}}?)?(?:.{{0,100}}?[\s,·|•-])?(?:publiée?|mis(?:e)? à jour|modifiée?|posté|créé|màj|paru|mise en ligne)\s*:?\s*(?:le\s*|il y a\s*)?(?:\w+\s+)?(?:{_DATE}|\d+ (?:heures?|jours?|minutes?)|hier|aujourd'hui).{{0,80}}$",
        rf"(?:\w+di |le |dimanche )*{_DATE}{_TIME}\s*(?:[-–·|•,(].{{0,80}})?$",
    ),
    _rule(
        Kind.LINK,
        r"\W*(?:https?://|www\.)\S+\W*$",
        r"\W*[\w-]+(?:\.[\w-]+)*\.(?:com|fr|net|org|eu|info|io|news|be|ch|ca|tech|tv|media|paris)(?:/\S*)?\W*$",
    ),
)


def boilerplate(block: str) -> Kind | None:
    """What kind of boilerplate the whole block is, or None if it may be part of the article."""
    block = block.replace("’", "'").strip(" \t\n*_#|•·-–—")
    if len(block) > MAX_BLOCK:
        return None
    return next((kind for kind, pattern in _RULES if pattern.match(block)), None)
