"""The store as those open it who run the service: what is wrong with its address is said."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import redis.asyncio
from kombu.utils.url import sanitize_url

from khabar.errors import StoreUnavailable
from khabar.store.connection import service_connection


@asynccontextmanager
async def opened_store(url: str) -> AsyncIterator[redis.asyncio.Redis]:
    """Lend a connection to the store.

    StoreUnavailable, raised by what is done with it, leaves here with the address, without its
    password, and with what the connection itself said. Clients of the API are told neither.
    """
    connection = service_connection(url)
    try:
        yield connection
    except StoreUnavailable as error:
        reason = str(error.__cause__ or "").rstrip(".")
        said = f" ({reason})" if reason else ""
        raise StoreUnavailable(
            f"{error.message.removesuffix('.')}{said}.",
            field="KHABAR_STORE_URL",
            given=sanitize_url(url),
            hint=error.hint,
        ) from error
    finally:
        await connection.aclose()
