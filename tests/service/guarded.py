"""The application where keys are asked for, and clients that show one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from fastapi import FastAPI

from khabar.settings import Settings
from service.app import create_app


@asynccontextmanager
async def guarded(settings: Settings, **changes: object) -> AsyncIterator[FastAPI]:
    app = create_app(settings.model_copy(update={"require_keys": True, **changes}))
    async with app.router.lifespan_context(app):
        yield app


def client_of(
    app: FastAPI,
    token: str | None = None,
    address: str = "127.0.0.1",
    host: str = "localhost:8000",
) -> httpx.AsyncClient:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    transport = httpx.ASGITransport(app=app, client=(address, 5000))
    return httpx.AsyncClient(transport=transport, base_url=f"http://{host}", headers=headers)
