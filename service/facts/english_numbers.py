"""How English writes the value of a number: "3.5" and "billion"."""

import re
from decimal import Decimal
from typing import Final

from service.facts.numbers import multiply

SCALES: Final = {6: "million", 9: "billion", 12: "trillion"}
POWERS_OF_SCALES: Final = {name: power for power, name in SCALES.items()}
_LAST_DIGITS: Final = re.compile(r"[.,](\d{1,2})$")


def write_number(number: str, power: int, digits: str) -> tuple[str, str]:
    """Returns how English writes a plain decimal times ten to the `power`, and with which scale.

    `digits` is the number as the text writes it. "5,0 %" and "1.50 €" keep their last zero, which
    the value does not have.
    """
    scale = SCALES.get(power, "")
    if power == 18:
        number, digits, scale = multiply(number, 6), "", "trillion"
    elif not scale:
        number = multiply(number, power)
    whole, point, fraction = number.partition(".")
    written = _LAST_DIGITS.search(digits)
    if written and power != 3 and (not point or len(written.group(1)) > len(fraction)):
        fraction = written.group(1)
    is_grouped = len(whole) > 4 or (len(whole) == 4 and (power == 3 or not digits.isdigit()))
    whole = f"{int(whole):,}" if is_grouped else whole
    return f"{whole}.{fraction}" if fraction else whole, scale


def write_value(value: Decimal) -> tuple[str, str]:
    """Returns how English writes a value in words, and with which scale."""
    power = next((power for power in (12, 9, 6) if value >= Decimal(10) ** power), 0)
    number = Decimal(multiply(format(value.normalize(), "f"), -power))
    return f"{number:,}", SCALES.get(power, "")
