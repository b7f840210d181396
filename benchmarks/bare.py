"""Bare endpoints to compare with: the same bytes from memory, from Redis, and for what is sent."""

import os

from redis.asyncio import Redis
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


def create() -> Starlette:
    """Return the application. BARE_BODY names a file with the bytes; BARE_STORE a Redis."""
    with open(os.environ["BARE_BODY"], "rb") as file:  # noqa: PTH123 -- nothing but this is needed.
        body = file.read()
    store = Redis.from_url(os.environ["BARE_STORE"])

    async def memory(_: Request) -> Response:
        return Response(body, media_type="application/json")

    async def redis(_: Request) -> Response:
        return Response(await store.get("bare"), media_type="application/json")

    async def taken(request: Request) -> Response:
        await request.json()
        return Response(body, status_code=202, media_type="application/json")

    return Starlette(
        routes=[
            Route("/memory", memory),
            Route("/redis", redis),
            Route("/taken", taken, methods=["POST"]),
        ]
    )
