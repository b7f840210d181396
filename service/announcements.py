"""Listens to the store on one connection, and wakes those who wait in this process."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator, Mapping

import structlog
from redis import exceptions
from redis.asyncio import Redis

from khabar.store import schema
from khabar.store.intake import Intake, JobEvent

_log = structlog.get_logger(__name__)
_POLL_SECONDS = 15.0
"""A connection may be dead and not known to be; nobody waits longer for news."""


Listener = Callable[[str | None], None]
"""Called with what a message says, or with None when some may have been missed."""


class Announcements:
    """Tells of jobs that have a new event, and passes on what comes on other channels."""

    def __init__(self, connection: Redis, listeners: Mapping[str, Listener]) -> None:
        self._redis = connection
        self._bells: dict[str, set[asyncio.Event]] = {}
        self._listeners = {**listeners, schema.ANNOUNCED: self._ring}

    async def run(self) -> None:
        """Listen until cancelled. After a lost connection, whatever was cached is in doubt."""
        while True:
            try:
                await self._listen()
            except (exceptions.ConnectionError, exceptions.TimeoutError) as error:
                _log.warning("not listening to the store", reason=type(error).__name__)
                await asyncio.sleep(0.5)

    async def _listen(self) -> None:
        async with self._redis.pubsub(ignore_subscribe_messages=True) as channel:
            await channel.subscribe(*self._listeners)
            # Messages may have been missed before this moment.
            for listener in self._listeners.values():
                listener(None)
            while True:
                message = await channel.get_message(timeout=None)
                if message is not None:
                    self._listeners[message["channel"]](message["data"])

    def _ring(self, job_id: str | None) -> None:
        """Wake those who wait for a job, or all."""
        waiting = self._bells.values() if job_id is None else [self._bells.get(job_id, set())]
        for bells in waiting:
            for bell in bells:
                bell.set()

    @contextlib.contextmanager
    def _watching(self, job_id: str) -> Iterator[asyncio.Event]:
        bell = asyncio.Event()
        bells = self._bells.setdefault(job_id, set())
        bells.add(bell)
        try:
            yield bell
        finally:
            bells.discard(bell)
            if not bells:
                self._bells.pop(job_id, None)

    async def follow(self, intake: Intake, job_id: str, after: str) -> AsyncIterator[JobEvent]:
        """Yield the events of a job that come after the id ``after``, until it has ended.

        Raises JobUnknown.
        """
        with self._watching(job_id) as bell:
            while True:
                bell.clear()
                events = await intake.events(job_id, after)
                for event in events:
                    after = event.id
                    yield event
                    if event.type == "end":
                        return
                if not events and (await intake.job(job_id)).state.final:
                    # Who has seen the end already waits for nothing, unless it came just now.
                    if not await intake.events(job_id, after):
                        return
                    continue
                # Python 3.11's wait_for may lose a cancellation that comes with the bell.
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(_POLL_SECONDS):
                        await bell.wait()

    async def wait_for_end(self, intake: Intake, job_id: str, seconds: float) -> None:
        """Return when the job has ended, or after some seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                async for _ in self.follow(intake, job_id, "-"):
                    pass
