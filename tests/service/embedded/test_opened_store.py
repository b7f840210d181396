"""Who runs the service is told which address is wrong, and how; never the password in it."""

import asyncio

import pytest

from khabar.errors import StoreUnavailable
from khabar.settings import Settings
from khabar.store.intake import Intake
from service.embedded.opened_store import opened_store
from service.embedded.redis_server import RedisServer
from tests.ports import unused_port


async def ping(url: str) -> None:
    async with opened_store(url) as connection:
        await Intake(connection, Settings()).ping()


def test_nothing_is_said_of_a_store_that_answers(redis_server: RedisServer):
    asyncio.run(ping(redis_server.store_url))


def test_where_nothing_listens():
    port = unused_port()
    with pytest.raises(StoreUnavailable) as caught:
        asyncio.run(ping(f"redis://desk:hunter2@127.0.0.1:{port}/0"))
    error = caught.value
    assert error.message.startswith("The store does not answer (Error 111 connecting to 127.0.0.1:")
    assert error.field == "KHABAR_STORE_URL"
    assert error.given == f"redis://desk:**@127.0.0.1:{port}/0"
    assert "hunter2" not in str(error.record())
