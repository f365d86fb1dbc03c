"""Listeners are called as each step of a summary begins, for a client's stream or for a span."""

from collections.abc import Callable
from typing import Final

Listener = Callable[[str], None]
DONE: Final = ""  # The step that a listener hears when nothing more will come.
