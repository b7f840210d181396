"""The store's absence, as an error that clients know. Mistakes of ours stay what they are."""

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

_REFUSALS = {
    "OOM": ("The store is full.", "Give Redis more memory."),
    "MISCONF": ("The store cannot write to its disk.", "Give the disk of Redis more room."),
    "READONLY": (
        "The store takes no changes now.",
        "Try again in a moment: Redis fails over.",
    ),
    "NOREPLICAS": ("The store takes no changes now.", "Redis waits for its replicas."),
}
"""What Redis says when it takes no writes, by the word its answer begins with. Redis 6 puts it into
the middle of a sentence where a script was refused."""
_REFUSAL = re.compile(rf"(?:^|-)({'|'.join(_REFUSALS)}) ")
# The client knows two of the words, and leaves them out of its own errors.
_NAMED: dict[type[Exception], str] = {
    exceptions.OutOfMemoryError: "OOM",
    exceptions.ReadOnlyError: "READONLY",
}


def told_of(error: Exception) -> StoreUnavailable | None:
    """Return what clients are told of an error of the store, or None if it is a mistake of ours."""
    if isinstance(error, _ABSENT):
        return StoreUnavailable("The store does not answer.", hint="Try again in a moment.")
    found = _REFUSAL.search(str(error))
    word = found[1] if found else _NAMED.get(type(error))
    if not isinstance(error, exceptions.ResponseError) or word is None:
        return None
    message, hint = _REFUSALS[word]
    return StoreUnavailable(message, hint=hint)


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
    """Raise StoreUnavailable in place of what redis-py raises when the store is away or full.

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
