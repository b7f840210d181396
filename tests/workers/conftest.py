from collections.abc import AsyncIterator, Iterator

import pytest
import redis

from khabar.settings import Settings
from khabar.store.connection import service_connection, worker_connection
from khabar.store.intake import Intake
from khabar.store.ledger import Ledger


@pytest.fixture
def connection(settings: Settings) -> Iterator[redis.Redis]:
    connection = worker_connection(settings.store_url)
    yield connection
    connection.close()


@pytest.fixture
def ledger(connection: redis.Redis, settings: Settings) -> Ledger:
    return Ledger(connection, settings)


@pytest.fixture
async def intake(settings: Settings) -> AsyncIterator[Intake]:
    connection = service_connection(settings.store_url)
    yield Intake(connection, settings)
    await connection.aclose()
