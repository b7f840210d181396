"""The two programs Khabar consists of, as command lines: the API and a worker."""

import sys
from collections.abc import Sequence

from khabar.queues import Stage, queue_names
from khabar.settings import Settings

# Celery's soft shutdown is bound to SIGQUIT; the variable gives it to SIGTERM.
WORKER_ENVIRONMENT = {"REMAP_SIGTERM": "SIGQUIT"}
# glibc gives each thread a heap of its own, and keeps what large bodies left behind in every one.
API_ENVIRONMENT = {"MALLOC_ARENA_MAX": "2", "MALLOC_MMAP_THRESHOLD_": "1048576"}
_LAST_REQUESTS_SECONDS = 3
"""Clients that follow a job's events would otherwise hold the shutdown up."""


def api_command(settings: Settings) -> list[str]:
    """Return the command that serves the API on the host and port of the settings."""
    options = {
        "--host": settings.host,
        "--port": str(settings.port),
        "--http": "service.wire:WatchedProtocol",
        "--ws": "none",
        "--loop": "uvloop",
        "--timeout-graceful-shutdown": str(_LAST_REQUESTS_SECONDS),
    }
    return [*_python("uvicorn"), "service.server:application", "--factory", "--no-access-log"] + [
        part for option in options.items() for part in option
    ]


def worker_command(settings: Settings, stages: Sequence[Stage] = tuple(Stage)) -> list[str]:
    """Return the command that works on the queues of these stages. Needs WORKER_ENVIRONMENT."""
    options = {
        "--pool": "threads",
        "--concurrency": str(settings.worker_threads),
        "--queues": ",".join(queue_names(tuple(stages))),
        "--loglevel": "INFO",
    }
    # Workers do not talk to each other: remote control is off, and nobody listens to heartbeats.
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    # Celery's banner is no line of a log.
    celery = [*_python("celery"), "--quiet", "-A", "workers.app"]
    return [*celery, "worker", *quiet] + [part for option in options.items() for part in option]


def _python(module: str) -> list[str]:
    # With -P a file named redis.py in the folder of the user is not taken for the library.
    return [sys.executable, "-P", "-m", module]
