"""The store's absence, as an error that clients know. Mistakes of ours stay what they are."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from redis import exceptions

from khabar.errors import StoreUnavailable

_ABSENT = (
    exceptions.ConnectionError,
    exceptions.TimeoutError,
    exceptions.OutOfMemoryError,
    TimeoutError,
)
_PATIENCE_SECONDS = 1.5
"""So long a person waits to hear that the store does not answer, whatever was tried meanwhile."""


def translated(error: Exception) -> StoreUnavailable:
    """Return what clients are told of an error of the store."""
    if isinstance(error, exceptions.OutOfMemoryError):
        return StoreUnavailable("The store is full.", hint="Give Redis more memory.")
    return StoreUnavailable("The store does not answer.", hint="Try again in a moment.")


@asynccontextmanager
async def told(patience_seconds: float = _PATIENCE_SECONDS) -> AsyncIterator[None]:
    """Raise StoreUnavailable in place of what redis-py raises when the store is away or full.

    That it does not answer in ``patience_seconds`` is told too.
    """
    try:
        async with asyncio.timeout(patience_seconds):
            yield
    except _ABSENT as error:
        raise translated(error) from error
