"""The store's absence, as an error that clients know."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from redis import exceptions

from khabar.errors import StoreUnavailable

_ABSENT = (exceptions.ConnectionError, exceptions.TimeoutError, exceptions.OutOfMemoryError)


def translated(error: exceptions.RedisError) -> StoreUnavailable:
    """Return the error that clients get for one of the store's."""
    if isinstance(error, exceptions.OutOfMemoryError):
        return StoreUnavailable("The store is full.", hint="Give Redis more memory.")
    return StoreUnavailable("The store does not answer.", hint="Try again in a moment.")


@asynccontextmanager
async def told() -> AsyncIterator[None]:
    """Turn the store's absence into StoreUnavailable. Mistakes of ours stay what they are."""
    try:
        yield
    except _ABSENT as error:
        raise translated(error) from error
