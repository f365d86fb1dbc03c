"""Writes docs/settings.md anew: the settings, and the variables of the command line and of set-up.

    .venv/bin/python scripts/write_settings.py

Run it after a setting has changed; tests/project/test_docs.py fails until then.
"""

import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "settings.md"
INTRODUCTION = """# Settings

Every setting is an environment variable. `breve info --settings` prints all with their values.

- White space around a value does not count.
- An empty value means the default. Only an empty `BREVE_TRANSLATOR` means none.
- An option of the command line wins over the variable of the same name.
- `breve serve` refuses a wrong value with a message and exit status 2.

`scripts/write_settings.py` writes this page from the texts in `service/settings.py`.

## The service

`breve summarize`, `batch` and `eval` read the settings of the model too.
"""
# Read before the program is there, by scripts/setup.py.
SET_UP_VARIABLES = {
    "BREVE_TORCH": "`cuda` takes the registry's torch, a build of 3 GB on Linux. `cpu`, or "
    "nothing, takes the CPU build, where PyTorch's index can be reached.",
}
OTHERS = """
## The command line

These belong to a command or to the machine, not to the service.
"""
SET_UP = """
## Set-up

`make setup`, `make run` and `make test` read this.
"""


def settings_page() -> str:
    """The text of docs/settings.md."""
    sys.path.insert(0, str(ROOT))
    from service.cli.terminal import OTHER_VARIABLES
    from service.settings import Settings

    settings = [
        (f"BREVE_{name.upper()}", format_default(field.default), field.description or "")
        for name, field in Settings.model_fields.items()
    ]
    others = [(name, "empty", meaning) for name, meaning in OTHER_VARIABLES.items()]
    set_up = [(name, "empty", meaning) for name, meaning in SET_UP_VARIABLES.items()]
    parts = [INTRODUCTION, write_table(settings), OTHERS, write_table(others)]
    parts += [SET_UP, write_table(set_up)]
    return "".join(parts)


def format_default(default: Any) -> str:
    """A default as it would stand in the environment."""
    if isinstance(default, bool):
        return "`true`" if default else "`false`"
    text = "" if type(default).__name__ == "SecretStr" else str(default)
    return f"`{text}`" if text else "empty"


def write_table(rows: list[tuple[str, str, str]]) -> str:
    """A Markdown table of variables."""
    lines = ["", "| variable | default | meaning |", "|---|---|---|"]
    lines += [
        f"| `{name}` | {default} | {escape_cell(meaning)} |" for name, default, meaning in rows
    ]
    return "\n".join(lines) + "\n"


def escape_cell(text: str) -> str:
    """Text that may stand in a cell of a table."""
    return text.replace("|", r"\|")


if __name__ == "__main__":
    PAGE.write_text(settings_page(), encoding="utf-8")
    print(f"{PAGE} is written.")
