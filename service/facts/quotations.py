"""The quotations of a French text."""

import re
from typing import Final

QUOTATION: Final = re.compile(r"«\s*([^«»]+?)\s*»|“([^“”]+)”|\"([^\"]+)\"")
MIN_QUOTATION_WORDS: Final = 3  # shorter ones are titles and single words


def find_quotations(text: str) -> list[str]:
    """Returns the quotations of at least MIN_QUOTATION_WORDS words."""
    quotations = ["".join(groups) for groups in QUOTATION.findall(text)]
    return [quotation for quotation in quotations if len(quotation.split()) >= MIN_QUOTATION_WORDS]
