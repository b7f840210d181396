"""Logging: one line an event, for people or as JSON. Never the text of an article."""

import logging
import sys
from collections.abc import Iterable

import structlog
from structlog.typing import Processor

_TALKATIVE = ("celery.worker.strategy", "celery.app.trace", "httpx")
"""They tell of every message and call; what matters of it is told by our own events."""


def configure_logs(log_format: str, *, taken_over: Iterable[str] = ()) -> None:
    """Send our own events and those of the libraries to standard error, in one form.

    ``log_format`` is ``json`` or ``console``. Loggers ``taken_over`` lose their own handlers.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in taken_over:
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
