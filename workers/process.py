"""One worker process: what it holds, and when it is opened and closed."""

import os
import socket
from typing import Any

from celery import Celery, signals

from khabar import __version__
from khabar.backlog import Backlog
from khabar.logs import configure_logs
from khabar.publisher import HintPublisher
from khabar.queues import TASKS
from khabar.recipe import RecipeBook
from khabar.settings import Settings
from khabar.store.connection import worker_connection
from khabar.store.glossaries import GlossaryReader
from khabar.store.ledger import Ledger
from workers.housekeeping import Housekeeper
from workers.leases import LeaseKeeper
from workers.loader import ModelLoader
from workers.pipeline import Pipeline
from workers.registry import Registry
from workers.webhooks.sender import Sender
from workers.work import Workbench


class WorkerProcess:
    """Ties the worker's threads and connections to the life of the Celery worker around it."""

    def __init__(self, app: Celery, settings: Settings) -> None:
        self._app = app
        self._settings = settings
        self.name = f"{socket.gethostname()}/{os.getpid()}"
        recipes = RecipeBook.load(
            settings.recipes_folder,
            settings.default_recipe,
            allow_noncommercial=settings.allow_noncommercial,
        )
        self._loader = ModelLoader(settings)
        store = worker_connection(settings.store_url)
        registry = Registry(recipes, self._loader, GlossaryReader(store).read)
        ledger = Ledger(store, settings)
        self._publisher = HintPublisher(app)
        self._leases = LeaseKeeper(ledger, settings.lease_seconds)
        self._housekeeper = Housekeeper(
            ledger,
            self._publisher,
            Backlog(app),
            self.name,
            self._facts,
            settings.sweep_seconds,
        )
        self._sender = Sender(settings) if settings.webhook_sending else None
        self._workbench = Workbench(
            ledger, self._leases, Pipeline(registry), self._publisher, self.name
        )

    def attach(self) -> None:
        """Register the tasks, and open and close with the worker."""
        for name in TASKS.values():
            self._app.task(self._workbench.run, name=name, ignore_result=True)
        # A receiver for this signal keeps Celery from setting up logging of its own.
        signals.setup_logging.connect(self._set_up_logging, weak=False)
        signals.worker_ready.connect(self._open, weak=False)
        signals.worker_shutdown.connect(self._close, weak=False)

    def _set_up_logging(self, **_: object) -> None:
        configure_logs(self._settings.log_format)

    def _open(self, **_: object) -> None:
        self._publisher.start()
        self._leases.start()
        self._housekeeper.start()
        if self._sender:
            self._sender.start()

    def _close(self, **_: object) -> None:
        self._housekeeper.stop()
        self._leases.stop()
        self._loader.close()
        self._publisher.stop()
        # Last, since it may take as long as an endpoint does, and loses nothing if it is cut short.
        if self._sender:
            self._sender.stop()

    def _facts(self) -> dict[str, Any]:
        return {
            "version": __version__,
            "queues": sorted(self._app.amqp.queues.consume_from),
            "threads": self._settings.worker_threads,
            "models": self._loader.installed(),
            "sends_webhooks": self._sender is not None,
        }
