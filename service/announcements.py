"""Listens to the store on one connection, and wakes those who wait in this process."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator

import structlog
from redis import exceptions
from redis.asyncio import Redis

from khabar.store import schema
from khabar.store.intake import Intake, JobEvent

_log = structlog.get_logger(__name__)
_POLL_SECONDS = 5.0
"""Announcements may be missed while the connection is down; nobody waits longer for news."""


class Announcements:
    """Tells of jobs that have a new event, and of articles that were withdrawn."""

    def __init__(self, connection: Redis, on_withdrawn: Callable[[str | None], None]) -> None:
        self._redis = connection
        self._bells: dict[str, set[asyncio.Event]] = {}
        self._on_withdrawn = on_withdrawn

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
            await channel.subscribe(schema.ANNOUNCED, schema.WITHDRAWN)
            # Withdrawals may have been missed before this moment.
            self._on_withdrawn(None)
            while True:
                message = await channel.get_message(timeout=None)
                if message is not None:
                    self._hear(message["channel"], message["data"])

    def _hear(self, channel: str, data: str) -> None:
        if channel == schema.WITHDRAWN:
            self._on_withdrawn(data)
            return
        for bell in self._bells.get(data, ()):
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
        """Yield the events of a job that come after the id ``after``, until it has ended."""
        with self._watching(job_id) as bell:
            while True:
                bell.clear()
                for event in await intake.events(job_id, after):
                    after = event.id
                    yield event
                    if event.type == "end":
                        return
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(bell.wait(), _POLL_SECONDS)

    async def wait_for_end(self, intake: Intake, job_id: str, seconds: float) -> None:
        """Return when the job has ended, or after some seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                async for _ in self.follow(intake, job_id, "-"):
                    pass
