"""Who may ask: on loopback anybody, elsewhere those with a key."""

import hashlib
import ipaddress
import re
import time

from starlette.types import Scope

from khabar.errors import KeysMissing, Unauthorized
from khabar.settings import Settings
from khabar.store.api_keys import KeyRing

_REMEMBERED_SECONDS = 10.0
"""A revoked key may still read for this long."""
_MOST_REMEMBERED = 10_000
_PORT = re.compile(r":\d*$")
NOBODY = ""
"""The owner of jobs that were sent without a key."""


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine's own."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Gate:
    """Decides who a request is from. Remembers valid tokens for some seconds, by their SHA-256."""

    def __init__(self, settings: Settings, keys: KeyRing) -> None:
        self.open = is_loopback(settings.host) and not settings.require_keys
        self._host = settings.host
        self._keys = keys
        self._remembered: dict[bytes, tuple[float, str]] = {}

    async def check_start(self) -> None:
        """Raise KeysMissing if keys are needed and there is none."""
        if self.open:
            return
        if not any(key.revoked_at is None for key in await self._keys.list()):
            raise KeysMissing(
                f"The service listens on {self._host}, beyond this machine, and there is no API "
                "key to protect it.",
                hint="Run: khabar keys create NAME, or listen on 127.0.0.1.",
            )

    def known(self, scope: Scope) -> bool:
        """Whether the request may be answered, as far as that is known without asking the store."""
        if self.open:
            return _is_near(scope)
        token = _token(scope)
        return token is not None and self._recall(token) is not None

    async def enter(self, scope: Scope) -> str:
        """Return the id of the key a request came with, or NOBODY. Raises Unauthorized."""
        if self.open:
            if _is_near(scope):
                return NOBODY
            raise Unauthorized(
                "This service runs without keys, for its own machine only: from it, and as "
                "localhost or 127.0.0.1.",
                field="Host",
                hint="Set KHABAR_REQUIRE_KEYS=true and create a key to serve others, also behind "
                "a proxy.",
            )
        token = _token(scope)
        if token is None:
            raise Unauthorized(
                "This request needs an API key.",
                field="Authorization",
                hint="Send the header: Authorization: Bearer kh_...",
            )
        owner = self._recall(token)
        if owner is None:
            owner = await self._verify(token)
        return owner

    async def _verify(self, token: str) -> str:
        key = await self._keys.verify(token)
        if key is None:
            raise Unauthorized(
                "This API key is not valid.",
                field="Authorization",
                hint="It may have been revoked. Ask the person who runs the service for a new one.",
            )
        if len(self._remembered) >= _MOST_REMEMBERED:
            self._remembered.clear()
        self._remembered[_digest(token)] = (time.monotonic() + _REMEMBERED_SECONDS, key.id)
        return key.id

    def _recall(self, token: str) -> str | None:
        until, owner = self._remembered.get(_digest(token), (0.0, NOBODY))
        return owner if time.monotonic() < until else None


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _token(scope: Scope) -> str | None:
    for name, value in scope["headers"]:
        if name == b"authorization":
            scheme, _, token = value.decode("latin-1").partition(" ")
            return token.strip() if scheme.lower() == "bearer" else None
    return None


def _is_near(scope: Scope) -> bool:
    client = scope.get("client")
    if not client or not client[0]:
        # A Unix socket has no client address; only this machine reaches it.
        return True
    # A page of another site can make a browser on this machine ask here, under that site's name
    # ("DNS rebinding"); a proxy may pass on what strangers ask, under the proxy's.
    return is_loopback(client[0]) and is_loopback(_host(scope))


def _host(scope: Scope) -> str:
    """Return the name or address that was asked for, without its port."""
    value = next((value for name, value in scope["headers"] if name == b"host"), b"")
    return _PORT.sub("", value.decode("latin-1")).strip("[]")
