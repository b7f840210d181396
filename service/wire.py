"""The connections of the API server: how long and how large what comes before a body may be.

uvicorn's protocol waits without end for a request whose head dribbles, takes heads and trailers of
any size, and answers what it cannot read in plain text. This one closes in time, and every answer
is a problem document. Bodies have their limits in ``service.body_limits``.
"""

import asyncio
from dataclasses import dataclass
from typing import Any, Final

from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from khabar.errors import BodyInvalid, Busy, ErrorRecord, HeadTooLarge
from service.problems import respond

PATIENCE: Final = "khabar.patience"
"""Where the application's state holds the ``Patience``."""
_HEAD_BYTES = 65_536
_DRAINED_BYTES = 64 * 1024 * 1024
"""What a client still sends after its answer is thrown away, since a reset would lose the answer to
it; but not more than this, nor longer than ``Patience.head_seconds``."""
_STALLED_SECONDS = 30.0
"""How long a client may leave an answer unread."""
_LINGER_SECONDS = 0.5
_LAST_LOOK_SECONDS = 0.1
_MOST_LINGERING = 100


@dataclass(frozen=True, slots=True)
class Patience:
    """How many connections are held, and how many seconds each has for the head of a request."""

    connections: int
    head_seconds: float


class WatchedProtocol(HttpToolsProtocol):
    """uvicorn's protocol with limits.

    A connection that waits for a head has one timer, which nothing it sends puts off: it runs from
    the connection's start, or from the first byte after an answer, to the end of a head.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 -- uvicorn's own.
        super().__init__(*args, **kwargs)
        self._patience: Patience = self.app_state[PATIENCE]
        self._head_timer: asyncio.TimerHandle | None = None
        self._stall_timer: asyncio.TimerHandle | None = None
        self._unasked_bytes = 0
        self._head_complete = False
        self._refused = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take a connection, or answer 503 where there are as many as there may be."""
        super().connection_made(transport)  # type: ignore[arg-type]
        if len(self.connections) > self._patience.connections:
            self._refuse(_too_many(self._patience.connections), 503, {"Retry-After": "5"})
            return
        self._start_head_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the timers."""
        self._stop_head_timer()
        self.resume_writing()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on, and watch what is no part of a request that is being answered."""
        if self._refused or self.transport.is_closing():
            return
        super().data_received(data)
        if self._refused or not self._waits_for_head():
            return
        self._unasked_bytes += len(data)
        if self._head_timer is None:
            self._start_head_timer()
        if self._head_complete:
            # The answer was given before the body had come.
            if self._unasked_bytes > _DRAINED_BYTES:
                self.transport.close()
        elif self._unasked_bytes > _HEAD_BYTES + len(data):
            # The last piece may have begun with the end of the request before.
            self._refuse(_head_too_large(), 431)

    def _waits_for_head(self) -> bool:
        if self.transport.is_closing():
            return False
        return self.cycle is None or self.cycle.response_complete or not self._head_complete

    def on_message_begin(self) -> None:
        """Begin a head."""
        super().on_message_begin()
        self._head_complete = False
        self._unasked_bytes = 0

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; what stands behind a chunked body is not wanted, and not kept."""
        if not self._head_complete:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Begin the request, or answer 431 in its place."""
        self._head_complete = True
        self._stop_head_timer()
        self._unasked_bytes = 0
        size = len(self.url) + sum(len(name) + len(value) for name, value in self.headers)
        app = self.app
        if size > _HEAD_BYTES:
            self.app = _answer_431
        try:
            super().on_headers_complete()
        finally:
            self.app = app

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 -- uvicorn's own words.
        """Answer what is no HTTP request."""
        self._refuse(_not_http(), 400)

    def _unsupported_upgrade_warning(self) -> None:
        """Say nothing: such a request is answered as if it had asked for no other protocol."""

    def pause_writing(self) -> None:
        """Wait for a client that does not read its answer, but not without end."""
        super().pause_writing()
        if self._stall_timer is None:
            self._stall_timer = self.loop.call_later(_STALLED_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """Go on writing."""
        if self._stall_timer is not None:
            self._stall_timer.cancel()
            self._stall_timer = None
        super().resume_writing()

    def _start_head_timer(self) -> None:
        self._head_timer = self.loop.call_later(self._patience.head_seconds, self._head_late)

    def _stop_head_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _head_late(self) -> None:
        # Where the loop itself was late, the head may lie unread: it is looked at before the end.
        self._head_timer = self.loop.call_later(_LAST_LOOK_SECONDS, self._head_missing)

    def _head_missing(self) -> None:
        self._head_timer = None
        if not self.transport.is_closing():
            self.transport.close()

    def _refuse(
        self, record: ErrorRecord, status: int, headers: dict[str, str] | None = None
    ) -> None:
        """Answer in place of a request and close: what follows cannot be told from what was."""
        answering = self.cycle is not None and not self.cycle.response_complete
        if answering:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if self._refused or self.transport.is_closing():
            return
        self._refused = True
        self._stop_head_timer()
        if answering and self.cycle.response_started:
            self.transport.close()
            return
        answer = respond(record, status, headers={"Connection": "close", **(headers or {})})
        head = [b"%s: %s\r\n" % pair for pair in answer.raw_headers]
        self.transport.write(b"".join([STATUS_LINE[status], *head, b"\r\n", bytes(answer.body)]))
        if len(self.connections) > self._patience.connections + _MOST_LINGERING:
            self.transport.close()
            return
        # To close now would reset what the client still sends, and take the answer from it.
        self.transport.write_eof()
        self.loop.call_later(_LINGER_SECONDS, self.transport.close)


def _too_many(limit: int) -> ErrorRecord:
    return Busy(
        "As many connections are open as may be.",
        limit=limit,
        hint="Try again after the seconds in Retry-After, and close connections not in use.",
    ).record()


def _head_too_large() -> ErrorRecord:
    return HeadTooLarge(
        "The head of the request is larger than it may be, in bytes.",
        limit=_HEAD_BYTES,
        hint="Send fewer or shorter headers, or a shorter path.",
    ).record()


def _not_http() -> ErrorRecord:
    return BodyInvalid(
        "This is not an HTTP/1.1 request.",
        hint="Check the request line, the headers and how the body's length is told.",
    ).record()


async def _answer_431(scope: Scope, receive: Receive, send: Send) -> None:
    await respond(_head_too_large(), 431, headers={"Connection": "close"})(scope, receive, send)
