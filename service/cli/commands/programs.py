"""``khabar api`` and ``khabar worker``: one part of the service, with the store elsewhere."""

import os
from typing import Annotated

import typer

from khabar.queues import Stage
from service.cli.chosen_settings import read_settings
from service.cli.output import reporting
from service.embedded.environment import child_environment
from service.embedded.guard import check_start
from service.embedded.programs import (
    API_ENVIRONMENT,
    WORKER_ENVIRONMENT,
    api_command,
    worker_command,
)


def api(
    host: Annotated[str | None, typer.Option(help="Address to listen on. [127.0.0.1]")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on. [8000]")] = None,
) -> None:
    """Serve the API alone, on the store and broker that the settings name.

    Exit codes: 2 there is no API key and other machines could reach it; 3 the store does not
    answer; else that of the server.
    """
    with reporting(as_json=False):
        settings = read_settings(host=host, port=port)
        check_start(settings)
        command = api_command(settings)
        environment = child_environment(settings) | API_ENVIRONMENT
    os.execve(command[0], command, environment)  # noqa: S606 -- a list of our own, and no shell.


def worker(
    stage: Annotated[
        list[Stage] | None,
        typer.Option(help="A stage to serve; may be given twice. Both if absent."),
    ] = None,
    worker_threads: Annotated[
        int | None, typer.Option(help="How many computations to run at once. [16]")
    ] = None,
) -> None:
    """Run a worker alone, on the store and broker that the settings name.

    Ends on SIGTERM after KHABAR_SOFT_SHUTDOWN_SECONDS at most; what it has not done then is done by
    another worker.
    """
    with reporting(as_json=False):
        settings = read_settings(worker_threads=worker_threads)
        command = worker_command(settings, stage or tuple(Stage))
        environment = child_environment(settings) | WORKER_ENVIRONMENT
    os.execve(command[0], command, environment)  # noqa: S606 -- a list of our own, and no shell.
