"""The headers that keep browsers from doing with an answer what it was not made for.

They stand on every answer: those kept in memory and the errors are built with them, and this
middleware adds them to the rest. A page of the desk brings a policy of its own, which stays.
"""

from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

SAFE_HEADERS: Final = {
    # An answer is data: it loads nothing, runs nothing, and is shown in no other page's frame.
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; "
    "form-action 'none'",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
ENCODED: Final = tuple((name.encode(), value.encode()) for name, value in SAFE_HEADERS.items())


class SafeHeaders:
    """ASGI middleware: adds those of ``SAFE_HEADERS`` that an answer lacks."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and its answer back with the headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = {name.lower() for name, _ in message["headers"]}
                added = [pair for pair in ENCODED if pair[0] not in given]
                message = {**message, "headers": [*message["headers"], *added]}
            await send(message)

        await self._app(scope, receive, send_safely)
