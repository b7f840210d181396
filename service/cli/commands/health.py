"""``khabar health``: whether the part on this machine does its work, for a container to ask."""

import asyncio
import socket
from typing import Annotated, Any

import httpx
import typer

from khabar.errors import Busy
from khabar.settings import Settings
from khabar.store.intake import Intake
from service.cli.chosen_settings import read_settings
from service.cli.output import reporting
from service.embedded.address import url_of
from service.embedded.opened_store import opened_store


class Unhealthy(Busy):
    """The part does not do its work."""

    code = "unhealthy"


def health(
    worker: Annotated[
        bool, typer.Option("--worker", help="Ask about a worker on this machine, not the API.")
    ] = False,
) -> None:
    """Say whether the API, or with --worker a worker, on this machine does its work.

    Exit codes: 0 it does; 3 it does not.
    """
    with reporting(as_json=False) as output:
        settings = read_settings()
        if worker:
            asyncio.run(_check_worker(settings))
        else:
            _check_api(url_of(settings.host, settings.port))
        output.result(None, ["healthy"])


def _check_api(url: str) -> None:
    try:
        answer = httpx.get(f"{url}/readyz", timeout=5, trust_env=False)
    except httpx.TransportError as error:
        raise Unhealthy(f"The API at {url} does not answer: {error}") from error
    if not answer.is_success:
        raise Unhealthy(f"The API at {url} cannot take jobs.", given=answer.status_code)


async def _check_worker(settings: Settings) -> None:
    async with opened_store(settings.store_url) as connection:
        workers = await Intake(connection, settings).workers()
    if not any(_is_here(report) for report in workers):
        raise Unhealthy("No worker on this machine has reported to the store of late.")


def _is_here(report: dict[str, Any]) -> bool:
    return str(report["name"]).rpartition("/")[0] == socket.gethostname()
