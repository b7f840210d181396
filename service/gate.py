"""Who may ask, and for what: on loopback anybody for anything, elsewhere those with a key."""

import functools
import hashlib
import ipaddress
import re
import time
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from starlette.types import Scope as Request

from khabar.api_key import ApiKey, Scope
from khabar.errors import KeysMissing, ScopeMissing, Unauthorized
from khabar.quota import Limits
from khabar.settings import Settings
from khabar.store.api_keys import KeyRing, Verified

_REMEMBERED_SECONDS = 10.0
"""A revoked key may still read for this long. Whatever changes something asks the store."""
_MOST_REMEMBERED = 10_000
_PORT = re.compile(r":\d*$")
NOBODY = ""
"""The owner of jobs that were sent without a key."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who a request is from. ``owner`` is the id of their key, or NOBODY."""

    owner: str
    scopes: frozenset[Scope]
    limits: Limits

    def check(self, needed: AbstractSet[Scope]) -> None:
        """Raise ScopeMissing if the key may not do what is asked."""
        missing = sorted(needed - self.scopes)
        if missing:
            raise ScopeMissing(
                "This API key may not do this.",
                field="Authorization",
                limit=" ".join(missing),
                given=" ".join(sorted(self.scopes)),
                hint="`limit` names the scope it needs, `given` those it has. Use another key, or "
                "ask the person who runs the service for one.",
            )


_LOCAL = Caller(NOBODY, frozenset(Scope), Limits())


@functools.lru_cache(maxsize=1024)
def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine's own. Asked with every cached read."""
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
        self._defaults = Limits(settings.key_rate, settings.key_daily)
        self._keys = keys
        self._remembered: dict[bytes, tuple[float, Caller]] = {}

    async def check_start(self) -> None:
        """Raise KeysMissing if keys are needed and none is good."""
        if self.open or await self._keys.any_live():
            return
        raise KeysMissing(
            f"The service listens on {self._host}, beyond this machine, and there is no valid API "
            "key to protect it.",
            hint="Run: khabar keys create NAME, or listen on 127.0.0.1.",
        )

    def recall(self, request: Request) -> str | None:
        """Return the owner who may read, as far as that is known without asking the store."""
        if self.open:
            return NOBODY if _is_near(request) else None
        token = _token(request)
        caller = None if token is None else self._recall(token)
        return caller.owner if caller is not None and Scope.READ in caller.scopes else None

    async def enter(self, request: Request, *, remembered: bool = True) -> Caller:
        """Return who a request is from. Raises Unauthorized.

        Unless a key may be one that is ``remembered``, it is good at this moment.
        """
        if self.open:
            return _local(request)
        token = _token(request)
        if token is None:
            raise Unauthorized(
                "This request needs an API key.",
                field="Authorization",
                hint="Send the header: Authorization: Bearer kh_...",
            )
        caller = self._recall(token) if remembered else None
        return caller or await self._verify(token)

    async def _verify(self, token: str) -> Caller:
        try:
            verified = await self._keys.verify(token)
        except Unauthorized:
            self._remembered.pop(_digest(token), None)
            raise
        return self._remember(token, verified)

    def _remember(self, token: str, verified: Verified) -> Caller:
        if len(self._remembered) >= _MOST_REMEMBERED:
            self._remembered.clear()
        caller = _caller(verified.key, self._defaults)
        seconds = min(_REMEMBERED_SECONDS, verified.seconds_left)
        self._remembered[_digest(token)] = (time.monotonic() + seconds, caller)
        return caller

    def _recall(self, token: str) -> Caller | None:
        until, caller = self._remembered.get(_digest(token), (0.0, None))
        return caller if time.monotonic() < until else None


def _caller(key: ApiKey, defaults: Limits) -> Caller:
    limits = Limits(
        defaults.rate if key.rate is None else key.rate,
        defaults.daily if key.daily is None else key.daily,
    )
    return Caller(key.id, frozenset(key.scopes), limits)


def _local(request: Request) -> Caller:
    if _is_near(request):
        return _LOCAL
    raise Unauthorized(
        "This service runs without keys, for its own machine only: from it, and as localhost or "
        "127.0.0.1.",
        field="Host",
        hint="Set KHABAR_REQUIRE_KEYS=true and create a key to serve others, also behind a proxy.",
    )


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _token(request: Request) -> str | None:
    for name, value in request["headers"]:
        if name == b"authorization":
            scheme, _, token = value.decode("latin-1").partition(" ")
            return token.strip() if scheme.lower() == "bearer" else None
    return None


def _is_near(request: Request) -> bool:
    client = request.get("client")
    if not client or not client[0]:
        # A Unix socket has no client address; only this machine reaches it.
        return True
    # A page of another site can make a browser on this machine ask here, under that site's name
    # ("DNS rebinding"); a proxy may pass on what strangers ask, under the proxy's.
    return is_loopback(client[0]) and is_loopback(_host(request))


def _host(request: Request) -> str:
    """Return the name or address that was asked for, without its port."""
    value = next((value for name, value in request["headers"] if name == b"host"), b"")
    return _PORT.sub("", value.decode("latin-1")).strip("[]")
