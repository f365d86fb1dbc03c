"""Limits on how many numbers and names of one sentence are compared with others.

The time of a comparison grows with the square of their number: a sentence of 5,000 numbers takes a
minute. No sentence of an article reaches these limits. Beyond them only the first numbers and names
count.
"""

from typing import Final

MAX_NUMBERS: Final = 100
MAX_NAMES: Final = 100
# How many characters before a number, or the like, are searched for words that belong to it.
MAX_LOOK_BACK: Final = 60
