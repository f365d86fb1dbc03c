"""The command `breve mcp`: the tool `summarize` over standard input and output."""

import os
import sys
from typing import TYPE_CHECKING, TextIO

import click

from service.cli.output.messages import message
from service.cli.terminal import read_own_glossary, read_settings

if TYPE_CHECKING:
    from mcp.server.lowlevel import Server

    from service.api.work.worker import Worker


@click.command()
def mcp() -> None:
    """Speaks the Model Context Protocol."""
    settings = read_settings(rate_limit="")  # The one client needs no rate limit, and so no store.
    read_own_glossary(settings)
    if sys.stdin is None or sys.stdin.isatty():
        raise click.UsageError(message("mcp.no_client"))
    import anyio

    from service.api.app import make_loader, make_parts_around
    from service.api.observing import logs
    from service.api.observing.metrics import Metrics
    from service.api.work.worker import Worker

    try:
        from service.api.mcp import SummarizeTool
    except ModuleNotFoundError as error:
        raise click.UsageError(message("mcp.missing", reason=error)) from error
    logs.configure(settings)
    metrics = Metrics()
    worker = Worker(make_loader(settings), settings, metrics)
    parts = make_parts_around(worker, settings, metrics)
    tool = SummarizeTool(parts, _Loading(worker).begin)
    try:
        with _own_output() as output:
            anyio.run(_answer_client, tool.server, output)
    except* BrokenPipeError:
        pass  # The client has left in the midst of an answer.
    finally:
        worker.stop()


def _own_output() -> TextIO:
    """Keeps standard output for the protocol alone, and returns a stream to it.

    What a library prints goes to standard error, since the client could not read it.
    """
    output = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n")
    os.dup2(2, 1)
    return output


async def _answer_client(server: "Server", output: TextIO) -> None:
    """Answers the client until it closes standard input."""
    import anyio
    from mcp.server.stdio import stdio_server

    async with stdio_server(stdout=anyio.wrap_file(output)) as (requests, answers):
        await server.run(requests, answers, server.create_initialization_options())


class _Loading:
    """Loads the model once, for the first article."""

    def __init__(self, worker: "Worker") -> None:
        self._worker, self._has_begun = worker, False

    async def begin(self) -> None:
        """Returns once the model is loaded, or could not be."""
        import anyio

        if not self._has_begun:
            self._has_begun = True
            self._worker.start()
        wait = self._worker.wait_until_loaded
        await anyio.to_thread.run_sync(wait, abandon_on_cancel=True)
