"""Publishes hints in the background, so that neither a request nor a worker waits for the broker.

A hint that cannot be published is dropped: the sweeper makes a new one.
"""

import queue
import threading
from collections.abc import Iterable

import structlog
from celery import Celery

from khabar.queues import TASKS, queue_name
from khabar.store.hints import Hint

_log = structlog.get_logger(__name__)
_MOST_WAITING = 10_000
_STOP_SECONDS = 2.0


class HintPublisher:
    """Owns one thread and one connection to the broker."""

    def __init__(self, app: Celery) -> None:
        self._app = app
        self._waiting: queue.Queue[Hint | None] = queue.Queue(_MOST_WAITING)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="hint-publisher", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def publish(self, hints: Iterable[Hint]) -> None:
        """Take hints to publish; returns at once."""
        for hint in hints:
            try:
                self._waiting.put_nowait(hint)
            except queue.Full:
                _log.warning("hint dropped: the broker is too slow", computation=hint.id)

    def stop(self) -> None:
        """Publish what was taken, up to the first hint that fails, and stop the thread."""
        self._stopping.set()
        try:
            self._waiting.put(None, timeout=_STOP_SECONDS)
        except queue.Full:
            return
        self._thread.join(_STOP_SECONDS)

    def _run(self) -> None:
        while (hint := self._waiting.get()) is not None:
            try:
                self._app.send_task(
                    TASKS[hint.stage],
                    args=[hint.id],
                    queue=queue_name(hint.stage, hint.priority),
                    retry=False,
                    ignore_result=True,
                )
            except Exception as error:  # noqa: BLE001 -- see below.
                # What comes out of a broken connection depends on the broker's library and on the
                # moment. This thread must outlive all of it: nobody would start it again.
                _log.warning("hint dropped", computation=hint.id, reason=type(error).__name__)
                if self._stopping.is_set():
                    return
