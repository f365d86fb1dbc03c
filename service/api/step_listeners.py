"""Listeners, which hear of the steps of a summary as they begin: a client's stream, or a span."""

from collections.abc import Callable
from typing import Final

Listener = Callable[[str], None]
DONE: Final = ""  # The step that a listener hears when nothing more will come.
