"""A server on loopback that speaks as much of the model hub's API as a download needs.

It has one model at one commit. Each way in which a download can go wrong is a field that a test
sets.
"""

import hashlib
import json
import re
import socket
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote, urlsplit

COMMIT = "0123456789abcdef0123456789abcdef01234567"
LARGE_BYTES = 4096
"""Files from this size on are told by their SHA-256, as those in the hub's large storage are."""

_ROUTES = (
    ("tree", re.compile(r"/api/models/(?P<model>.+)/tree/(?P<revision>[^/]+)")),
    ("info", re.compile(r"/api/models/(?P<model>.+)/revision/(?P<revision>[^/]+)")),
    ("file", re.compile(r"/(?P<model>.+)/resolve/(?P<revision>[^/]+)/(?P<file>.+)")),
)
_RANGE = re.compile(r"bytes=(\d+)-")


@dataclass(frozen=True)
class Request:
    """What was asked. The names of the headers are in small letters."""

    method: str
    path: str
    headers: Mapping[str, str]


@dataclass
class HubServer:
    """The server. Use it as a context; ``url`` is for ``HF_ENDPOINT``."""

    files: dict[str, bytes]
    model: str = "desk/en-ru"
    commit: str = COMMIT
    token: str | None = None
    """The token it wants, and answers 401 without."""
    refusal: tuple[int, str] | None = None
    """A status and the hub's code for it, given to every request."""
    missing: set[str] = field(default_factory=set)
    """Files that are listed and not there."""
    corrupt: dict[str, int] = field(default_factory=dict)
    """How many more times a file arrives with its first byte changed."""
    cuts: dict[str, list[int]] = field(default_factory=dict)
    """After how many bytes the next answers with a file break off."""
    reset: bool = False
    """Whether a connection is then reset, and not only closed."""
    failures: dict[str, int] = field(default_factory=dict)
    """How many more times a file is answered with 503."""
    redirect: str | None = None
    """The server that has the large files."""
    requests: list[Request] = field(default_factory=list)

    def __post_init__(self) -> None:
        hub = self

        class Handler(_Handler):
            server_state = hub

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    @property
    def url(self) -> str:
        """The address of the server."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def gets(self, name: str) -> list[Request]:
        """Return the requests for a file's content."""
        return [
            request
            for request in self.requests
            if request.method == "GET" and request.path.endswith(f"/{name}")
        ]

    def entry(self, name: str) -> dict[str, Any]:
        """Return a file as the hub lists it."""
        content = self.files[name]
        blob = hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()  # noqa: S324 -- git.
        entry = {"type": "file", "path": name, "size": len(content), "oid": blob}
        if len(content) < LARGE_BYTES:
            return entry
        digest = hashlib.sha256(content).hexdigest()
        return {**entry, "lfs": {"oid": digest, "size": len(content), "pointerSize": 134}}


def files_of(folder: Path) -> dict[str, bytes]:
    """Return the content of a folder's files, by name."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


class _Handler(BaseHTTPRequestHandler):
    server_state: HubServer
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base's name.
        """Keep quiet."""

    def _answer(self) -> None:
        hub, path = self.server_state, unquote(urlsplit(self.path).path)
        hub.requests.append(Request(self.command, path, self._headers()))
        for name, pattern in _ROUTES:
            found = pattern.fullmatch(path)
            if found:
                refusal = self._refusal(found["model"], found["revision"])
                if refusal:
                    self._refuse(*refusal)
                else:
                    getattr(self, f"_{name}")(**found.groupdict())
                return
        self._refuse(404, "")

    def _headers(self) -> dict[str, str]:
        return {name.lower(): value for name, value in self.headers.items()}

    def _refusal(self, model: str, revision: str) -> tuple[int, str] | None:
        hub = self.server_state
        if hub.refusal:
            return hub.refusal
        if hub.token and self.headers.get("authorization") != f"Bearer {hub.token}":
            return 401, ""
        if model != hub.model:
            return 404, "RepoNotFound"
        if revision != hub.commit:
            return 404, "RevisionNotFound"
        return None

    def _refuse(self, status: int, code: str) -> None:
        self._send(status, b"{}", {"X-Error-Code": code} if code else {})

    def _tree(self, **_: str) -> None:
        hub = self.server_state
        self._send(200, json.dumps([hub.entry(name) for name in sorted(hub.files)]).encode())

    def _info(self, **_: str) -> None:
        hub = self.server_state
        self._send(200, json.dumps({"id": hub.model, "sha": hub.commit}).encode())

    def _file(self, file: str, **_: str) -> None:
        hub = self.server_state
        if file in hub.missing or file not in hub.files:
            self._refuse(404, "EntryNotFound")
            return
        if _one_less(hub.failures, file):
            self._refuse(503, "")
            return
        content = hub.files[file]
        if hub.redirect and len(content) >= LARGE_BYTES:
            self._send(302, b"", {"Location": f"{hub.redirect}{self.path}"})
            return
        if _one_less(hub.corrupt, file):
            content = bytes([content[0] ^ 1]) + content[1:]
        self._content(file, content)

    def _content(self, file: str, content: bytes) -> None:
        entry = self.server_state.entry(file)
        etag = entry["lfs"]["oid"] if "lfs" in entry else entry["oid"]
        headers = {
            "ETag": f'"{etag}"',
            "X-Repo-Commit": self.server_state.commit,
            "Accept-Ranges": "bytes",
        }
        wanted = _RANGE.fullmatch(self.headers.get("range", ""))
        if wanted is None:
            self._send(200, content, headers, file)
            return
        start = int(wanted[1])
        headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
        self._send(206, content[start:], headers, file)

    def _send(
        self, status: int, body: bytes, headers: Mapping[str, str] | None = None, file: str = ""
    ) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "HEAD":
            return
        cuts = self.server_state.cuts.get(file)
        if not cuts:
            self.wfile.write(body)
            return
        self.wfile.write(body[: cuts.pop(0)])
        self.wfile.flush()
        self._break_off()

    def _break_off(self) -> None:
        if self.server_state.reset:
            # Closing with a linger of no seconds sends RST.
            linger = (1).to_bytes(4, "little") + (0).to_bytes(4, "little")
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.close_connection = True


def _one_less(counts: dict[str, int], name: str) -> bool:
    left = counts.get(name, 0)
    counts[name] = max(0, left - 1)
    return left > 0
