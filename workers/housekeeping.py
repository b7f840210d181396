"""What every worker does beside its work: sweeping what is overdue, and saying it is alive."""

import threading
import time
from collections.abc import Callable
from typing import Any

import structlog
from redis import exceptions

from khabar.backlog import Backlog
from khabar.publisher import HintPublisher
from khabar.store.ledger import Ledger

_log = structlog.get_logger(__name__)
_ANNOUNCE_SECONDS = 5.0


class Housekeeper:
    """One thread. Several workers may sweep at once: each finds what the others left."""

    def __init__(
        self,
        ledger: Ledger,
        publisher: HintPublisher,
        backlog: Backlog,
        name: str,
        facts: Callable[[], dict[str, Any]],
        sweep_seconds: float,
    ) -> None:
        self._ledger = ledger
        self._publisher = publisher
        self._backlog = backlog
        self._name = name
        self._facts = facts
        self._pause = sweep_seconds
        self._announced_at = -_ANNOUNCE_SECONDS
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="housekeeper", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Stop the thread and say goodbye."""
        self._stopping.set()
        self._thread.join(self._pause + 1)
        self._backlog.close()
        try:
            self._ledger.dismiss_worker(self._name)
        except exceptions.RedisError as error:
            _log.warning("left without a goodbye", reason=type(error).__name__)

    def _run(self) -> None:
        while True:
            try:
                self._turn()
            except exceptions.RedisError as error:
                _log.warning("housekeeping missed a turn", reason=type(error).__name__)
            except Exception:  # noqa: BLE001 -- the thread has to go on.
                # A mistake of ours must not end the sweeping of a worker that goes on working.
                _log.exception("housekeeping failed")
            if self._stopping.wait(self._pause):
                return

    def _turn(self) -> None:
        hints = self._ledger.sweep(self._backlog.empty_queues())
        if hints:
            _log.info("overdue work put on its queue again", computations=len(hints))
            self._publisher.publish(hints)
        if time.monotonic() - self._announced_at >= _ANNOUNCE_SECONDS:
            self._ledger.announce_worker(self._name, self._facts())
            self._announced_at = time.monotonic()
