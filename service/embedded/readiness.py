"""Waiting until a service that was just started can take work."""

import asyncio
import threading
import time
from collections.abc import Sequence

import httpx

from khabar.errors import KhabarError, StoreUnavailable
from khabar.settings import Settings
from khabar.store.intake import Intake
from service.embedded.child import Child
from service.embedded.opened_store import opened_store
from service.schemas import Readiness

_STEP_SECONDS = 0.05


class NotReady(KhabarError):
    """A part ended while it started, or took too long."""

    code = "not_ready"


class StoppedEarly(KhabarError):
    """The service was told to stop while it started."""

    code = "stopped_early"


def wait_until_ready(
    url: str,
    settings: Settings,
    api: Child,
    workers: Sequence[Child],
    stopping: threading.Event,
    *,
    within_seconds: float = 120,
) -> None:
    """Return once the API at ``url`` takes jobs and each of ``workers`` has reported to the store.

    Raises NotReady with the last lines of the log, or StoppedEarly.
    """
    until = time.monotonic() + within_seconds
    with httpx.Client(base_url=url, timeout=5, trust_env=False) as client:
        while not _is_ready(client, settings, workers):
            _check_alive([api, *workers])
            if time.monotonic() > until:
                raise NotReady(
                    "The service did not become ready in time.",
                    limit=within_seconds,
                    hint=f"The logs in {api.log.parent} tell why.",
                )
            if stopping.wait(_STEP_SECONDS):
                raise StoppedEarly("The service was stopped before it was ready.")


def _is_ready(client: httpx.Client, settings: Settings, workers: Sequence[Child]) -> bool:
    try:
        answer = client.get("/readyz")
    except httpx.TransportError:
        return False
    if not answer.is_success or not Readiness.model_validate_json(answer.content).ready:
        return False
    reported = asyncio.run(_reported(settings))
    return all(str(worker.pid) in reported for worker in workers)


async def _reported(settings: Settings) -> set[str]:
    """Return the process ids of the workers. The API names them only to those with a key."""
    try:
        async with opened_store(settings.store_url) as connection:
            workers = await Intake(connection, settings).workers()
    except StoreUnavailable:
        return set()
    # A worker that was killed a moment ago still counts as there: ours are known by their pids.
    return {worker["name"].rpartition("/")[2] for worker in workers}


def _check_alive(children: Sequence[Child]) -> None:
    for child in children:
        if not child.running:
            raise NotReady(
                f"The {child.name} ended with code {child.exit_code} while it started:\n"
                f"{child.last_words()}",
                hint=f"The whole log is {child.log}.",
            )
