"""The secrets that messages are signed with: one for each API key, two while it is changed."""

import json
from dataclasses import asdict, dataclass, replace

from redis.asyncio import Redis

from khabar.errors import RotationRefused
from khabar.store import outbox_schema
from khabar.store.absence import told
from khabar.store.entries import Entries
from khabar.webhooks.signature import new_secret

OVERLAP_SECONDS = 86_400
"""For so long after a change every message carries a signature by the old secret too."""


@dataclass(frozen=True, slots=True)
class Secrets:
    """``previous`` signs beside ``current`` until ``previous_until``, in seconds since 1970.

    ``revoked`` ones sign nothing: their API key has been revoked.
    """

    current: str
    previous: str | None = None
    previous_until: float = 0
    revoked: bool = False

    @classmethod
    def decode(cls, text: str) -> "Secrets":
        """Build the secrets from what the store keeps."""
        return cls(**json.loads(text))

    def encode(self) -> str:
        """Return what the store keeps."""
        return json.dumps(asdict(self))

    def live(self, now: float) -> tuple[str, ...]:
        """Return what signs a message now, the newest first."""
        if self.revoked:
            return ()
        if self.previous and now < self.previous_until:
            return (self.current, self.previous)
        return (self.current,)


class SecretBook:
    """The secrets in the store, by the id of their API key. Methods raise StoreUnavailable."""

    def __init__(self, connection: Redis) -> None:
        self._redis = connection
        self._entries = Entries(connection, outbox_schema.SECRETS)

    async def find_or_make(self, owner: str) -> Secrets:
        """Return the secrets of a key; a first one is made if there is none."""
        return Secrets.decode(await self._entries.make(owner, Secrets(new_secret()).encode()))

    async def rotate(self, owner: str) -> Secrets:
        """Make a new secret; the one before it signs beside it for OVERLAP_SECONDS.

        Raises RotationRefused for a key that was revoked.
        """
        first = await self.find_or_make(owner)
        async with told():
            seconds, _ = await self._redis.time()
        current, until = new_secret(), seconds + OVERLAP_SECONDS

        def rotated(text: str) -> str:
            before = Secrets.decode(text)
            if before.revoked:
                raise RotationRefused(
                    "This key was revoked.", field="ID", given=owner, hint="Make a new key."
                )
            return Secrets(current, before.current, until).encode()

        written = await self._entries.change(owner, rotated)
        return Secrets.decode(written) if written else first

    async def revoke(self, owner: str) -> None:
        """Let a key's messages be signed, and so sent, no more. One without a secret has none."""
        await self._entries.change(
            owner, lambda text: replace(Secrets.decode(text), revoked=True).encode()
        )

    async def owners(self) -> list[str]:
        """Return the ids of the keys that have a secret: those that can have messages."""
        async with told():
            return sorted(map(str, await self._redis.hkeys(outbox_schema.SECRETS)))
