"""The desk page, and the page of the API's description: files of our own, never another host's."""

from pathlib import Path

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

_FOLDER = Path(__file__).parent.parent / "desk"
_SWAGGER_UI = frozenset({"swagger-ui-bundle.js", "swagger-ui.css"})
"""What we use of the files in the fastapi-offline package."""

_STRICT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_DESK_POLICY = f"{_STRICT}; require-trusted-types-for 'script'; trusted-types 'none'"
"""Content Security Policy, level 3. Trusted types turn any use of ``innerHTML`` into an error."""


class _WholeFile(FileResponse):
    """A file, never a part of it: it is short, and mistaken ranges are answered in plain text."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [pair for pair in scope["headers"] if pair[0] != b"range"]
        await super().__call__({**scope, "headers": headers}, receive, send)


class _Files(StaticFiles):
    """Static files that browsers check again each time: their names stay, their content may not."""

    def __init__(
        self,
        *,
        policy: str,
        directory: Path | None = None,
        packages: list[str | tuple[str, str]] | None = None,
        only: frozenset[str] | None = None,
    ) -> None:
        super().__init__(directory=directory, packages=packages)
        self._only = only
        self._headers = {
            "Cache-Control": "no-cache",
            "Content-Security-Policy": policy,
            "Cross-Origin-Opener-Policy": "same-origin",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
        }

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return a file, or 304 where the browser has it. Raises HTTPException, which is a 404."""
        if self._only is not None and path not in self._only:
            raise HTTPException(404)
        response = await super().get_response(path, scope)
        if isinstance(response, FileResponse):
            whole = {**response.headers, "accept-ranges": "none"}
            response = _WholeFile(response.path, headers=whole, stat_result=response.stat_result)
        response.headers.update(self._headers)
        return response


def install(app: FastAPI) -> None:
    """Serve the desk at ``/``, the API's description at ``/docs``, and what the two pages load."""
    desk = _Files(directory=_FOLDER, policy=_DESK_POLICY)
    docs = _Files(directory=_FOLDER, policy=_STRICT)
    swagger_ui = _Files(packages=[("fastapi_offline", "static")], policy=_STRICT, only=_SWAGGER_UI)

    async def desk_page(request: Request) -> Response:
        return await desk.get_response("index.html", request.scope)

    async def docs_page(request: Request) -> Response:
        return await docs.get_response("docs.html", request.scope)

    app.add_route("/", desk_page, include_in_schema=False)
    app.add_route("/docs", docs_page, include_in_schema=False)
    app.mount("/desk/swagger", swagger_ui)
    app.mount("/desk", desk)
