"""A client that sends any bytes, and reads as much of an answer as there is."""

import asyncio
import contextlib
from collections.abc import Iterable
from dataclasses import dataclass, field

ANSWER_SECONDS = 30.0
_MOST_BYTES = 50_000_000


@dataclass(frozen=True)
class Answer:
    """The first answer on a connection. Status 0: it was closed without one."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    sent: int = 0
    """How many bytes the server had taken when the answer came."""


async def exchange(port: int, pieces: Iterable[bytes]) -> Answer:
    """Send ``pieces`` on a connection of their own, and return the first answer to them."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=_MOST_BYTES)
    sent = [0]
    sending = asyncio.create_task(_send(writer, pieces, sent))
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            return await _read(reader, sent)
    finally:
        sending.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await sending
        writer.transport.abort()


async def _send(writer: asyncio.StreamWriter, pieces: Iterable[bytes], sent: list[int]) -> None:
    with contextlib.suppress(ConnectionError):
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            sent[0] += len(piece)
            # Where the server takes all at once, drain() does not wait, and nobody would read.
            await asyncio.sleep(0)


async def _read(reader: asyncio.StreamReader, sent: list[int]) -> Answer:
    try:
        head = await _head(reader)
    except (asyncio.IncompleteReadError, ConnectionError):
        return Answer(0)
    taken = sent[0]
    line, *lines = head.decode("latin-1").split("\r\n")
    pairs = (line.partition(": ") for line in lines if line)
    headers = {name.lower(): value for name, _, value in pairs}
    status = int(line.split()[1])
    if status == 304:
        return Answer(status, headers, b"", taken)
    return Answer(status, headers, await _body(reader, headers), taken)


async def _head(reader: asyncio.StreamReader) -> bytes:
    head = b"HTTP/1.1 100 "
    while head.startswith(b"HTTP/1.1 100 "):
        head = await reader.readuntil(b"\r\n\r\n")
    return head


async def _body(reader: asyncio.StreamReader, headers: dict[str, str]) -> bytes:
    try:
        if "content-length" in headers:
            return await reader.readexactly(int(headers["content-length"]))
        if headers.get("transfer-encoding") != "chunked":
            return await reader.read()
        body = b""
        while size := int(await reader.readline(), 16):
            body += await reader.readexactly(size + 2)
    except (asyncio.IncompleteReadError, ConnectionError) as error:
        raise AssertionError(f"The answer breaks off: {headers}") from error
    return body
