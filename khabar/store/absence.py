"""What the store cannot or will not do, as an error that clients know. Our mistakes stay ours."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from redis import exceptions

from khabar.errors import StoreUnavailable

_PATIENCE_SECONDS = 1.5
"""So long a person waits to hear that the store does not answer, whatever was tried meanwhile."""
_LATE_SECONDS = 0.05
_MOMENT_SECONDS = 0.25
_MOST_MOMENTS = 8
_ABSENT = (exceptions.ConnectionError, exceptions.TimeoutError, TimeoutError)
_AWAY = ("The store does not answer.", "Try again in a moment.")

_WRITES_NOTHING = "The store takes no changes now."
_WRONG_USER = (
    "The store refuses this service's user or password.",
    "Whoever runs the service: correct them in KHABAR_STORE_URL.",
)
_REFUSALS = {
    "OOM": ("The store is full.", "Give Redis more memory."),
    "MISCONF": ("The store cannot write to its disk.", "Give the disk of Redis more room."),
    "READONLY": (_WRITES_NOTHING, "Try again in a moment: Redis fails over."),
    "NOREPLICAS": (_WRITES_NOTHING, "Redis waits for its replicas."),
    "LOADING": ("The store still reads what it kept.", "Try again in a moment."),
    "NOPERM": (
        "The store does not let this service do what it has to.",
        "Give its user in Redis the rights that docker/redis/users.acl lists.",
    ),
    "DENIED": (
        "The store answers nobody on another machine while it has no password.",
        "Give Redis a password, or start it with `--protected-mode no` in a network of its own.",
    ),
    "max number of clients reached": (
        "The store has as many connections as it may.",
        "Raise maxclients of Redis.",
    ),
    "DB index is out of range": (
        "The store has no database of this number.",
        "Whoever runs the service: correct the end of KHABAR_STORE_URL.",
    ),
}
"""What Redis says when it does not do what it is asked, by the word its answer begins with. Redis 6
puts it into the middle of a sentence where a script was refused."""
_REFUSAL = re.compile(rf"(?:^|-)({'|'.join(_REFUSALS)})(?: |$)")


def told_of(error: Exception) -> StoreUnavailable | None:
    """Return what clients are told of an error of the store, or None if it is a mistake of ours."""
    # What is refused while a connection is made comes wrapped where that is a socket file.
    found = _refusal(error) or _refusal(error.__cause__)
    if found is None and isinstance(error, _ABSENT):
        found = _AWAY
    if found is None:
        return None
    message, hint = found
    return StoreUnavailable(message, hint=hint)


def _refusal(error: BaseException | None) -> tuple[str, str] | None:
    if not isinstance(error, exceptions.RedisError):
        return None
    if isinstance(error, exceptions.AuthenticationError):
        return _WRONG_USER
    # The client leaves the words that it knows out of the text of its own errors.
    if error.status_code in _REFUSALS:
        return _REFUSALS[error.status_code]
    found = _REFUSAL.search(str(error))
    return _REFUSALS[found[1]] if found else None


class _Patience:
    """Ends a wait in time, but not the wait of a process that could not look.

    Reading a large body may hold up the event loop for seconds. The store's answer is there then,
    and nobody has read it: a timer that comes late is set again, a few times.
    """

    def __init__(self, limit: asyncio.Timeout, seconds: float) -> None:
        self._limit = limit
        self._loop = asyncio.get_running_loop()
        self._more = _MOST_MOMENTS
        self._timer = self._loop.call_later(seconds, self._over)

    def _over(self) -> None:
        now = self._loop.time()
        if self._more and now - self._timer.when() > _LATE_SECONDS:
            self._more -= 1
            self._timer = self._loop.call_later(_MOMENT_SECONDS, self._over)
        else:
            self._limit.reschedule(now)

    def end(self) -> None:
        self._timer.cancel()


@asynccontextmanager
async def told(patience_seconds: float = _PATIENCE_SECONDS) -> AsyncIterator[None]:
    """Raise StoreUnavailable in place of what redis-py raises when the store is away or refuses.

    That it does not answer in ``patience_seconds`` is told too.
    """
    try:
        async with asyncio.timeout(None) as limit:
            patience = _Patience(limit, patience_seconds)
            try:
                yield
            finally:
                patience.end()
    except (*_ABSENT, exceptions.ResponseError) as error:
        unavailable = told_of(error)
        if unavailable is None:
            raise
        raise unavailable from error
