"""Tells what is said to a writer ("Summarise this in French") from what an article says.

It looks at one sentence or line at a time. French news hardly ever speaks to its reader in the
imperative, but it quotes people who do. Where a verb may stand in a quotation, or is also a noun or
an infinitive, it counts only beside a word for a summary.

Tuned on 6,001 French articles, of which none is taken for an instruction: see
docs/decisions/chat-completions.md.
"""

import re
from enum import Enum
from typing import Final


class Kind(Enum):
    """What a sentence is for."""

    ORDER = "order"  # It asks for a text.
    RULE = "rule"  # It says how the text should be. Only what follows an order is one.
    OTHER = "other"


def one_of(patterns: str) -> str:
    """A pattern for any of `patterns`, which stand on lines of their own or with | between."""
    return f"(?:{'|'.join(line.strip() for line in patterns.strip().splitlines())})"


# Characters of a request without an imperative: one that points at a text, and one that only ends
# with a colon.
MAX_POINTING: Final = 160
MAX_ANNOUNCING: Final = 100

_SUMMARY_NOUN: Final = one_of(r"""
    summary|summaries|r[ée]sumés?|synth[èe]ses?|tl\s?;?\s?dr|overview|digest|abstract|gist
    highlights
    key[ -]?(?:point|takeaway|fact|idea)s?|take-?aways?|main (?:point|takeaway)s?|bullet[ -]?points?
    points? (?:clés?|clefs?|essentiels?|principaux|importants?|forts?)|idées? (?:clés?|principales?)
    recap\w*|récap\w*|l['’]essentiel|in brief|in short
""")
_SUMMARY_VERB: Final = one_of(r"""
    summari[sz]\w+|sum(?:ming)? up|r[ée]sum(?:e[zr]?|ant)|synthétis\w+|condens\w+|shorten\w*
    abr[éeè]g\w+|abridge\w*|en bref
""")
SUMMARY: Final = re.compile(rf"\b(?:{_SUMMARY_NOUN}|{_SUMMARY_VERB})(?!\w)", re.IGNORECASE)
_NOUN: Final = re.compile(rf"\b{_SUMMARY_NOUN}(?!\w)", re.IGNORECASE)
# What a text is asked about.
_ARTICLE: Final = one_of(r"""
    articles?|texts?|textes?|contents?|contenus?|documents?|news|story|posts?|pages?|passages?
    inputs?
    billets?|dépêches?|actualités?|transcript\w*|messages?|extraits?
""")
_POINTING: Final = re.compile(
    r"\b"
    + one_of(rf"""
        (?:the )?following|the (?:above|below)|below|above
        th(?:is|ese) (?:\w+ )?{_ARTICLE}|cet? (?:\w+ )?{_ARTICLE}|cette (?:\w+ )?{_ARTICLE}
        {_ARTICLE}(?: \w+)? (?:suivant|précédent)e?s?|ci-(?:dessous|dessus|après|joint\w*)
        ce qui (?:suit|précède)
    """)
    + r"\b",
    re.IGNORECASE,
)
_MARKS: Final = r"[\s>*•–—#_(\[\"«“-]*+(?:\d{1,2}[.)]\s*+)?[*_]*+"
_POLITE: Final = (
    one_of(r"""
    (?:please|kindly|hello|hi|hey|bonjour|bonsoir|salut|ok|okay|now|then|and|et|puis|first|question
    task|tâche|instructions?|consignes?|prompt|q|s['’]il (?:te|vous) pla[iî]t|svp|stp)\b[\s,!.:*-]*
""")
    + "*"
)
# What a writer may be asked to do, as infinitives.
_WRITING: Final = one_of(r"""
    (?:m['’]|nous |me )?(?:aider|résumer|resumer|synthétiser|écrire|rédiger|traduire|expliquer
    générer
    extraire|reformuler|corriger|condenser|raccourcir|lister|décrire|analyser|répondre|fournir
    produire)
    (?:me |nous |m['’]en )?(?:faire|donner) (?:un|une|le|la) (?:\w+ )?(?:résumé|synthèse)
""")
_ROLES: Final = one_of(r"""
    assistant\w*|experte?|journaliste|rédact\w+|éditeur|éditrice|analyste|agent|outil|modèle|ia
    robot
    spécialiste|secrétaire|professionnel\w*|système|bot|linguiste|traduct\w+|veilleur|documentaliste
    correcteur|chargée? de|spécialisée?|un résumeur|capable de
""")
# Words to a writer, in either language; nobody says them in a French article.
_SURE: Final = one_of(rf"""
    (?:can|could|would|will) you|you (?:must|should|will|have to|need to|are|act|write|receive|get)
    you['’]re|i(?: want|['’]d like| would like| need)(?: you)?
    (?:your|the) (?:task|job|goal|role) is
    act as|what (?:is|are) the
    summari[sz]e|sum up|condense|shorten|write|rewrite|rephrase|paraphrase|translate|provide
    generate
    give|create|produce|return|extract|explain|describe|answer|reply|respond|classify|categori[sz]e
    identify|tell|suggest|list the|make an?|read the|analy[sz]e the|help
    (?:peux|pourrais|veux)[- ]tu {_WRITING}|(?:pouvez|pourriez|voulez)[- ]vous {_WRITING}
    est-ce que (?:tu|vous) (?:peux|pouvez) {_WRITING}
    (?:tu|vous) (?:dois|devez|vas|allez) {_WRITING}
    merci (?:de |d['’]){_WRITING}|veuillez {_WRITING}
    (?:tu es|vous êtes)(?: un| une| mon| ma| l['’])?(?: \w+){{0,2}}? ?{_ROLES}|agis(?:sez)? comme
    (?:ta|votre) (?:tâche|mission) (?:est|consiste)|(?:ton|votre) (?:rôle|objectif|travail) est d
    résume(?:z|[- ]moi)?|resume(?:z|[- ]moi)|synthétisez?|écris|écrivez|rédigez?|traduis|traduisez
    réponds|répondez|décris|décrivez|reformulez?|corrigez?|génère|générez|extrais|extrayez
    (?:donne|explique|dis|liste|trouve|propose|raconte|aide)z?[- ]moi|fais[- ](?:moi|en|un)
    (?:faites|dites|donnez)[- ](?:moi|en) (?:un|une|le|les)
""")
# What is also a noun or an infinitive, begins a headline, or is said in quotations.
_LOOSE: Final = one_of(r"""
    resume|résumer|synthétiser|condense[rz]?|donne[rz]?|fai(?:s|tes|re)|produi(?:s|sez|re)|crée[rz]?
    explique[rz]?|analyse[rz]?|liste[rz]?|li(?:s|sez|re)|dis|dites|propose[rz]?|extraire|rédiger
    écrire
    générer|reformuler|raccourci[rs]\w*|make|read|list|analy[sz]e|find|get|take|use|show|review
    process
    je (?:veux|voudrais|souhaite\w*|te demande|vous demande)|j['’]aimerais|merci d|veuillez
    quels? sont|quelles sont|(?:tu|vous) (?:dois|devez|vas|allez|peux|pouvez)|peux[- ]tu
    pouvez[- ]vous
""")
_SURE_ORDER: Final = re.compile(rf"{_MARKS}{_POLITE}{_SURE}(?!\w)", re.IGNORECASE)
_LOOSE_ORDER: Final = re.compile(rf"{_MARKS}{_POLITE}{_LOOSE}(?!\w)(?!\s*:)", re.IGNORECASE)
_UNITS: Final = one_of(r"""
    words?|mots|sentences?|phrases?|lignes?|lines?|paragraph\w*|puces|bullet\w*|points?|caractères
    characters?|signes
""")
_NUMBER: Final = r"(?:\d{1,4}|one|two|three|four|five|six|ten|une?|deux|trois|quatre|cinq|dix)"
_ABOUT: Final = one_of(
    r"in|en|environ|about|around|maximum|max\.?|au (?:maximum|plus)|at most|up to|exactly"
)
# A number of sentences or the like with nothing more to it, unlike "Six points au lieu de quatre".
_COUNTED: Final = (
    rf"(?:{_ABOUT} )*{_NUMBER}(?:\s*(?:[-–]|à|to|ou|or)\s*{_NUMBER})?\s+{_UNITS}"
    r"(?=\W*$|[,;.(]| (?:max|au plus|en|in|or less|ou moins|claires|courtes))"
)
_HEADED: Final = (
    one_of(r"""
    language|langue|length|longueur|size|taille|format|formatting|tone|ton|style|rules?|règles?|nb
    note
    requirements?|guidelines?|constraints?|contraintes?|consignes?|exigences?|instructions?
    important
    critical|attention|public|audience|output|sortie|maximum
""")
    + r"(?: \w+){0,3}(?: \([^)\n]{0,60}\))?\s*[:：]"
)
# A line of a form that the answer is to have: `Title : [the title]`.
_FORM: Final = re.compile(r"\W*+[\w'’ ]{1,30}[:：]\s*[\[{<(][^\n]*[\]})>]\W*$")
_ENGLISH_RULE: Final = re.compile(
    rf"{_MARKS}{_POLITE}"
    + one_of(rf"""
        {_HEADED}
        (?:must|should|do not|don['’]t|never|always|keep|use|focus|include|exclude|avoid|limit
        output
        be|ensure|only|no|not|preserve|stay|start|begin|end with|first line|highlight|capture
        mention
        maintain|omit|skip|remove|max\w*|at most|up to|no more than|exactly|remember|make sure
        make it
        for readability|if|when|these|it (?:must|should)
        here (?:is|are) (?:the|some) (?:rule|guideline)s?
        (?:the|your|this|each|every|a good) (?:summary|output|response|answer|result|language)
        (?:the|your|this) (?:tone|text)
        (?:the|your|each|every) (?:length|bullet\w*|reader|audience|paragraph)s?|summar(?:y|ies)
        responses?|answers?|paragraphs?|sentences?|bullets?|in (?:french|english)|{_COUNTED})(?!\w)
    """),
    re.IGNORECASE,
)
_FRENCH_RULE: Final = re.compile(
    rf"{_MARKS}{_POLITE}"
    + one_of(rf"""
        {_HEADED}
        (?:utilisez?|gardez?|conservez?|évitez?|sois
        soyez (?:bref|brève|concis|factuel|précis|neutre)\w*
        limitez?[- ](?:toi|vous)|inclu(?:s|ez)|respectez?|commencez? (?:par|directement)
        concentrez?[- ](?:toi|vous)|adoptez?|privilégiez?|mets|mettez|va à l|allez à l
        ne (?:pas|jamais|commence|dépasse|mets|fais|donne|réponds|répète|mentionne|cite|change)z?
        n['’](?:ajoute|invente|utilise|écris|inclus|interprète|emploie|oublie|omets)z?
        (?:pas de|sans|aucune?) (?:titre|introduction|intro|commentaire|liste|puce|préambule)s?
        (?:pas de|sans|aucun) (?:markdown|mise en forme|jargon|opinion|avis|emoji|guillemet|html)s?
        sans (?:ajouter|inventer|commenter|répéter)|(?:uniquement|seulement) (?:le résumé|en)
        (?:le|ton|votre|ce) (?:résumé|synthèse|réponse|style|ton|titre) (?:doit|ne doit|sera|devra)
        (?:la|ta|votre) (?:réponse|synthèse) (?:doit|ne doit|sera|devra)
        en (?:français|anglais)(?=\W*$|,| et )|{_COUNTED})(?!\w)
    """),
    re.IGNORECASE,
)
_FRENCH_WORDS: Final = re.compile(
    one_of(r"""
        \b(?:le|la|les|des|du|de|une?|et|est|dans|pour|que|qui|sur|aux?|en|ils?|elles?|ont|sont)\b
        \b(?:pas|ce|cette|son|ses)\b|\b[ldnsjcmq][’']
    """),
    re.IGNORECASE,
)
_ENGLISH_WORDS: Final = re.compile(
    r"\b"
    + one_of(r"""
        the|of|and|to|is|be|must|should|with|not|in|from|your|than|any|for|it|are|that|this|only|use
        or|as
    """)
    + r"\b",
    re.IGNORECASE,
)
# What may begin a message that has no verb: a heading, or a short name of what is wanted.
_HEADING: Final = re.compile(
    one_of(rf"""
        {_MARKS}(?:your task|task|tâche|instructions?|consignes?|prompt|system)\s*[*_]*\s*[:：]\W*$
        #+\s*(?:task|tâche|instructions?|consignes?|prompt|question|mission)\W*$
        \W*tl\s?;?\s?dr(?:,? please|,? svp)?\W*$
    """),
    re.IGNORECASE,
)
_NOUN_PHRASE: Final = re.compile(
    rf"{_MARKS}{_POLITE}(?:\w+\s+){{0,2}}(?:summary|résumé|synthèse|tl;?dr)\b"
    rf".*(?:\b{_COUNTED}|\b(?:in|en) (?:french|english|français|anglais)\b|\b{_UNITS} max)",
    re.IGNORECASE,
)
# The last word of many prompts, after which the answer is expected.
CUE: Final = re.compile(
    r"(?im)^[ \t*_#>]*+(?:[\w'’-]+[ \t]+){0,3}(?:summary|résumé|synthèse|answer|réponse|output"
    r"|sortie|tl;?dr)(?:[ \t]+\([^)\n]{0,60}\))?[ \t]*[:：][ \t*_]*$"
)


