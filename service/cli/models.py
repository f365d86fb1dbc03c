"""The commands on checkpoints: `breve models list`, `pull` and `check`."""

import sys

import click

from service.cli.output.errors import explain_error
from service.cli.output.logs import shown_logs
from service.cli.output.messages import message, translated
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
        fail(explain_error(error))
    for entry, is_present in entries:
        mark = "*" if is_present else " "
        size = message("models.size", megabytes=entry.size_mb) if entry.size_mb else "?"
        tasks = ",".join(map(translated, entry.tasks))
        licence, about = translated(entry.licence), translated(entry.about)
        click.echo(f"{entry.name:<13} {mark} {size:>8}  {tasks:<29} {licence:<18}  {about}")


@models.command("pull")
@click.argument("name")
@click.option("--allow-pickle", is_flag=True)
def pull_model(name: str, allow_pickle: bool) -> None:
    """Downloads or builds a checkpoint."""
    from models.engine import ModelError
    from models.loading import pull

    is_allowed = allow_pickle or read_settings().allow_pickle
    try:
        with shown_logs():
            pulled = pull(name, is_allowed)
    except ModelError as error:
        fail(explain_error(error))
    click.echo(pulled.folder)
    words = message("models.pulled", id=pulled.entry.id, revision=pulled.revision)
    click.echo(f"breve: {words}", err=True)


@models.command("check")
@click.argument("name")
@click.option("--task", type=click.Choice(["summary", "translation"]))
def check_model(name: str, task: str | None) -> None:
    """Tries a checkpoint out."""
    from models.engine import ModelError, Task
    from models.loading import load_checkpoint, try_out
    from service.text.language import detect_language

    settings = read_settings()
    options = (Task(task) if task else None, settings.allow_pickle, settings.runtime)
    try:
        with shown_logs():
            engine = load_checkpoint(name, settings.threads, *options)
    except ModelError as error:
        fail(explain_error(error))
    click.echo(message("models.checked", **vars(engine.describe())))
    failed = False
    for trial in try_out(engine):
        task_name = translated(trial.task)
        problem = explain_error(trial.problem) if trial.problem else ""
        language = detect_language(trial.text)
        if not problem and not language.may_be(trial.language):
            languages = {"language": repr(language.code), "expected": repr(trial.language)}
            problem = message("models.other_language", **languages)
        failed = failed or bool(problem)
        click.echo(f"{task_name} ({trial.seconds:.1f} s): {trial.text}")
        if problem:
            click.echo(f"breve: {task_name}: {problem}", err=True)
    sys.exit(FAILED if failed else 0)
