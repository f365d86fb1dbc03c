"""The commands on checkpoints: `breve models list`, `pull` and `check`."""

import sys

import click

from service.terminal import FAILED, fail, read_settings


@click.group()
def models() -> None:
    """The checkpoints that can be used."""


@models.command("list")
def list_models() -> None:
    """List the catalogue; * marks what is on this machine."""
    from models.catalog import catalog
    from models.engine import ModelError
    from models.loading import is_here

    try:
        entries = [(entry, is_here(entry.name)) for entry in catalog().values()]
    except ModelError as error:
        fail(str(error))
    for entry, found in entries:
        here = "*" if found else " "
        size = f"{entry.size_mb} MB" if entry.size_mb else "?"
        click.echo(f"{entry.name:<13} {here} {size:>8}  {','.join(entry.tasks):<29} {entry.licence:<18}  {entry.about}")


@models.command("pull")
@click.argument("name")
@click.option("--allow-pickle", is_flag=True, help="Take weights in PyTorch's pickle format too, which can hold code.")
def pull_model(name: str, allow_pickle: bool) -> None:
    """Download a checkpoint once (catalogue name, owner/name or owner/name@revision), or build the built-in one."""
    from models.engine import ModelError
    from models.loading import pull

    try:
        pulled = pull(name, allow_pickle or read_settings().allow_pickle)
    except ModelError as error:
        fail(str(error))
    click.echo(pulled.folder)
    click.echo(f"breve: {pulled.entry.id}, revision {pulled.revision}", err=True)


@models.command("check")
@click.argument("name")
@click.option("--task", type=click.Choice(["summary", "translation"]), help="What it is for, where nobody has said so.")
def check_model(name: str, task: str | None) -> None:
    """Load a checkpoint, let it write a line for each of its tasks, and say what is wrong."""
    from models.engine import ModelError, Task
    from models.loading import load_checkpoint, try_out
    from service.language import detect_language

    settings = read_settings()
    try:
        engine = load_checkpoint(name, settings.threads, Task(task) if task else None, settings.allow_pickle, settings.runtime)
    except ModelError as error:
        fail(str(error))
    described = engine.describe()
    click.echo(
        f"{described.id} revision {described.revision}: {described.family}, {described.runtime}, window {described.window}"
    )
    failed = False
    for trial in try_out(engine):
        found = detect_language(trial.text)
        strange = None if found.may_be(trial.language) else f"the answer looks like {found.code!r}, not {trial.language!r}"
        problem = trial.problem or strange
        failed = failed or problem is not None
        click.echo(f"{trial.task} ({trial.seconds:.1f} s): {trial.text}")
        if problem:
            click.echo(f"breve: {trial.task}: {problem}", err=True)
    sys.exit(FAILED if failed else 0)
