"""What somebody is, before his name: "l'opérateur Orange". Translators turn the two round, as in
"the Orange group"; where the noun tells what a company does, that reads as if the operator belonged
to Orange.
"""

import re
from typing import Final

# Nouns whose name stands behind them in English too. Not those that follow a name well: "the Orange
# group".
_NOUNS: Final = {
    "opérateur": "operator",
    "éditeur": "publisher|editor",
    "éditrice": "publisher",
    "constructeur": "manufacturer|maker|builder",
    "fabricant": "manufacturer|maker",
    "équipementier": "supplier|manufacturer",
    "géant": "giant",
    "hébergeur": "host|hosting provider",
    "fournisseur": "provider|supplier",
    "sous-traitant": "subcontractor",
    "distributeur": "distributor|retailer",
    "concurrent": "competitor|rival",
    "avionneur": "aircraft manufacturer|aircraft maker",
    "chercheur": "researcher",
    "chercheuse": "researcher",
    "spécialiste": "specialist",
    "quotidien": "daily",
    "hebdomadaire": "weekly",
    "mensuel": "monthly",
    "pirate": "hacker",
    "milliardaire": "billionaire",
}
_NAME: Final = r"[A-ZÀ-Ý][\w&.-]*\w(?: [A-ZÀ-Ý][\w&.-]*\w)*"
_NAMED: Final = re.compile(rf"(?<![\w-])({'|'.join(_NOUNS)}) ({_NAME})")


def with_name_behind(english: str, french: str) -> str:
    """`english` with "the operator Orange" in place of "the Orange operator", where the French
    sentence has them so."""
    for noun, name in _NAMED.findall(french):
        turned = rf"\b([Tt]he )({re.escape(name)}) ({_NOUNS[noun]})\b(?!['’])"
        english = re.sub(turned, r"\1\3 \2", english)
    return english
