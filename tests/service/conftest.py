"""The real application on a real store, called without a network."""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from fastapi import FastAPI

from khabar.settings import Settings
from khabar.store.api_keys import KeyRing
from khabar.store.connection import service_connection, worker_connection
from khabar.store.glossaries import GlossaryShelf
from khabar.store.ledger import Ledger
from service.app import create_app


@pytest.fixture
async def app(settings: Settings) -> AsyncIterator[FastAPI]:
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        yield client


@pytest.fixture
def ledger(settings: Settings) -> Iterator[Ledger]:
    connection = worker_connection(settings.store_url)
    yield Ledger(connection, settings)
    connection.close()


@pytest.fixture
async def shelf(settings: Settings) -> AsyncIterator[GlossaryShelf]:
    connection = service_connection(settings.store_url)
    yield GlossaryShelf(connection, 10)
    await connection.aclose()


@pytest.fixture
async def keys(settings: Settings) -> AsyncIterator[KeyRing]:
    connection = service_connection(settings.store_url)
    yield KeyRing(connection)
    await connection.aclose()
