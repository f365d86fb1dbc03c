"""Limits: how much of one sentence is compared with others.

The time of a comparison grows with the square of what is compared: a sentence of 5,000 numbers
takes a minute. No sentence of an article reaches these limits. Beyond them only the first count.
"""

from typing import Final

MAX_NUMBERS: Final = 100
MAX_NAMES: Final = 100
# Characters before a number or the like in which the words that belong to it are looked for.
MAX_LOOK_BACK: Final = 60
