"""`python -m models.builtin` builds the built-in models if they are missing, and prints their
folders."""

import logging
import sys

from models.checkpoint_finder import locate
from models.checkpoints.catalog import BUILTIN, BUILTIN_TRANSLATOR
from models.engine import ModelError
from models.runtimes.conversion import NotConvertible, converted

logging.basicConfig(format="breve: %(message)s")
logging.getLogger("breve.build").setLevel(logging.INFO)
try:
    print(locate(BUILTIN).folder)
    print(converted(locate(BUILTIN_TRANSLATOR)))
except NotConvertible as error:
    print(f"The translator runs on torch, which is slower: {error}", file=sys.stderr)
except ModelError as error:
    sys.exit(str(error))
