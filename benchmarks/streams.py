"""Many event streams at once, each a plain connection: the client is to cost next to nothing."""

import asyncio
import contextlib
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

_END = b"event: end"
_FIRST = b"event: accepted"


@dataclass
class Stream:
    """One client that follows one job. Times are those of ``time.perf_counter``."""

    job: str
    opened: float | None = None
    ended: float | None = None
    error: str | None = None
    reader: asyncio.StreamReader | None = field(default=None, repr=False)
    writer: asyncio.StreamWriter | None = field(default=None, repr=False)

    async def open(self, url: str) -> None:
        """Connect, ask for the events, and return when the first has come."""
        parts = urlsplit(url)
        try:
            self.reader, self.writer = await asyncio.open_connection(parts.hostname, parts.port)
            request = f"GET {self.job}/events HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n"
            self.writer.write(request.encode())
            await asyncio.wait_for(self.reader.readuntil(_FIRST), 60)
            self.opened = time.perf_counter()
        except (OSError, asyncio.IncompleteReadError, TimeoutError) as error:
            self.error = type(error).__name__

    async def follow(self) -> None:
        """Return when the job's last event has come."""
        if self.reader is None or self.error:
            return
        try:
            await asyncio.wait_for(self.reader.readuntil(_END), 120)
            self.ended = time.perf_counter()
        except (OSError, asyncio.IncompleteReadError, TimeoutError) as error:
            self.error = type(error).__name__

    async def close(self) -> None:
        """Hang up."""
        if self.writer is not None:
            self.writer.close()
            with contextlib.suppress(OSError):
                await self.writer.wait_closed()


async def open_all(url: str, jobs: Sequence[str], count: int) -> list[Stream]:
    """Open so many streams, shared out among the jobs; return when each has its first event."""
    streams = [Stream(jobs[number % len(jobs)]) for number in range(count)]
    # A backlog of connections has a limit of its own, which is not what is measured.
    waves = [streams[start : start + 100] for start in range(0, count, 100)]
    for wave in waves:
        await asyncio.gather(*(stream.open(url) for stream in wave))
    return streams
