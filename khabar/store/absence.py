"""The store's absence, as an error that clients know. Mistakes of ours stay what they are."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from redis import exceptions

from khabar.errors import StoreUnavailable

_ABSENT = (exceptions.ConnectionError, exceptions.TimeoutError, exceptions.OutOfMemoryError)


def translated(error: exceptions.RedisError) -> StoreUnavailable:
    """Return what clients are told of an error of the store."""
    if isinstance(error, exceptions.OutOfMemoryError):
        return StoreUnavailable("The store is full.", hint="Give Redis more memory.")
    return StoreUnavailable("The store does not answer.", hint="Try again in a moment.")


@asynccontextmanager
async def told() -> AsyncIterator[None]:
    """Raise StoreUnavailable in place of what redis-py raises when the store is away or full."""
    try:
        yield
    except _ABSENT as error:
        raise translated(error) from error
