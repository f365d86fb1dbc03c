"""What the translator still gets wrong in sentences that `service.english.pre_editing.rewording`
put in plainer words, put right in the English."""

import re
from typing import Final

# French, its wrong English, and the right one; in this order.
_MENDED: Final = tuple(
    (re.compile(french), re.compile(wrong), right)
    for french, wrong, right in (
        (
            r"\b[Mm]oitié moins\b",
            r"\b(?:(?:twice|two times) as|twice less|half less)\b(?! cheap)",
            "half as",
        ),
        (r"\b[Mm]oitié moins\b", r"\bhalf as small\b", "half as large"),
        (r"\b[Mm]oitié moins\b", r"\bhalf as little\b", "half as much"),
        (r"\b[Mm]oitié moins\b", r"\bhalf as few\b", "half as many"),
        (r"\b[Ll]a faille\b(?! CVE)", r"\AVulnerability\b(?! CVE)", "The vulnerability"),
        (
            r"\b[Ll]a faille\b(?! CVE)",
            r"\b(of|to|by|from|that|with|before|exploits?|exploiting|exploited) vulnerability\b(?! "
            r"CVE)",
            r"\1 the vulnerability",
        ),
        (r"\bcours de son action", r"\bthe price of its action\b", "its share price"),
        (r"\bcours de (?:l'|son )action", r"\b[Cc]ourse of (?:the |its )?action\b", "share price"),
        (
            r"\A(?!.*\b(?:bâtiment|immeuble|tour|siège|mairie)\b)(?=.*\bétage)(?=.*(?:fusée|lanceur"
            r"|Falcon|Starship|Ariane|SpaceX|orbite|rallum))",
            r"(?<=first |econd |upper )floor\b",
            "stage",
        ),
        (r"\A(?=.*\bcœurs\b)(?=.*(?:GHz|processeur|puce|CPU|GPU|calcul))", r"\bhearts\b", "cores"),
        (
            r"\A(?=.*\bcasque\b)(?=.*\b(?:autonomie|lecture|écoute|musique|audio|Bluetooth"
            r"|virtuelle)\b)",
            r"\bhelmet(?=s?\b)",
            "headset",
        ),
        (
            r"\A(?=.*\bautonomie\b)(?=.*\b(?:heures|km|kilomètres|batterie|mAh)\b)",
            r"\bautonomy\b",
            "battery life",
        ),
        (r"\A(?=.*\bpaquets?\b)(?=.*\b(?:npm|PyPI|Linux|NuGet)\b)", r"\bpacket(?=s?\b)", "package"),
        (r"\bflèche de (?:la cathédrale|Notre-Dame|l'église|la basilique)", r"\barrow\b", "spire"),
        (r"\bvoies? publiques?\b", r"\b(?:open|public) (?:road|way)(?=s?\b)", "public highway"),
        (
            r"\A(?=.*\bgains?\b)(?=.*(?:EuroMillions|[Ll]oto\b|loterie|jackpot|tirage))",
            r"\bgain(?=s?\b)",
            "win",
        ),
        (r"\bvols? habités?\b", r"\bdomestic\b(?=(?: \w+)? flights?\b)", "crewed"),
        (
            r"\b(?:vol|navette|capsule|mission|vaisseau|lancement|lanceur)[^.,]{0,25} habitée?s?\b",
            r"\binhabited\b",
            "crewed",
        ),
        (
            r"\bsérie [A-E]\b",
            r"\b[Ss]eries ([A-E])\b|\b([A-E])[ -][Ss]eries\b(?! [A-E]\b)",
            r"Series \1\2",
        ),
        (r"\bsérie [A-E]\b", r"\b([Aa])n Series\b", r"\1 Series"),
        (r"\bplus ou moins \d", r"\bmore or less (?=\d)", "plus or minus "),
        (
            r"\b[Ll]e cours (?:a|avait|est|était|s'est|atteint|touche|remonte"
            r"|progresse)\b(?!.*(?:élève|étudiant|form))",
            r"\bcourse\b",
            "price",
        ),
        (
            r"\A(?!.*(?:post|publi|diffus))(?=.*\b(?:message|tweet|contenu|vidéo"
            r"|compte)s?\b[^.]{0,30} signalé)",
            r"\bposted\b",
            "reported",
        ),
        (
            r"\b[Ss]ites? (?:de |d'|du )[A-ZÀ-Ý](?=.*(?:salarié|usine|emplois|ferme|production"
            r"|industriel))",
            r"\bwebsite",
            "site",
        ),
        (r"\bprime\b[^.]*\bcours\b", r"\bbonus\b", "premium"),
        (r"\bépingl", r"\bpinned down\b", "pinned"),
        (r"\bcode à distance\b", r"\b(execut\w+) remote code\b", r"\1 code remotely"),
        (r"\b[Ss]uccessivement\b", r"\bsuccessfully\b", "successively"),
        (r"\b[Ll]e dernier (?:fabricant|producteur|survivant)\b", r"\blatest\b", "last"),
        (r"\bfuite de (?:l'ex|l'ancien|M\. |Carlos )", r"\bleak\b", "escape"),
        (
            r"\A(?=.*\bconstructeur\b)(?!.*(?:auto(?!rit)|voiture|véhicule|moteur|Renault|Peugeot"
            r"|Stellantis|Tesla|BMW|Toyota|Dacia))",
            r"\bcarmaker\b",
            "manufacturer",
        ),
        (r"\bet demie?\b", r"\b(\d+?) ?1⁄2(?= )", r"\1 and a half"),
        (r"", r"\b(\w+it)ys\b", r"\1ies"),  # "Mobilitys"
        (r"[Bb]ritannique", r"\bBritish(?:wo)?man\b", "Briton"),
        (
            r"",
            r"\b(?!English|Irish|Cornish|German)([A-Z][a-z]+(?:an|ese|ish|i))(?:wo)?man\b",
            r"\1",
        ),  # "Talibanman"
        (r"\bn'importe quel prix", r"(?<=not )(.*)\bat any price\b", r"\1at just any price"),
    )
)
_EUROPEAN: Final = re.compile(r"euro(?:p|déput)|strasbourg|bruxelles", re.IGNORECASE)


def put_right(english: str, french: str, article: str) -> str:
    """`english`, the translation of the reworded `french`, with what still came out wrong put
    right. Members of the European Parliament are those of an `article` that tells of Europe."""
    for said, wrong, right in _MENDED:
        if said.search(french):
            english = wrong.sub(right, english)
    if "MEP" in english and not (_EUROPEAN.search(french) or _EUROPEAN.search(article)):
        english = re.sub(r"\bMEP(?=s?\b)", "MP", english)
    return english
