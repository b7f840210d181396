"""Refuses bodies that are too large, too slow, or cut into more values than any article is.

What a body says of its own length is judged at once, the rest while reading. FastAPI 0.165 has a
limit of size of its own, but answers it in plain text, past every error handler; here each refusal
is a problem document like every other error.
"""

import asyncio
from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.problems import BODY_LIMIT, respond, too_large

_BYTES_PER_VALUE = 32
"""A body may hold one value for so many bytes of its limit; each costs many times that when read.

Prose in JSON has one comma or bracket in 60 to 100 bytes.
"""
_MARKS = (b",", b"[", b"{")
_CLOSING = {"Connection": "close"}


class BodyLimits:
    """ASGI middleware. ``limits`` holds the bytes allowed at single paths, instead of ``limit``.

    A body has ``seconds`` to arrive, and one more for every ``bytes_per_second`` that have come.
    """

    def __init__(
        self,
        app: ASGIApp,
        limit: int,
        limits: Mapping[str, int],
        *,
        seconds: float,
        bytes_per_second: float,
    ) -> None:
        self._app = app
        self._limit = limit
        self._limits = limits
        self._seconds = seconds
        self._bytes_per_second = bytes_per_second

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 400, 408 or 413."""
        if scope["type"] != "http" or scope["method"] == "GET":
            await self._app(scope, receive, send)
            return
        limit = self._limits.get(scope["path"], self._limit)
        scope[BODY_LIMIT] = limit
        if _declared(scope) > limit:
            # A client that waits for 100 Continue will not send this body: nothing else may follow.
            headers = _CLOSING if b"expect" in dict(scope["headers"]) else None
            await respond(too_large(scope), 413, headers=headers)(scope, receive, send)
            return
        body = _Body(receive, limit, self._seconds, self._bytes_per_second)
        await self._app(scope, body.receive, send)


class _Body:
    """Counts what is read of one body."""

    def __init__(
        self, receive: Receive, limit: int, seconds: float, bytes_per_second: float
    ) -> None:
        self._receive = receive
        self._limit = limit
        self._began = asyncio.get_running_loop().time()
        self._seconds = seconds
        self._bytes_per_second = bytes_per_second
        self._read = 0
        self._values = 0
        self._complete = False

    async def receive(self) -> Message:
        """Return the next message. Raises HTTPException where a limit is passed."""
        if self._complete:
            # What is waited for now is the client's leaving, which may be long in coming.
            return await self._receive()
        deadline = self._began + self._seconds + self._read / self._bytes_per_second
        try:
            async with asyncio.timeout_at(deadline):
                message = await self._receive()
        except TimeoutError:
            raise HTTPException(408, headers=_CLOSING) from None
        self._take(message)
        return message

    def _take(self, message: Message) -> None:
        part: bytes = message.get("body", b"")
        self._read += len(part)
        self._values += sum(map(part.count, _MARKS))
        self._complete = not message.get("more_body", False)
        if self._read > self._limit:
            raise HTTPException(413)
        if self._values * _BYTES_PER_VALUE > max(self._limit, _BYTES_PER_VALUE * 10_000):
            raise HTTPException(
                400,
                "The body holds more brackets, braces and commas than any articles of this size",
            )


def _declared(scope: Scope) -> int:
    value: bytes = next(
        (value for name, value in scope["headers"] if name == b"content-length"), b""
    )
    return int(value) if value.isdigit() and len(value) < 20 else 0
