"""``khabar run``: the whole service, until it is stopped."""

from typing import Annotated

import typer

from service.cli.chosen_settings import read_settings
from service.cli.output import reporting
from service.embedded.stack import Stack


def run(
    host: Annotated[
        str | None,
        typer.Option(help="Address to listen on; any but loopback needs an API key. [127.0.0.1]"),
    ] = None,
    port: Annotated[
        int | None, typer.Option(help="Port to listen on; 0 takes any free one. [8000]")
    ] = None,
    worker_threads: Annotated[
        int | None, typer.Option(help="How many computations the worker runs at once. [16]")
    ] = None,
) -> None:
    """Start Redis, a worker and the API, and stop them on Ctrl-C.

    Data, models and logs are in KHABAR_VAR_FOLDER (./var) and survive a restart. Where
    KHABAR_STORE_URL and KHABAR_BROKER_URL are both set, no Redis is started.

    Exit codes: 0 stopped by Ctrl-C or SIGTERM; 1 a part did not start; 2 it may not listen there:
    the port is taken, another service runs on the folder, or there is no API key; 3 the store that
    was set does not answer.
    """
    with reporting(as_json=False) as output:
        settings = read_settings(host=host, port=port, worker_threads=worker_threads)
        with Stack(settings, tell=output.note) as stack:
            try:
                output.result(None, [f"Khabar serves at {stack.url} (docs at {stack.url}/docs)."])
                output.note(f"Logs are in {settings.var_folder / 'log'}. Ctrl-C stops all of it.")
                stack.wait()
            except KeyboardInterrupt:
                output.note("Stopping.")
