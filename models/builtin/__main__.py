"""Builds the built-in models if they are missing and prints their folders: `python -m models.builtin`."""

import sys

from models.catalog import BUILTIN, BUILTIN_TRANSLATOR
from models.checkpoints import locate
from models.conversion import converted
from models.engine import ModelError

try:
    print(locate(BUILTIN).folder)
    print(converted(locate(BUILTIN_TRANSLATOR)))
except ModelError as error:
    sys.exit(str(error))
