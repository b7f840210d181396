"""Gives each request an id, and writes who asked for what into the audit log.

The line is written before the answer begins, so no answer leaves without it. What was read and
given is written only where the settings ask for it; what was changed, and what was refused, always.
"""

import itertools
import re
import secrets
from dataclasses import dataclass, field

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from khabar.audit import AuditLog, Fact

REQUEST_ID = b"x-request-id"
_SCOPE_KEY = "khabar.audit"
_READING_ROUTES = frozenset({"/v1/summaries/lookup"})
_READING_METHODS = frozenset({"GET", "HEAD"})
_ID = re.compile(r"[0-9a-f]{32}|[0-9a-f]{64}")
_REFUSED = 400
_UNFINISHED = "unfinished"
_PROCESS = secrets.token_hex(4)
_count = itertools.count(1)


@dataclass(slots=True)
class RequestFacts:
    """What is known of a request so far. Whoever learns something notes it here."""

    request_id: str
    who: str | None = None
    code: str | None = None
    article: str | None = None
    job: str | None = None
    items: list[dict[str, Fact]] = field(default_factory=list)
    written: bool = False


def new_request_id() -> str:
    """Return an id that no other request has, in this process or another."""
    return f"{_PROCESS}{next(_count):08x}"


def facts_of(scope: Scope) -> RequestFacts:
    """Return the facts of a request, to add to."""
    found: RequestFacts | None = scope.get(_SCOPE_KEY)
    return found or RequestFacts("")


class RequestAudit:
    """ASGI middleware around the routes."""

    def __init__(self, app: ASGIApp, audit: AuditLog, *, reads: bool) -> None:
        self._app = app
        self._audit = audit
        self._reads = reads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; write the line when its answer begins."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        facts = scope[_SCOPE_KEY] = RequestFacts(new_request_id())

        async def send_audited(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._write(scope, facts, message["status"])
                named = (REQUEST_ID, facts.request_id.encode())
                message["headers"] = [*message.get("headers", ()), named]
            await send(message)

        try:
            await self._app(scope, receive, send_audited)
        except BaseException as error:
            # An error of ours is answered further out; a request that is cut off, not at all.
            facts.code = facts.code or _UNFINISHED
            self._write(scope, facts, 500 if isinstance(error, Exception) else None)
            raise

    def _write(self, scope: Scope, facts: RequestFacts, status: int | None) -> None:
        route = _route(scope)
        if facts.written or route is None:
            return
        facts.written = True
        reading = scope["method"] in _READING_METHODS or route in _READING_ROUTES
        if reading and status is not None and status < _REFUSED and not self._reads:
            return
        path = scope.get("path_params") or {}
        act: dict[str, Fact] = {
            "request": facts.request_id,
            "who": facts.who,
            "method": scope["method"],
            "route": route,
            "article": facts.article or _identity(path.get("article_hash")),
            "job": facts.job or _identity(path.get("job_id")),
            "status": status,
            "code": facts.code,
        }
        items = [{"request": facts.request_id, "who": facts.who, **item} for item in facts.items]
        self._audit.write(act, *items)


def _route(scope: Scope) -> str | None:
    """Return the path of a route of the API, as its description has it."""
    template: str | None = getattr(scope.get("route"), "path", None)
    return template if template and template.startswith(("/v1/", "/metrics")) else None


def _identity(value: object) -> str | None:
    # A path may hold anything; only what is an id is written.
    return value if isinstance(value, str) and _ID.fullmatch(value) else None
