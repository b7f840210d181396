"""A newsroom's server for tests: answers as it is told, and remembers what it was sent."""

import contextlib
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Received:
    path: str
    headers: dict[str, str]
    body: bytes
    at: float


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        endpoint = self.server.endpoint  # type: ignore[attr-defined]
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(headers.get("content-length", 0)))
        received = Received(self.path, headers, body, time.monotonic())
        with endpoint.lock:
            endpoint.received.append(received)
            number = sum(one.path == self.path for one in endpoint.received)
        with contextlib.suppress(OSError):
            endpoint.answer(self, received, number)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


Answering = Callable[[Handler, Received, int], None]
"""Gets the handler, the request, and how many requests for its path have come by now."""


def status(code: int, **headers: str) -> Answering:
    """Answer with a status and headers, whose names have underscores for hyphens."""

    def answer(handler: Handler, _: Received, __: int) -> None:
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


@dataclass
class Endpoint:
    """``answer`` may be changed at any time."""

    answer: Answering = field(default_factory=lambda: status(204))
    received: list[Received] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    port: int = 0

    @contextlib.contextmanager
    def serving(self, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None) -> Iterator[None]:
        server = ThreadingHTTPServer((host, 0), Handler)
        server.daemon_threads = True
        server.endpoint = self  # type: ignore[attr-defined]
        if tls:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        self.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

    def url(self, path: str = "/hook") -> str:
        return f"http://127.0.0.1:{self.port}{path}"
