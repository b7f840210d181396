"""What webhooks cost: in the script that ends a job, and by the message.

Run as ``python -m benchmarks.webhooks``. Everything is on this machine: a Redis of its own, a
sender in a thread, and servers that answer at once.
"""

import asyncio
import logging
import statistics
import tempfile
import time
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path

import structlog

from benchmarks.machine import describe_machine
from khabar.computation import Computation
from khabar.languages import Language
from khabar.queues import Priority
from khabar.settings import Settings
from khabar.store import outbox_schema
from khabar.store.connection import service_connection, worker_connection
from khabar.store.intake import Intake, Submission
from khabar.store.ledger import Ledger
from khabar.store.outbox import Outbox
from khabar.store.webhook_secrets import SecretBook
from khabar.summary import Length, Reading, Summary, SummarySentence
from khabar.webhooks.callback import Callback
from khabar.webhooks.message import MessageState
from khabar.webhooks.policy import Policy
from service.embedded.redis_server import RedisServer
from workers.webhooks.sender import Sender

_JOBS = 400
_ROUNDS = 5
_SLOW_SECONDS = 1.0


class Bench:
    """A store, and jobs that end in it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.policy = Policy(
            plain_http=True,
            ports=frozenset(range(1, 65_536)),
            networks=(ip_network("127.0.0.0/8"),),
        )
        self.service = service_connection(settings.store_url)
        self.workers = worker_connection(settings.store_url)
        self.intake = Intake(self.service, settings)
        self.ledger = Ledger(self.workers, settings)
        self.outbox = Outbox(self.service, settings)
        self._number = 0

    async def end_jobs(self, count: int, url: str | None) -> list[int]:
        """Submit, claim and finish jobs; return the microseconds of Redis for each finish."""
        callback = Callback.parse(url, self.policy) if url else None
        await self.service.slowlog_reset()
        for _ in range(count):
            self._number += 1
            computation = Computation(
                article_hash=format(self._number, "064x"),
                source_language=Language.ENGLISH,
                language=Language.ENGLISH,
                length=Length.SHORT,
                recipe="builtin",
                fingerprint="f" * 32,
            )
            job = Submission(
                job_id=format(self._number, "032x"),
                owner="",
                article_json='{"body":"text"}',
                wanted=(computation,),
                priority=Priority.BULK,
                callback=callback,
            )
            await self.intake.submit(job)
            claim = self.ledger.claim(computation.id, "worker")
            if claim is None:
                raise RuntimeError("somebody else works on this store")
            self.ledger.finish(claim, _summary(computation), 1)
        script = self.ledger._scripts["DONE"].sha  # noqa: SLF001 -- to know it in the log.
        calls = await self.service.slowlog_get(10_000)
        return [call["duration"] for call in calls if script in str(call["command"])]

    async def undelivered(self) -> int:
        """Return how many messages are pending."""
        return int(await self.service.zcard(f"{outbox_schema.MESSAGES}pending:"))

    async def close(self) -> None:
        """Close the connections."""
        await self.service.aclose()
        self.workers.close()


def _summary(computation: Computation) -> Summary:
    return Summary(
        **computation.model_dump(),
        headline="Headline",
        sentences=(SummarySentence(text="A sentence.", sources=()),),
        needs_review=False,
        models=(),
        read=Reading(characters_read=4, characters_total=4, sentences_read=1, sentences_total=1),
        timings_ms={},
        created_at=datetime.now(UTC),
    )


async def _serve(seconds: float) -> tuple[asyncio.Server, str]:
    """Serve 204 after some seconds; return the server and its URL."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        await reader.readexactly(length)
        await asyncio.sleep(seconds)
        writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    return server, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"


async def _finishes(bench: Bench) -> None:
    rounds = [
        (
            statistics.median(await bench.end_jobs(_JOBS, None)),
            statistics.median(await bench.end_jobs(_JOBS, "http://127.0.0.1:1/")),
        )
        for _ in range(_ROUNDS)
    ]
    print("| the finish of a job in one language | µs in Redis | without = 1 |\n|---|---|---|")
    without = statistics.median(pair[0] for pair in rounds)
    with_one = statistics.median(pair[1] for pair in rounds)
    ratio = statistics.median(pair[1] / pair[0] for pair in rounds)
    print(f"| without a callback | {without:.0f} | 1.00 |")
    print(f"| with a callback | {with_one:.0f} | {ratio:.2f} |\n")


async def _rate(settings: Settings, bench: Bench, count: int) -> float:
    server, url = await _serve(0)
    await bench.end_jobs(count, url)
    sender = Sender(settings)
    began = time.perf_counter()
    sender.start()
    while await bench.undelivered():  # noqa: ASYNC110 -- the sender is in another thread.
        await asyncio.sleep(0.02)
    seconds = time.perf_counter() - began
    sender.stop()
    server.close()
    return count / seconds


async def _behind_a_slow_one(settings: Settings, bench: Bench) -> float:
    """Return the seconds of a message that was written behind 200 to a slow endpoint."""
    slow, slow_url = await _serve(_SLOW_SECONDS)
    quick, quick_url = await _serve(0)
    await bench.end_jobs(200, slow_url)
    sender = Sender(settings)
    sender.start()
    await asyncio.sleep(0.5)
    await bench.end_jobs(1, quick_url)
    written = time.perf_counter()
    while True:
        page = await bench.outbox.page("", MessageState.DELIVERED, 200)
        if any(message.callback_url == quick_url for message in page.messages):
            break
        await asyncio.sleep(0.005)
    arrived = time.perf_counter() - written
    sender.stop()
    slow.close()
    quick.close()
    return arrived


async def _run() -> None:
    logging.disable()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with tempfile.TemporaryDirectory() as folder, RedisServer(Path(folder)) as redis:
        settings = Settings(
            store_url=redis.store_url,
            webhook_plain_http=True,
            webhook_ports=",".join(map(str, range(1, 65_536))),
            webhook_allowed_networks="127.0.0.0/8",
            webhook_max_pending=100_000,
            soft_shutdown_seconds=2,
        )
        bench = Bench(settings)
        await bench.service.config_set("slowlog-log-slower-than", 0)
        await bench.service.config_set("slowlog-max-len", 10_000)
        await SecretBook(bench.service).find_or_make("")
        print(describe_machine(), "\n")
        await _finishes(bench)
        await bench.service.flushall()
        await SecretBook(bench.service).find_or_make("")
        print("| messages to one endpoint on loopback | a second |\n|---|---|")
        for at_once in (1, 4, 32):
            chosen = settings.model_copy(update={"webhook_endpoint_connections": at_once})
            rates = [await _rate(chosen, bench, 300) for _ in range(3)]
            print(f"| {at_once} at once | {statistics.median(rates):.0f} |")
        arrived = await _behind_a_slow_one(settings, bench)
        print(
            f"\nA message written behind 200 to an endpoint that takes {_SLOW_SECONDS:.0f} s: "
            f"arrived after {arrived * 1000:.0f} ms."
        )
        await bench.close()


if __name__ == "__main__":
    asyncio.run(_run())
