from collections.abc import AsyncIterator, Iterator

import pytest

from khabar.settings import Settings
from khabar.store.connection import service_connection, worker_connection
from khabar.store.intake import Intake
from khabar.store.ledger import Ledger
from khabar.store.outbox import Outbox
from khabar.store.webhook_secrets import SecretBook


@pytest.fixture
async def intake(settings: Settings) -> AsyncIterator[Intake]:
    connection = service_connection(settings.store_url)
    yield Intake(connection, settings)
    await connection.aclose()


@pytest.fixture
def ledger(settings: Settings) -> Iterator[Ledger]:
    connection = worker_connection(settings.store_url)
    yield Ledger(connection, settings)
    connection.close()


@pytest.fixture
def redis_client(settings: Settings):
    connection = worker_connection(settings.store_url)
    yield connection
    connection.close()


@pytest.fixture
async def outbox(settings: Settings) -> AsyncIterator[Outbox]:
    connection = service_connection(settings.store_url)
    await SecretBook(connection).find_or_make("")
    yield Outbox(connection, settings)
    await connection.aclose()
