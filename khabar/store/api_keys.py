"""The API keys in the store. A token is shown once; only the SHA-256 of its secret is kept."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from redis.asyncio import Redis

from khabar.api_key import DEFAULT_SCOPES, ApiKey, Scope, Secret
from khabar.errors import (
    FieldInvalid,
    KeyExpired,
    KeyUnknown,
    RotationRefused,
    Unauthorized,
)
from khabar.store import schema
from khabar.store.absence import told
from khabar.store.entries import Entries
from khabar.store.webhook_secrets import SecretBook

_TOKEN = re.compile(r"^kh_([0-9a-f]{16})_([0-9a-f]{64})$")
End = datetime | timedelta | None
"""When a secret ends: then, so long after now, or never."""


@dataclass(frozen=True, slots=True)
class Verified:
    """The key a token belongs to, and for how many seconds the token is still good."""

    key: ApiKey
    seconds_left: float


class KeyRing:
    """Makes, reads and ends keys. Any method raises StoreUnavailable.

    What is good and what has ended is told by the clock of the store, as all times are.
    """

    def __init__(self, connection: Redis) -> None:
        self._redis = connection
        self._entries = Entries(connection, schema.API_KEYS)

    async def create(
        self,
        name: str,
        *,
        scopes: Sequence[Scope] = DEFAULT_SCOPES,
        ends: End = None,
        rate: int | None = None,
        daily: int | None = None,
    ) -> tuple[ApiKey, str]:
        """Make a key; return it and its token, which cannot be had again. Raises FieldInvalid."""
        now = await self.now()
        secret, text = _new_secret(now, ends)
        key = ApiKey(
            id=secrets.token_hex(8),
            name=name,
            scopes=tuple(scope for scope in Scope if scope in scopes),
            secrets=(secret,),
            rate=rate,
            daily=daily,
            created_at=now,
        )
        await self._entries.make(key.id, key.model_dump_json())
        return key, _token(key, text)

    async def list(self) -> list[ApiKey]:
        """Return all keys, the oldest first, those that have ended too."""
        async with told():
            found = await self._redis.hvals(schema.API_KEYS)
        keys = [ApiKey.model_validate_json(text) for text in found]
        return sorted(keys, key=lambda key: key.created_at)

    async def find(self, key_id: str) -> ApiKey:
        """Return a key. Raises KeyUnknown."""
        return _read(await self._entries.find(key_id), key_id)

    async def any_live(self) -> bool:
        """Whether some key opens at this moment."""
        now = await self.now()
        return any(key.live_secrets(now) for key in await self.list())

    async def now(self) -> datetime:
        """Return the time of the store."""
        async with told():
            seconds, microseconds = await self._redis.time()
        return _moment(seconds, microseconds)

    async def rotate(
        self, key_id: str, *, overlap: timedelta, ends: End | Literal["as before"] = "as before"
    ) -> tuple[ApiKey, str]:
        """Give a key a new secret; return the key and its new token.

        The secret it had is good for ``overlap`` more, or until its own end if that is sooner. The
        new one lives as long as that one was to live, unless ``ends`` says otherwise.

        Raises KeyUnknown, RotationRefused and FieldInvalid.
        """
        now = await self.now()
        text = ""

        def rotated(key: ApiKey) -> ApiKey:
            nonlocal text
            live = _check_rotation(key, now, overlap)
            end = _life(key.secrets[-1]) if ends == "as before" else ends
            secret, text = _new_secret(now, end)
            # Where none is good any more, the last is kept so that it is told what became of it.
            old = (live or key.secrets)[-1]
            until = min(now + overlap, old.expires_at or now + overlap)
            old = old.model_copy(update={"expires_at": until})
            return key.model_copy(update={"secrets": (old, secret)})

        key = await self._change(key_id, rotated)
        return key, _token(key, text)

    async def revoke(self, key_id: str) -> ApiKey:
        """Make a key useless, for good, and send no more of its webhooks. Raises KeyUnknown."""
        now = await self.now()
        key = await self._change(
            key_id, lambda key: key.model_copy(update={"revoked_at": key.revoked_at or now})
        )
        await SecretBook(self._redis).revoke(key_id)
        return key

    async def change(self, key_id: str, changes: Mapping[str, Any]) -> ApiKey:
        """Give fields of a key other values, such as its ``rate``. Raises KeyUnknown."""
        return await self._change(key_id, lambda key: key.model_copy(update=dict(changes)))

    async def verify(self, token: str) -> Verified:
        """Return the key a token belongs to. Raises Unauthorized and KeyExpired."""
        match = _TOKEN.match(token)
        if not match:
            raise _not_valid()
        async with told():
            pipeline = self._redis.pipeline(transaction=False)
            pipeline.hget(schema.API_KEYS, match[1])
            pipeline.time()
            found, time = await pipeline.execute()
        if not found:
            raise _not_valid()
        key, now = ApiKey.model_validate_json(found), _moment(*time)
        secret = _matching(key, match[2])
        if secret is None or key.revoked_at is not None:
            raise _not_valid()
        if not secret.live(now):
            raise KeyExpired(
                f"This API key ended on {secret.expires_at:%Y-%m-%d at %H:%M} UTC.",
                field="Authorization",
                hint="Ask the person who runs the service for a new one: khabar keys rotate.",
            )
        left = (secret.expires_at - now).total_seconds() if secret.expires_at else float("inf")
        return Verified(key, left)

    async def _change(self, key_id: str, change: Callable[[ApiKey], ApiKey]) -> ApiKey:
        """Write a key as ``change`` makes it, of what is there when it is written."""
        written = await self._entries.change(
            key_id, lambda text: change(ApiKey.model_validate_json(text)).model_dump_json()
        )
        return _read(written, key_id)


def _read(found: str | None, key_id: str) -> ApiKey:
    if found is None:
        raise KeyUnknown(
            "There is no API key of this id.",
            field="ID",
            given=key_id[:40],
            hint="`khabar keys list` shows the ids.",
        )
    return ApiKey.model_validate_json(found)


def _new_secret(now: datetime, ends: End) -> tuple[Secret, str]:
    expires_at = now + ends if isinstance(ends, timedelta) else ends
    if expires_at is not None and expires_at <= now:
        raise FieldInvalid(
            "The key would have ended before it is made.",
            field="expires",
            limit=f"after {now:%Y-%m-%d %H:%M} UTC",
            given=f"{expires_at:%Y-%m-%d %H:%M}",
            hint="Give a later day, or how long it is to live, such as 90d.",
        )
    text = secrets.token_hex(32)
    return Secret(sha256=_sha256(text), created_at=now, expires_at=expires_at), text


def _check_rotation(key: ApiKey, now: datetime, overlap: timedelta) -> tuple[Secret, ...]:
    """Return the secrets that are good. Raises RotationRefused."""
    if key.revoked_at is not None:
        raise RotationRefused(
            "This key was revoked.", field="ID", given=key.id, hint="Make a new key."
        )
    live = key.live_secrets(now)
    if len(live) > 1 and overlap:
        raise RotationRefused(
            "This key has two secrets that are good, as many as it may have.",
            field="ID",
            given=key.id,
            limit=f"until {live[0].expires_at:%Y-%m-%d %H:%M} UTC",
            hint="Wait until the older one ends, or end both now with --overlap 0.",
        )
    return live


def _life(secret: Secret) -> timedelta | None:
    return secret.expires_at - secret.created_at if secret.expires_at else None


def _matching(key: ApiKey, text: str) -> Secret | None:
    given = _sha256(text)
    # All are compared, so the time taken does not tell which of them it was.
    found = [secret for secret in key.secrets if hmac.compare_digest(secret.sha256, given)]
    return found[0] if found else None


def _token(key: ApiKey, text: str) -> str:
    return f"kh_{key.id}_{text}"


def _sha256(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _moment(seconds: int, microseconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC) + timedelta(microseconds=microseconds)


def _not_valid() -> Unauthorized:
    return Unauthorized(
        "This API key is not valid.",
        field="Authorization",
        hint="It may have been revoked. Ask the person who runs the service for a new one.",
    )