def kind_of(sentence: str, first: bool = False) -> Kind:
    """What a sentence or a line is for.

    `first`: it begins or ends a message, where a request may also do without an imperative ("Short
    summary of the article below:").
    """
    if _SURE_ORDER.match(sentence):
        return Kind.ORDER
    if _LOOSE_ORDER.match(sentence) and SUMMARY.search(sentence):
        return Kind.ORDER
    if first and len(sentence) <= MAX_POINTING and _asks(sentence):
        return Kind.ORDER
    if _FRENCH_RULE.match(sentence) or _FORM.match(sentence):
        return Kind.RULE
    if _ENGLISH_RULE.match(sentence) and not is_french(sentence):
        return Kind.RULE
    return Kind.OTHER


def is_french(sentence: str) -> bool:
    """True for a sentence with more small words of French than of English."""
    return len(_FRENCH_WORDS.findall(sentence)) > len(_ENGLISH_WORDS.findall(sentence))


def _asks(sentence: str) -> bool:
    """True for a request without an imperative: it names a summary, or points at the text."""
    if _HEADING.match(sentence) or _NOUN_PHRASE.match(sentence):
        return True
    points = _POINTING.search(sentence) is not None
    names = _NOUN.search(sentence) is not None
    short = len(sentence) <= MAX_ANNOUNCING
    announces = short and sentence.rstrip(" *_").endswith((":", "："))
    return (names and (points or announces)) or (points and announces)
