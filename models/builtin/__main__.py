"""Builds the built-in models if they are missing and prints their folders: `python -m
models.builtin`."""

import sys

from models.checkpoints.catalog import BUILTIN, BUILTIN_TRANSLATOR
from models.engine import ModelError
from models.finding import locate
from models.runtimes.conversion import NotConvertible, converted

try:
    print(locate(BUILTIN).folder)
    print(converted(locate(BUILTIN_TRANSLATOR)))
except NotConvertible as error:  # the service takes torch then
    print(f"The translator runs on torch, which is slower: {error}", file=sys.stderr)
except ModelError as error:
    sys.exit(str(error))
