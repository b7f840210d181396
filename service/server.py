"""The application as a server runs it: ``uvicorn service.server:application --factory``."""

import resource

from fastapi import FastAPI

from khabar.logs import configure_logs
from khabar.settings import Settings
from service.app import create_app

_FILES_BESIDES = 200
"""Open files of the process that are no connection of a client: the store's, logs, the desk's."""


def application() -> FastAPI:
    """Return the application of the settings, with its log and the server's in one form."""
    settings = Settings()
    # Its log of requests stays as the command line has it, off: it costs as much as a cached read.
    configure_logs(settings.log_format, taken_over=("uvicorn",))
    allow_open_files(settings.max_connections + _FILES_BESIDES)
    return create_app(settings)


def allow_open_files(wanted: int) -> None:
    """Raise this process's own limit of open files to ``wanted``, as far as the system allows.

    Many systems begin with 1,024, which as many event streams would use up.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted:
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
