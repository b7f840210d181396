"""What is heard of a job, also after the connection to the store was lost."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from khabar.settings import Settings
from khabar.store import schema
from khabar.store.connection import service_connection, subscriber_connection
from khabar.store.intake import Intake
from service import announcements
from service.announcements import Announcements
from tests.khabar.store.builders import submission

pytestmark = pytest.mark.anyio
SOON_SECONDS = 3
END = {"event": '{"type": "end", "state": "done"}'}


@pytest.fixture
async def store(settings: Settings) -> AsyncIterator[Redis]:
    connection = service_connection(settings.store_url)
    yield connection
    await connection.aclose()


async def listeners(store: Redis) -> int:
    return dict(await store.pubsub_numsub(schema.ANNOUNCED))[schema.ANNOUNCED]


async def test_after_a_lost_connection_all_who_wait_look_again(settings: Settings, store: Redis):
    assert announcements._POLL_SECONDS > SOON_SECONDS
    intake = Intake(store, settings)
    await intake.submit(submission("j1"))
    listener = subscriber_connection(settings.store_url)
    heard = Announcements(listener, {})
    listening = asyncio.create_task(heard.run())
    while not await listeners(store):  # noqa: ASYNC110 -- Redis tells nobody that it has a listener.
        await asyncio.sleep(0.01)
    waiting = asyncio.create_task(heard.wait_for_end(intake, "j1", 30))
    await asyncio.sleep(0.1)
    # The end is written, and nobody is told, as when the connection is down at that moment.
    await store.xadd(schema.EVENTS + "j1", END)
    await asyncio.sleep(0.1)
    assert not waiting.done()
    await store.client_kill_filter(_type="pubsub")
    async with asyncio.timeout(SOON_SECONDS):
        await waiting
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
    await listener.aclose()
