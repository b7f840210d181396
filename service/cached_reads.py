"""Answers a read from memory before any routing, where the answer is there already.

The routes of ``service.routes.summaries`` make the answers and keep them; this only repeats them,
to those who may ask.
"""

from starlette.types import ASGIApp, Receive, Scope, Send

from service.answers import Answer, AnswerCache
from service.gate import Gate

_EMPTY = b""


class CachedReads:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp, cache: AnswerCache, gate: Gate) -> None:
        self._app = app
        self._cache = cache
        self._gate = gate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from memory, or pass the request on."""
        if scope["type"] == "http" and scope["method"] == "GET":
            owner = self._gate.recall(scope)
            if owner is not None:
                answer = self._cache.find(owner, scope["path"], scope["query_string"])
                if answer is not None:
                    await _send(answer, scope, send)
                    return
        await self._app(scope, receive, send)


async def _send(answer: Answer, scope: Scope, send: Send) -> None:
    asked = next((value for name, value in scope["headers"] if name == b"if-none-match"), None)
    if asked is not None and answer.matches(asked.decode("latin-1")):
        headers = [pair for pair in answer.headers if pair[0] != b"content-length"]
        await send({"type": "http.response.start", "status": 304, "headers": headers})
        await send({"type": "http.response.body", "body": _EMPTY})
        return
    await send({"type": "http.response.start", "status": 200, "headers": answer.headers})
    await send({"type": "http.response.body", "body": answer.body})
