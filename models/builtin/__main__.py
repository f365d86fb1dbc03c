"""Builds the built-in model if it is missing and prints its folder: `python -m models.builtin`."""

import sys

from models.builtin.store import built_model
from models.engine import ModelError

try:
    print(built_model())
except ModelError as error:
    sys.exit(str(error))
