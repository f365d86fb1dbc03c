"""The commands on checkpoints: `breve models list`, `pull` and `check`."""

import sys

import click

from service.cli.terminal import FAILED, fail, read_settings


@click.group()
def models() -> None:
    """Commands on checkpoints."""


@models.command("list")
def list_models() -> None:
    """Lists the catalogue."""
    from models.checkpoints.catalog import catalog
    from models.engine import ModelError
    from models.loading import is_here

    try:
        entries = [(entry, is_here(entry.name)) for entry in catalog().values()]
    except ModelError as error:
        fail(str(error))
    for entry, is_present in entries:
        mark = "*" if is_present else " "
        size = f"{entry.size_mb} MB" if entry.size_mb else "?"
        tasks = ",".join(entry.tasks)
        click.echo(
            f"{entry.name:<13} {mark} {size:>8}  {tasks:<29} {entry.licence:<18}  {entry.about}"
        )


@models.command("pull")
@click.argument("name")
@click.option("--allow-pickle", is_flag=True)
def pull_model(name: str, allow_pickle: bool) -> None:
    """Downloads or builds a checkpoint."""
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
@click.option("--task", type=click.Choice(["summary", "translation"]))
def check_model(name: str, task: str | None) -> None:
    """Tries a checkpoint out."""
    from models.engine import ModelError, Task
    from models.loading import load_checkpoint, try_out
    from service.text.language import detect_language

    settings = read_settings()
    try:
        engine = load_checkpoint(
            name,
            settings.threads,
            Task(task) if task else None,
            settings.allow_pickle,
            settings.runtime,
        )
    except ModelError as error:
        fail(str(error))
    model = engine.describe()
    click.echo(
        f"{model.id} revision {model.revision}: {model.family}, {model.runtime}, "
        f"window {model.window}"
    )
    failed = False
    for trial in try_out(engine):
        problem = trial.problem
        language = detect_language(trial.text)
        if not problem and not language.may_be(trial.language):
            problem = f"the answer looks like {language.code!r}, not {trial.language!r}"
        failed = failed or bool(problem)
        click.echo(f"{trial.task} ({trial.seconds:.1f} s): {trial.text}")
        if problem:
            click.echo(f"breve: {trial.task}: {problem}", err=True)
    sys.exit(FAILED if failed else 0)
