"""What is under way, in a terminal and elsewhere."""

import io
import sys
import time

import pytest

from service.cli.output.progress import Progress, shown_count


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


def test_a_count_is_a_bar_in_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with shown_count(iter("abc"), 3, "Summarising") as counted:
        assert list(counted) == ["a", "b", "c"]
    assert "3/3" in terminal.getvalue()
    assert "breve:" not in terminal.getvalue()


@pytest.mark.parametrize(("seconds", "numbers"), [(10.0, ["3"]), (0.0, ["1", "2", "3"])])
def test_a_count_is_told_in_lines_elsewhere(
    monkeypatch: pytest.MonkeyPatch, seconds: float, numbers: list[str]
) -> None:
    errors = io.StringIO()
    monkeypatch.setattr(sys, "stderr", errors)
    monkeypatch.setattr("service.cli.output.progress._LINE_SECONDS", seconds)
    with shown_count(iter("abc"), 3, "Summarising") as counted:
        assert list(counted) == ["a", "b", "c"]
    lines = [f"breve: Summarising – {number}/3" for number in numbers]
    assert errors.getvalue().splitlines() == ["breve: Summarising", *lines]
