"""Following a job to its end."""

import time
from collections.abc import Callable

from service.cli.client import Client, RefusedByService, ServiceUnreachable
from service.schemas import JobOut

_POLL_SECONDS = 0.5
_PATIENCE_SECONDS = 30.0
"""A service that is restarted may be away for this long."""


def follow(client: Client, job: JobOut, on_change: Callable[[JobOut], None]) -> JobOut:
    """Return the job once it has ended; ``on_change`` gets each state it goes through.

    An event only says that something changed; the job itself is the truth. Where there are no
    events, as behind some proxies, the job is asked for twice a second.
    """
    on_change(job)
    while not job.state.final:
        job = _by_events(client, job, on_change)
        if not job.state.final:
            time.sleep(_POLL_SECONDS)
            job = _asked(client, job)
            on_change(job)
    return job


def _by_events(client: Client, job: JobOut, on_change: Callable[[JobOut], None]) -> JobOut:
    try:
        for _ in client.events(job.id):
            job = client.job(job.id)
            on_change(job)
            if job.state.final:
                break
    except (ServiceUnreachable, RefusedByService):
        # What is wrong, if anything is, shows when the job itself is asked for.
        return job
    return job


def _asked(client: Client, job: JobOut) -> JobOut:
    until = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            return client.job(job.id)
        except ServiceUnreachable:
            if time.monotonic() > until:
                raise
            time.sleep(_POLL_SECONDS)
