"""How much of one sentence is compared with others, at most.

A comparison takes time with the square of what is compared: a sentence of 5,000 numbers takes a
minute. No sentence of an article has as many as these; of one that has, the first ones count.
"""

from typing import Final

MAX_NUMBERS: Final = 100
MAX_NAMES: Final = 100
# Characters before a number, or the like, in which the words are looked for that belong to it.
MAX_LOOK_BACK: Final = 60
