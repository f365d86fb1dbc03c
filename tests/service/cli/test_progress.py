"""What is under way, in a terminal and elsewhere."""

import io
import sys
import time

import pytest

from service.cli.output.progress import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def shown(written: str) -> str:
    """What stands on the last line of a terminal in the end."""
    return written.rsplit("\r\x1b[2K", maxsplit=1)[-1]


def test_a_terminal_shows_one_line_that_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.cli.output.progress._TICK_SECONDS", 0.01)
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    progress = Progress()
    progress.say("Loading…")
    assert shown(terminal.getvalue()) == "Loading…"
    progress._start -= 61
    time.sleep(0.2)
    assert shown(terminal.getvalue()) == "Loading… 61 s"
    progress.say("Writing…")
    assert shown(terminal.getvalue()) == "Writing…"
    progress.close()
    assert shown(terminal.getvalue()) == ""
    assert "\n" not in terminal.getvalue()


def test_plain_lines_are_said_once(monkeypatch: pytest.MonkeyPatch) -> None:
    errors = io.StringIO()
    monkeypatch.setattr(sys, "stderr", errors)
    progress = Progress()
    for step in ("Loading…", "Writing…", "Writing…"):
        progress.say(step)
    progress.note("Something that stays.")
    progress.close()
    assert errors.getvalue() == "breve: Loading…\nbreve: Writing…\nbreve: Something that stays.\n"


def test_what_stays_does_not_share_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    progress = Progress()
    progress.say("Loading…")
    progress.note("Something that stays.")
    progress.close()
    assert shown(terminal.getvalue()) == "breve: Something that stays.\n"
