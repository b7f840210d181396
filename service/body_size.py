"""Refuses bodies that are too large: at once where they say so themselves, else while reading.

FastAPI 0.165 has limits of its own, but answers them in plain text, past every error handler; here
they get a problem document like every other error.
"""

from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.problems import BODY_LIMIT, respond, too_large


class BodySize:
    """ASGI middleware. ``limits`` holds the bytes allowed at single paths, instead of ``limit``."""

    def __init__(self, app: ASGIApp, limit: int, limits: Mapping[str, int]) -> None:
        self._app = app
        self._limit = limit
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 413."""
        if scope["type"] != "http" or scope["method"] == "GET":
            await self._app(scope, receive, send)
            return
        limit = self._limits.get(scope["path"], self._limit)
        scope[BODY_LIMIT] = limit
        if _declared(scope) > limit:
            await respond(too_large(scope), 413)(scope, receive, send)
            return
        await self._app(scope, _counted(receive, limit), send)


def _counted(receive: Receive, limit: int) -> Receive:
    read = 0

    async def receive_within_limit() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > limit:
            raise HTTPException(413)
        return message

    return receive_within_limit


def _declared(scope: Scope) -> int:
    value: bytes = next(
        (value for name, value in scope["headers"] if name == b"content-length"), b""
    )
    return int(value) if value.isdigit() and len(value) < 20 else 0
