"""Finding the service a command is to use, or starting one for its time."""

from collections.abc import Iterator
from contextlib import contextmanager

from khabar.settings import Settings
from service.cli.chosen_settings import read_settings
from service.cli.client import Client
from service.cli.output import Output
from service.embedded.running_service import find_running
from service.embedded.stack import Stack


@contextmanager
def reached(
    service: str | None, key: str | None, output: Output, *, workers: bool = True
) -> Iterator[Client]:
    """Lend a client of the named service, else of the running one, else of one just for this.

    ``workers=False`` starts no worker, if a service has to be started at all.
    """
    if service is not None:
        with Client(service, key) as client:
            yield client
        return
    settings = read_settings()
    running = find_running(settings.var_folder)
    if running is not None:
        with Client(running.url, key) as client:
            yield client
        return
    stack = Stack(_own(settings), workers=workers, announced=False, tell=output.note)
    with stack, Client(stack.url) as client:
        yield client


def _own(settings: Settings) -> Settings:
    """Return settings for a service that only this machine reaches, at any free port."""
    own = {"host": "127.0.0.1", "port": 0, "require_keys": False}
    return settings.model_copy(update=own)
