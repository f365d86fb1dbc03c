"""`python -m models.builtin` builds the built-in models if they are missing, and prints their
folders."""

import logging
import sys

from models.builtin.fetching import logger
from models.checkpoint_finder import is_here, locate
from models.checkpoints.catalog import BUILTIN, BUILTIN_TRANSLATOR
from models.engine import ModelError
from models.runtimes.conversion import NotConvertible, converted

logging.basicConfig(format="breve: %(message)s")
logger.setLevel(logging.INFO)
was_built = is_here(BUILTIN) and is_here(BUILTIN_TRANSLATOR)
try:
    print(locate(BUILTIN).folder)
    print(converted(locate(BUILTIN_TRANSLATOR)))
except NotConvertible as error:
    print(f"The translator runs on torch, which is slower: {error}", file=sys.stderr)
except ModelError as error:
    sys.exit(str(error))
if not was_built:
    logger.info("Set-up is done. `make run` serves the page, `make demo` summarises an article.")
