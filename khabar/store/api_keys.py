"""API keys: a public id and a 256-bit secret, of which only the SHA-256 is kept."""

import hashlib
import hmac
import json
import re
import secrets
from datetime import UTC, datetime

from redis import exceptions
from redis.asyncio import Redis

from khabar.errors import StoreUnavailable
from khabar.store import schema
from khabar.summary import Record

_TOKEN = re.compile(r"^kh_([0-9a-f]{16})_([0-9a-f]{64})$")


class ApiKey(Record):
    """A key as it is listed. The secret is shown once, when the key is made."""

    id: str
    name: str
    secret_sha256: str
    created_at: datetime
    revoked_at: datetime | None = None


class KeyRing:
    """The API keys in the store. Methods raise StoreUnavailable."""

    def __init__(self, connection: Redis) -> None:
        self._redis = connection

    async def create(self, name: str) -> tuple[ApiKey, str]:
        """Make a key; return it and its token, which cannot be had again."""
        key_id, secret = secrets.token_hex(8), secrets.token_hex(32)
        key = ApiKey(
            id=key_id, name=name, secret_sha256=_sha256(secret), created_at=datetime.now(UTC)
        )
        await self._write(key)
        return key, f"kh_{key_id}_{secret}"

    async def list(self) -> list[ApiKey]:
        """Return all keys, the oldest first, revoked ones too."""
        try:
            found = await self._redis.hvals(schema.API_KEYS)
        except (exceptions.ConnectionError, exceptions.TimeoutError) as error:
            raise _unavailable() from error
        keys = [ApiKey.model_validate_json(text) for text in found]
        return sorted(keys, key=lambda key: key.created_at)

    async def revoke(self, key_id: str) -> bool:
        """Make a key useless. Return False if there is none of this id."""
        key = await self._read(key_id)
        if key is None:
            return False
        if key.revoked_at is None:
            await self._write(key.model_copy(update={"revoked_at": datetime.now(UTC)}))
        return True

    async def verify(self, token: str) -> ApiKey | None:
        """Return the key a token belongs to, or None if it is not valid."""
        match = _TOKEN.match(token)
        if not match:
            return None
        key = await self._read(match[1])
        given = _sha256(match[2])
        if key is None or key.revoked_at or not hmac.compare_digest(key.secret_sha256, given):
            return None
        return key

    async def _read(self, key_id: str) -> ApiKey | None:
        try:
            found = await self._redis.hget(schema.API_KEYS, key_id)
        except (exceptions.ConnectionError, exceptions.TimeoutError) as error:
            raise _unavailable() from error
        return ApiKey.model_validate_json(found) if found else None

    async def _write(self, key: ApiKey) -> None:
        try:
            record = json.dumps(key.model_dump(mode="json"))
            await self._redis.hset(schema.API_KEYS, key.id, record)
        except (exceptions.ConnectionError, exceptions.TimeoutError) as error:
            raise _unavailable() from error


def _sha256(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _unavailable() -> StoreUnavailable:
    return StoreUnavailable("The store does not answer.", hint="Try again in a moment.")
