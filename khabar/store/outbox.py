"""The outbox: webhook messages as their sender and their owner use it."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

from redis.asyncio import Redis

from khabar.errors import DeliveryUnknown
from khabar.settings import Settings
from khabar.store import outbox_schema
from khabar.store.absence import told
from khabar.store.webhook_secrets import Secrets
from khabar.webhooks.message import Attempt, Message, MessageState, read_history

PERSONS_PATIENCE_SECONDS = 1.5
_LEASE_FACTOR = 2
"""A lease lasts this many times as long as an attempt may: an attempt never outlives it."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A message that one sender holds until its lease runs out.

    ``secrets`` are those that sign it now, and none once its API key is ``revoked``; ``now`` is the
    store's time, in seconds.
    """

    message: Message
    sender: str
    secrets: tuple[str, ...]
    revoked: bool
    now: float


@dataclass(frozen=True, slots=True)
class Page:
    """Some messages, the latest first. ``next`` leads to those after them."""

    messages: tuple[Message, ...]
    next: str | None


class Outbox:
    """Moves messages through their states. Methods raise StoreUnavailable.

    ``patience_seconds`` is how long a store that does not answer is waited for.
    """

    def __init__(
        self,
        connection: Redis,
        settings: Settings,
        *,
        patience_seconds: float = PERSONS_PATIENCE_SECONDS,
    ) -> None:
        self._redis = connection
        self._patience = patience_seconds
        self._take = connection.register_script(outbox_schema.TAKE)
        self._record = connection.register_script(outbox_schema.RECORD)
        self._redeliver = connection.register_script(outbox_schema.REDELIVER)
        self._lease_seconds = _LEASE_FACTOR * settings.webhook_timeout_seconds
        self._most_under_way = (
            settings.webhook_key_connections,
            settings.webhook_endpoint_connections,
        )

    async def wait(self, seconds: float) -> None:
        """Return when a message was written, or after some seconds."""
        async with told(seconds + self._patience):
            await self._redis.blpop([outbox_schema.BELL], timeout=seconds)

    async def take(self, most: int) -> list[Taken]:
        """Take a lease on messages that are due, as many as owners and endpoints have room for."""
        sender = uuid.uuid4().hex
        async with told(self._patience):
            answers = await self._take(
                args=[sender, self._lease_seconds, most, *self._most_under_way]
            )
        return [_taken(sender, *answer) for answer in answers]

    async def record(
        self, taken: Taken, attempt: Attempt, state: MessageState, pause_seconds: float = 0
    ) -> bool:
        """Note how an attempt ended, and what comes of it. False if the lease was lost.

        ``pause_seconds`` is the time until the next attempt of a message that stays pending.
        """
        noted = attempt.model_dump_json(exclude_none=True)
        async with told(self._patience):
            answer = await self._record(
                args=[
                    taken.message.id,
                    taken.sender,
                    noted,
                    state,
                    pause_seconds,
                    *self._most_under_way,
                ]
            )
        return str(answer) != "lost"

    async def find(self, message_id: str) -> Message:
        """Return a message. Raises DeliveryUnknown."""
        async with told(self._patience):
            fields = await self._redis.hgetall(outbox_schema.MESSAGE + message_id)
        if not fields:
            raise delivery_unknown()
        return Message.decode(cast("dict[str, str]", fields))

    async def history(self, message_id: str) -> list[Attempt]:
        """Return the attempts at a message that are kept, oldest first."""
        async with told(self._patience):
            entries = await self._redis.lrange(outbox_schema.ATTEMPTS + message_id, 0, -1)
        return read_history(cast("list[str]", entries))

    async def page(
        self, owner: str, state: MessageState, most: int, after: tuple[float, str] | None = None
    ) -> Page:
        """Return an owner's messages in one state, those that came last into it first.

        ``after`` is where the page before ended: when its last message came into the state, in
        seconds, and its id.
        """
        key = f"{outbox_schema.MESSAGES}{state}:{owner}"
        async with told(self._patience):
            entries = await self._entries(key, most + 1, after)
            found = await self._read(message_id for message_id, _ in entries[:most])
        more = entries[most - 1] if len(entries) > most else None
        return Page(found, f"{more[1]!r}_{more[0]}" if more else None)

    async def redeliver(self, message_id: str) -> Message:
        """Make a message due now, with all attempts before it again. Raises DeliveryUnknown."""
        async with told(self._patience):
            answer = await self._redeliver(args=[message_id])
        if answer == "unknown":
            raise delivery_unknown()
        return await self.find(message_id)

    async def _entries(
        self, key: str, most: int, after: tuple[float, str] | None
    ) -> list[tuple[str, float]]:
        # Jobs that waited for one computation end at the same moment, so many messages may share
        # a time; among those, ids decide.
        highest, skipped = "+inf", 0
        if after is not None:
            highest = repr(after[0])
            skipped = int(await self._redis.zcount(key, highest, highest))
        answer = cast(
            "list[tuple[str, float]]",
            await self._redis.zrevrangebyscore(
                key, highest, "-inf", start=0, num=most + skipped, withscores=True
            ),
        )
        entries = [(message_id, float(at)) for message_id, at in answer]
        if after is not None:
            entries = [entry for entry in entries if (entry[1], entry[0]) < after]
        return entries[:most]

    async def _read(self, ids: Iterable[str]) -> tuple[Message, ...]:
        pipeline = self._redis.pipeline(transaction=False)
        for message_id in ids:
            pipeline.hgetall(outbox_schema.MESSAGE + message_id)
        # One whose record has expired a moment ago is left out.
        return tuple(Message.decode(fields) for fields in await pipeline.execute() if fields)


def read_cursor(text: str) -> tuple[float, str]:
    """Return where a page ended, from its ``next``. Raises ValueError."""
    at, _, message_id = text.partition("_")
    return float(at), message_id


def delivery_unknown() -> DeliveryUnknown:
    """Return the error for a message that is not there, or is another's."""
    return DeliveryUnknown(
        "There is no such webhook message, or it is no longer kept.", field="delivery_id"
    )


def _taken(sender: str, pairs: list[Any], secrets: str, now: str) -> Taken:
    fields = dict(zip(pairs[::2], pairs[1::2], strict=True))
    seconds = float(now)
    message = Message.decode(fields)
    if not secrets:
        return Taken(message, sender, (), revoked=False, now=seconds)
    found = Secrets.decode(secrets)
    return Taken(message, sender, found.live(seconds), found.revoked, seconds)
