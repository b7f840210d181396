"""The application as a server runs it: ``uvicorn service.server:application --factory``."""

from fastapi import FastAPI

from khabar.logs import configure_logs
from khabar.settings import Settings
from service.app import create_app


def application() -> FastAPI:
    """Return the application of the settings, with its log and the server's in one form."""
    settings = Settings()
    # Its log of requests stays as the command line has it, off: it costs as much as a cached read.
    configure_logs(settings.log_format, taken_over=("uvicorn",))
    return create_app(settings)
