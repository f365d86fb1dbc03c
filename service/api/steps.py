"""Who is told the steps of a summary as they begin: a client's stream, or a span."""

from collections.abc import Callable
from typing import Final

Listener = Callable[[str], None]
DONE: Final = ""  # what a listener is told when there is nothing more to come
