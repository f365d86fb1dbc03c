"""Writes the lock files: `make lock`.

It needs a package registry. uv resolves the releases, and is installed for this run only. uv does
not read pip's configuration: UV_DEFAULT_INDEX names a package mirror.

`requirements/base.txt` names what the program needs, `requirements/EXTRA.txt` what an extra adds to
it: exact releases, with the SHA-256 of their files for every system and every Python from 3.11 on.
`requirements/torch.txt` is kept by hand.
"""

import os
import subprocess
import sys
import tempfile
import tomllib
import venv
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
LOCKS: Final = ROOT / "requirements"
UV: Final = "uv>=0.9,<1"
TORCH: Final = LOCKS / "torch.txt"
OLDEST: Final = "3.11"
HEADER: Final = "# Written by `make lock`: do not edit. {purpose}"
# torch is installed by itself, with what its CUDA build brings along.
LEFT_OUT: Final = ("torch", "triton")
LEFT_OUT_PREFIXES: Final = ("nvidia-", "cuda-")


def split_entries(text: str) -> list[str]:
    """The entries of a lock file: the line of a release, and the lines of its hashes."""
    entries: list[str] = []
    for line in text.splitlines():
        if line.startswith(" "):
            entries[-1] += f"\n{line}"
        elif line and not line.startswith("#"):
            entries.append(line)
    return entries


def name_of(entry: str) -> str:
    """The name of the package that an entry locks."""
    return entry.split("==", 1)[0]


def is_locked(entry: str) -> bool:
    """False for torch and what comes with it."""
    name = name_of(entry)
    return name not in LEFT_OUT and not name.startswith(LEFT_OUT_PREFIXES)


def resolve(uv: Path, constraints: Path, extras: list[str]) -> list[str]:
    """The entries for the project with these extras, held to `constraints`."""
    command = [
        *(str(uv), "pip", "compile", "--quiet", "--universal", "--python-version", OLDEST),
        *("--generate-hashes", "--no-annotate", "--no-header", "--constraint", str(constraints)),
        *(word for extra in extras for word in ("--extra", extra)),
        str(ROOT / "pyproject.toml"),
    ]
    # The system's certificates, because a company's own are among them.
    environment = {"UV_NATIVE_TLS": "true", "UV_SYSTEM_CERTS": "true", **os.environ}
    process = subprocess.run(
        command, env=environment, stdout=subprocess.PIPE, text=True, check=True
    )
    return split_entries(process.stdout)


def write_lock(name: str, purpose: str, entries: list[str]) -> None:
    """Writes a lock file."""
    path = LOCKS / f"{name}.txt"
    lines = [HEADER.format(purpose=purpose), *entries, ""]
    path.write_text("\n".join(lines), encoding="utf-8")
    print(f"{path.relative_to(ROOT)}: {len(entries)} releases", file=sys.stderr)


def main() -> None:
    """Resolves everything at once, so that all extras agree, then divides it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = list(project["optional-dependencies"])
    with tempfile.TemporaryDirectory() as scratch:
        venv.EnvBuilder(with_pip=True).create(scratch)
        python = Path(scratch) / "bin" / "python"
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", UV], check=True)
        uv = python.with_name("uv")
        everything = Path(scratch) / "everything.txt"
        releases = [entry.split(" \\\n", 1)[0] for entry in resolve(uv, TORCH, extras)]
        everything.write_text("\n".join(releases), encoding="utf-8")
        base = [entry for entry in resolve(uv, everything, []) if is_locked(entry)]
        write_lock("base", "What the program needs.", base)
        for extra in extras:
            more = [
                entry
                for entry in resolve(uv, everything, [extra])
                if is_locked(entry) and entry not in base
            ]
            write_lock(extra, f"What the extra `{extra}` adds to base.txt.", more)


if __name__ == "__main__":
    main()
