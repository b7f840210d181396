"""Answers a read from memory before any routing, where the answer is there already.

The routes of ``service.routes.summaries`` make the answers and keep them; this only repeats them,
to those who may ask.
"""

from starlette.types import ASGIApp, Receive, Scope, Send

from khabar.audit import AuditLog, Fact
from service.answers import Answer, AnswerCache
from service.gate import Gate
from service.request_audit import REQUEST_ID, new_request_id

_EMPTY = b""
_ROUTES = ("/v1/summaries/{article_hash}", "/v1/summaries/{article_hash}/{language}")


class CachedReads:
    """ASGI middleware around the whole application."""

    def __init__(
        self, app: ASGIApp, cache: AnswerCache, gate: Gate, audit: AuditLog | None
    ) -> None:
        self._app = app
        self._cache = cache
        self._gate = gate
        self._audit = audit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from memory, or pass the request on."""
        if scope["type"] == "http" and scope["method"] == "GET":
            owner = self._gate.recall(scope)
            if owner is not None:
                answer = self._cache.find(owner, scope["path"], scope["query_string"])
                if answer is not None:
                    await self._answer(answer, owner, scope, send)
                    return
        await self._app(scope, receive, send)

    async def _answer(self, answer: Answer, owner: str, scope: Scope, send: Send) -> None:
        request_id = new_request_id()
        status, headers, body = 200, answer.headers, answer.body
        asked = next((value for name, value in scope["headers"] if name == b"if-none-match"), None)
        if asked is not None and answer.matches(asked.decode("latin-1")):
            status, body = 304, _EMPTY
            headers = tuple(pair for pair in headers if pair[0] != b"content-length")
        if self._audit is not None:
            self._audit.write(_act(request_id, owner, scope["path"], status))
        headers = (*headers, (REQUEST_ID, request_id.encode()))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def _act(request_id: str, owner: str, path: str, status: int) -> dict[str, Fact]:
    # Only the routes of summaries keep answers, and they have read the path already.
    _, _, _, article_hash, *language = path.split("/")
    return {
        "request": request_id,
        "who": owner,
        "method": "GET",
        "route": _ROUTES[len(language)],
        "article": article_hash,
        "status": status,
    }
