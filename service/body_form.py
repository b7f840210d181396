"""Refuses bodies in a form that is not read here, before a byte of them is.

A page of another site may make a browser send ``text/plain`` or a form anywhere without asking;
JSON it may not (WHATWG Fetch, "CORS-safelisted request-header"). So a service without keys takes
jobs from no such page.
"""

from collections.abc import Mapping

from starlette.types import ASGIApp, Receive, Scope, Send

from khabar.errors import ErrorRecord, MediaTypeRefused
from service.problems import respond


class BodyForm:
    """ASGI middleware. ``types`` holds the media types read at single paths."""

    def __init__(self, app: ASGIApp, types: Mapping[str, frozenset[str]]) -> None:
        self._app = app
        self._types = types

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 415."""
        if scope["type"] == "http" and scope["method"] != "GET":
            refusal = self._refusal(scope)
            if refusal is not None:
                await respond(refusal, 415)(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _refusal(self, scope: Scope) -> ErrorRecord | None:
        headers = dict(scope["headers"])
        coding = headers.get(b"content-encoding", b"identity").strip().lower()
        if coding != b"identity":
            return MediaTypeRefused(
                "A body that is compressed or otherwise encoded is not read.",
                field="Content-Encoding",
                limit="identity",
                hint="Send the body as it is, without Content-Encoding.",
            ).record()
        types = self._types.get(scope["path"])
        if scope["method"] != "POST" or types is None or not _has_body(headers):
            return None
        sent = headers.get(b"content-type", b"").decode("latin-1")
        if _essence(sent) in types:
            return None
        return MediaTypeRefused(
            "The body is not of a media type that is read at this path.",
            field="Content-Type",
            limit=", ".join(sorted(types)),
            hint="Name the type of the body in the header Content-Type.",
        ).record()


def _essence(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


def _has_body(headers: Mapping[bytes, bytes]) -> bool:
    return b"transfer-encoding" in headers or headers.get(b"content-length", b"0") != b"0"
