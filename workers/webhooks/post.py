"""One request to one endpoint, bounded in time and size, and what came of it."""

import asyncio
import contextlib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import httpcore2

from khabar.webhooks.callback import Callback
from khabar.webhooks.message import Outcome
from workers.webhooks.guarded import AddressRefused, NameUnresolved

MOST_BYTES_READ = 64 * 1024
_LAST_WORDS_SECONDS = 1.0
"""How long an endpoint may go on writing after its status is known."""
_CONNECT_SECONDS = 5.0
_LONGEST_RETRY_AFTER_SECONDS = 86_400.0

_BY_STATUS = {2: Outcome.DELIVERED, 3: Outcome.REDIRECTED, 4: Outcome.REJECTED}
_BY_ERROR: tuple[tuple[type[Exception], Outcome], ...] = (
    (NameUnresolved, Outcome.NAME_UNRESOLVED),
    (AddressRefused, Outcome.ADDRESS_REFUSED),
    (TimeoutError, Outcome.TIMED_OUT),
    (httpcore2.TimeoutException, Outcome.TIMED_OUT),
    (httpcore2.ProtocolError, Outcome.ANSWER_UNREADABLE),
    (httpcore2.NetworkError, Outcome.CONNECTION_FAILED),
    (OSError, Outcome.CONNECTION_FAILED),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a request. ``retry_after`` is what the endpoint asked for, in seconds."""

    outcome: Outcome
    status: int | None = None
    retry_after: float = 0.0


class Poster:
    """Sends requests. Every one has a connection of its own, so each is checked anew.

    ``timeout_seconds`` bounds an attempt in all, from the look-up of the name to the answer.
    """

    def __init__(
        self,
        backend: httpcore2.AsyncNetworkBackend,
        timeout_seconds: float,
        connections: int,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._timeout_seconds = timeout_seconds
        self._pool = httpcore2.AsyncConnectionPool(
            # Made once: to read the certificates of all authorities takes some milliseconds.
            ssl_context=tls or httpcore2.default_ssl_context(),
            max_connections=connections,
            max_keepalive_connections=0,
            network_backend=backend,
        )

    async def post(self, callback: Callback, headers: Mapping[str, str], body: bytes) -> Answer:
        """Send a body and return what came of it; raises nothing for what others do wrong."""
        try:
            async with asyncio.timeout(self._timeout_seconds):
                return await self._post(callback, headers, body)
        except tuple(kind for kind, _ in _BY_ERROR) as error:
            return Answer(next(out for kind, out in _BY_ERROR if isinstance(error, kind)))

    async def close(self) -> None:
        """Close what is open."""
        await self._pool.aclose()

    async def _post(self, callback: Callback, headers: Mapping[str, str], body: bytes) -> Answer:
        url = httpcore2.URL(
            scheme=callback.scheme, host=callback.host, port=callback.port, target=callback.target
        )
        always = {
            "Host": callback.authority,
            "Content-Length": str(len(body)),
            "Connection": "close",
        }
        async with self._pool.stream(
            "POST",
            url,
            headers=[*always.items(), *headers.items()],
            content=body,
            extensions={"timeout": {"connect": _CONNECT_SECONDS}},
        ) as response:
            answer = _answer(response)
            await _hear_out(response)
            return answer


def _answer(response: httpcore2.Response) -> Answer:
    status = response.status
    outcome = _BY_STATUS.get(status // 100, Outcome.SERVER_ERROR)
    if status == HTTPStatus.GONE:
        outcome = Outcome.GONE
    asked = next((value for name, value in response.headers if name.lower() == b"retry-after"), b"")
    return Answer(outcome, status, _retry_after(asked.decode("latin-1").strip()))


async def _hear_out(response: httpcore2.Response) -> None:
    """Read a little of the body and drop it: some servers take a cut connection for an error."""
    read = 0
    with contextlib.suppress(TimeoutError, *(kind for kind, _ in _BY_ERROR)):
        async with asyncio.timeout(_LAST_WORDS_SECONDS):
            async for chunk in response.aiter_stream():
                read += len(chunk)
                if read >= MOST_BYTES_READ:
                    return


def _retry_after(text: str) -> float:
    """Return the seconds in a Retry-After (RFC 9110, 10.2.3), within bounds; 0 if unreadable."""
    try:
        if text.isdecimal():
            seconds = float(text)
        else:
            at = parsedate_to_datetime(text)
            seconds = (at.replace(tzinfo=at.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
    except (ValueError, TypeError, OverflowError):
        return 0.0
    return min(max(seconds, 0.0), _LONGEST_RETRY_AFTER_SECONDS)
