"""Builds the built-in models if they are missing and prints their folders: `python -m models.builtin`."""

import sys

from models.catalog import BUILTIN, BUILTIN_TRANSLATOR
from models.checkpoints import locate
from models.conversion import NotConvertible, converted
from models.engine import ModelError

try:
    print(locate(BUILTIN).folder)
    print(converted(locate(BUILTIN_TRANSLATOR)))
except NotConvertible as error:  # the service takes torch then
    print(f"The translator runs on torch, which is slower: {error}", file=sys.stderr)
except ModelError as error:
    sys.exit(str(error))
