"""Sends what is in the outbox: one thread of a worker, with an event loop of its own."""

import asyncio
import contextlib
import threading
import time
from datetime import UTC, datetime
from typing import Any

import structlog

from khabar import __version__
from khabar.errors import CallbackRefused, StoreUnavailable
from khabar.settings import Settings
from khabar.store.connection import sender_connection
from khabar.store.outbox import Outbox, Taken
from khabar.webhooks.callback import Callback
from khabar.webhooks.chosen import read_schedule
from khabar.webhooks.message import Attempt, MessageState, Outcome
from khabar.webhooks.policy import Policy
from khabar.webhooks.signature import signatures
from workers.webhooks.guarded import GuardedBackend, SystemResolver
from workers.webhooks.post import Answer, Poster
from workers.webhooks.schedule import Schedule

_log = structlog.get_logger(__name__)
_LONGEST_WAIT_SECONDS = 2.0
"""The store gives up a connection that blocks for longer than its time-out of 5 s."""
_AFTER_FAILURE_SECONDS = 1.0
_PATIENCE_SECONDS = 15.0
"""A store that is being restarted may be away for so long before a message is sent again."""


class Delivery:
    """Makes one attempt at a message and records it."""

    def __init__(self, outbox: Outbox, poster: Poster, settings: Settings) -> None:
        self._outbox = outbox
        self._poster = poster
        self._policy = Policy.of(settings)
        self._schedule = Schedule(read_schedule(settings.webhook_retry_seconds))

    async def make(self, taken: Taken) -> None:
        """Send a message that was taken. What cannot be recorded is sent again by somebody."""
        message, began = taken.message, time.monotonic()
        answer = await self._send(taken)
        attempt = Attempt(
            at=datetime.fromtimestamp(taken.now, UTC),
            milliseconds=round((time.monotonic() - began) * 1000),
            outcome=answer.outcome,
            status=answer.status,
        )
        state, pause = self._schedule.after(message.attempts, answer)
        kept = await self._outbox.record(taken, attempt, state, pause)
        tell = _log.debug if state is MessageState.DELIVERED else _log.warning
        tell("webhook sent", message=message.id, outcome=answer.outcome, state=state, counted=kept)

    async def _send(self, taken: Taken) -> Answer:
        if taken.revoked:
            return Answer(Outcome.KEY_REVOKED)
        if not taken.secrets:
            return Answer(Outcome.SECRET_MISSING)
        try:
            callback = Callback.parse(taken.message.callback_url, self._policy)
        except CallbackRefused:
            return Answer(Outcome.CALLBACK_REFUSED)
        body, timestamp = taken.message.body(), int(taken.now)
        headers = {
            "Content-Type": "application/json",
            "User-Agent": f"Khabar/{__version__}",
            "webhook-id": taken.message.id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signatures(taken.secrets, taken.message.id, timestamp, body),
        }
        try:
            return await self._poster.post(callback, headers, body)
        except Exception:  # noqa: BLE001 -- it must end in a recorded attempt.
            _log.exception("unexpected failure", message=taken.message.id)
            return Answer(Outcome.UNEXPECTED)


class Sender:
    """Owns the thread, the loop and the connections.

    Sending is a matter of waiting, so one loop does for many messages. Nothing is lost with the
    thread: a message stays in the outbox until its end is recorded.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._wait_seconds = min(settings.sweep_seconds, _LONGEST_WAIT_SECONDS)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping = asyncio.Event()
        self._under_way: set[asyncio.Task[None]] = set()
        self._look_out: asyncio.Task[None] | None = None
        self._thread = threading.Thread(target=self._run, name="webhook-sender", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._loop = asyncio.new_event_loop()
        self._thread.start()

    def stop(self) -> None:
        """Take no more messages, give those under way a moment to end, and stop the thread."""
        if self._loop is None or not self._thread.is_alive():
            return
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join(self._settings.soft_shutdown_seconds + 1)

    def _run(self) -> None:
        assert self._loop is not None  # noqa: S101 -- start() has set it.
        try:
            self._loop.run_until_complete(self._work())
        finally:
            self._loop.close()

    async def _work(self) -> None:
        settings = self._settings
        connection = sender_connection(settings.store_url)
        resolver = SystemResolver(settings.webhook_connections)
        backend = GuardedBackend(resolver, Policy.of(settings).networks)
        poster = Poster(backend, settings.webhook_timeout_seconds, settings.webhook_connections)
        outbox = Outbox(connection, settings, patience_seconds=_PATIENCE_SECONDS)
        delivery = Delivery(outbox, poster, settings)
        try:
            await self._send_until_stopped(outbox, delivery)
            await self._end_what_is_under_way()
        finally:
            resolver.close()
            await poster.close()
            await connection.aclose()

    async def _send_until_stopped(self, outbox: Outbox, delivery: Delivery) -> None:
        while not self._stopping.is_set():
            try:
                await self._turn(outbox, delivery)
            except StoreUnavailable as error:
                _log.warning("no webhooks are sent", reason=error.message)
                await self._pause(_AFTER_FAILURE_SECONDS)
            except Exception:  # noqa: BLE001 -- the thread has to go on.
                _log.exception("sending webhooks failed")
                await self._pause(_AFTER_FAILURE_SECONDS)

    async def _turn(self, outbox: Outbox, delivery: Delivery) -> None:
        room = self._settings.webhook_connections - len(self._under_way)
        taken = await outbox.take(room) if room else []
        for message in taken:
            task = asyncio.create_task(_guarded(delivery, message))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
        if not taken:
            await self._wait_for_news(outbox, listen=room > 0)

    async def _wait_for_news(self, outbox: Outbox, *, listen: bool) -> None:
        """Return when a message was written, one was sent, it is time to look, or to stop."""
        # A look-out that is not over stays for the next turn: to cancel it costs a connection.
        if listen and self._look_out is None:
            self._look_out = asyncio.create_task(outbox.wait(self._wait_seconds))
        stopping = asyncio.create_task(self._stopping.wait())
        news: set[asyncio.Task[Any]] = {stopping, *self._under_way}
        if self._look_out:
            news.add(self._look_out)
        await asyncio.wait(news, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if self._look_out and self._look_out.done():
            ended, self._look_out = self._look_out, None
            ended.result()

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)

    async def _end_what_is_under_way(self) -> None:
        """Let messages arrive that are being sent; those that do not are sent again later."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=self._settings.soft_shutdown_seconds)
        left = [*self._under_way, *([self._look_out] if self._look_out else [])]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)


async def _guarded(delivery: Delivery, taken: Taken) -> None:
    try:
        await delivery.make(taken)
    except StoreUnavailable as error:
        _log.warning("webhook sent, not recorded", message=taken.message.id, reason=error.message)
    except Exception:  # noqa: BLE001 -- the thread has to go on.
        _log.exception("sending a webhook failed", message=taken.message.id)
