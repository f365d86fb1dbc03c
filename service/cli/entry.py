"""Starts `breve`. Ctrl-C ends it quietly from its first moment on."""

import os
import signal
import sys
from contextlib import suppress

from service.cli.interrupts import INTERRUPTED, end_at_once


def main() -> None:
    """Runs the `breve` command."""
    # Where Ctrl-C is ignored, as in the background of a script, it stays ignored.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, end_at_once)
    from service.cli.main import (
        main as breve,
    )  # This import takes a moment, in which Ctrl-C must already work.

    try:
        breve(prog_name="breve")
    except SystemExit as end:
        if end.code != INTERRUPTED:
            raise
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError):
                stream.flush()
        os._exit(INTERRUPTED)  # Python would wait for threads that compute, or abort in them.
