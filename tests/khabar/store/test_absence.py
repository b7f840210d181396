"""A store that takes no writes is told as one, whatever Redis calls it and wherever it is found."""

import asyncio
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis
from redis import exceptions

from khabar.errors import StoreUnavailable
from khabar.settings import Settings
from khabar.store.absence import told, told_of
from khabar.store.connection import service_connection
from khabar.store.intake import Intake
from service.embedded.redis_server import RedisServer
from tests.khabar.store.builders import submission

pytestmark = pytest.mark.anyio

SCRIPT = "Error running script (call to f_0): @user_script:1: @user_script: 1: "
Change = Callable[[redis.Redis], object]
REFUSES: dict[str, tuple[Change, Change]] = {
    "The store is full.": (
        lambda server: server.config_set("maxmemory", 1),
        lambda server: server.config_set("maxmemory", 0),
    ),
    "The store takes no changes now.": (
        lambda server: server.replicaof("127.0.0.1", 1),
        lambda server: server.replicaof("NO", "ONE"),
    ),
}


@pytest.mark.parametrize("message", REFUSES)
async def test_what_redis_refuses_is_told(
    settings: Settings, redis_server: RedisServer, message: str
):
    connection = service_connection(settings.store_url)
    intake = Intake(connection, settings)
    server = redis.Redis.from_url(redis_server.store_url)
    refuse, allow = REFUSES[message]
    refuse(server)
    try:
        with pytest.raises(StoreUnavailable, match=message):
            await intake.submit(submission("j1"))
        (of_many,) = await intake.submit_many([submission("j2")])
        assert isinstance(of_many, StoreUnavailable)
    finally:
        allow(server)
        server.close()
    assert (await intake.submit(submission("j1"))).new
    await connection.aclose()


@pytest.mark.parametrize(
    "text",
    [
        "MISCONF Errors writing to the AOF file: No space left on device",
        "NOREPLICAS Not enough good replicas to write.",
        SCRIPT + "-MISCONF Errors writing to the AOF file: No space left on device",
        SCRIPT + "-OOM command not allowed when used memory > 'maxmemory'.",
        "DENIED Redis is running in protected mode because no password is set.",
        "max number of clients reached",
    ],
)
async def test_what_redis_writes_in_words_is_understood(text: str):
    with pytest.raises(StoreUnavailable):
        async with told():
            raise exceptions.ResponseError(text)


@pytest.fixture
def locked(tmp_path: Path) -> Iterator[str]:
    """The address of a Redis with a password, and with a user who may do next to nothing."""
    with RedisServer(tmp_path / "locked") as server:
        with redis.Redis.from_url(server.store_url) as client:
            client.config_set("requirepass", "secret")
            client.acl_setuser("reader", True, passwords=["+ok"], commands=["+ping"])
        yield server.store_url


WRONG_USER = "The store refuses this service's user or password."


@pytest.mark.parametrize(
    ("user", "database", "message"),
    [
        ("", 0, WRONG_USER),
        (":wrong@", 0, WRONG_USER),
        ("nobody:secret@", 0, WRONG_USER),
        (":secret@", 99, "The store has no database of this number."),
        ("reader:ok@", 0, "The store does not let this service do what it has to."),
    ],
)
async def test_a_store_that_refuses_is_not_told_as_one_that_is_away(
    locked: str, settings: Settings, user: str, database: int, message: str
):
    address = locked.replace("unix://", f"unix://{user}").replace("db=0", f"db={database}")
    connection = service_connection(address)
    try:
        with pytest.raises(StoreUnavailable) as caught:
            await Intake(connection, settings).workers()
    finally:
        await connection.aclose()
    assert caught.value.message == message


async def test_a_mistake_of_ours_stays_what_it_is():
    mistake = exceptions.ResponseError("value is not an integer or out of range")
    assert told_of(mistake) is None
    assert told_of(ZeroDivisionError("OOM by name only")) is None
    with pytest.raises(exceptions.ResponseError):
        async with told():
            raise mistake


async def test_a_loop_that_is_late_does_not_take_the_store_for_absent():
    async with told(0.1):
        for _ in range(4):
            await asyncio.sleep(0.01)
            time.sleep(0.15)


async def test_a_store_that_does_not_answer_is_told_in_time():
    start = time.monotonic()
    with pytest.raises(StoreUnavailable):
        async with told(0.2):
            await asyncio.sleep(5)
    assert time.monotonic() - start < 1
