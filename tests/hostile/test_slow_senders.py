"""Clients that take their time: cut off when it was said they would be, and in nobody's way."""

import asyncio
import contextlib
import json
import re
import time
from collections.abc import Iterator

import pytest

from tests.e2e.cluster import Cluster
from tests.hostile.attacks import HOST, JSON, get, post, said
from tests.hostile.targets import BODY_SECONDS, HEAD_SECONDS, hostile_cluster
from tests.hostile.wire import Answer, exchange

SLACK_SECONDS = 2.0


async def until_closed(port: int, head: bytes, drip: bytes, every: float) -> tuple[bytes, float]:
    """Send ``head``, then ``drip`` again and again; return what came back, and after how long."""
    # The service counts from when it is connected to, which it may be before this is told so.
    began = time.monotonic()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(head)

    async def go_on() -> None:
        with contextlib.suppress(ConnectionError):
            while True:
                await asyncio.sleep(every)
                writer.write(drip)
                await writer.drain()

    dripping = asyncio.create_task(go_on())
    came = b""
    with contextlib.suppress(ConnectionError):
        async with asyncio.timeout(30):
            while part := await reader.read(65_536):
                came += part
    dripping.cancel()
    writer.transport.abort()
    return came, time.monotonic() - began


def test_200_slow_heads_stop_nobody_and_are_cut_off(target: Cluster):
    port = target.settings.port

    async def scene() -> tuple[list[tuple[bytes, float]], list[float]]:
        slow = [
            asyncio.create_task(
                until_closed(port, b"GET /healthz HTTP/1.1\r\n", b"X-A: b\r\n", 0.1)
            )
            for _ in range(200)
        ]
        await asyncio.sleep(0.5)
        took = []
        while not all(task.done() for task in slow):
            began = time.monotonic()
            assert (await exchange(port, [get(b"/v1/languages")])).status == 200
            took.append(time.monotonic() - began)
            await asyncio.sleep(0.05)
        return await asyncio.gather(*slow), took

    cut, took = asyncio.run(scene())
    assert {came for came, _ in cut} == {b""}
    assert min(seconds for _, seconds in cut) >= HEAD_SECONDS - 0.5
    assert max(seconds for _, seconds in cut) < HEAD_SECONDS + SLACK_SECONDS
    assert len(took) > 5
    assert max(took) < 1


@pytest.mark.parametrize("drip", [b"\r\n", b"G", b""])
def test_a_connection_kept_alive_is_no_way_around_it(target: Cluster, drip: bytes):
    came, seconds = asyncio.run(
        until_closed(target.settings.port, get(b"/healthz"), drip, every=0.2)
    )
    assert len(re.findall(rb"HTTP/1\.1 \d", came)) <= 2
    assert came.startswith(b"HTTP/1.1 200")
    # uvicorn itself closes a connection that says nothing after five seconds.
    assert seconds < max(HEAD_SECONDS, 5) + SLACK_SECONDS


def test_a_body_after_its_answer_is_cut_off(target: Cluster):
    head = b"POST /nothing HTTP/1.1\r\n" + HOST + b"Content-Length: 1000000\r\n\r\n"
    came, seconds = asyncio.run(until_closed(target.settings.port, head, b" ", every=0.1))
    assert came.startswith(b"HTTP/1.1 404")
    assert seconds < HEAD_SECONDS + SLACK_SECONDS


@pytest.mark.parametrize(
    ("framing", "drip"),
    [
        (b"Content-Length: 1000000\r\n\r\n{", b" "),
        (b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
    ],
)
@pytest.mark.parametrize("path", [b"/v1/jobs", b"/v1/jobs/batch"])
def test_a_body_that_dribbles_is_answered_408(
    target: Cluster, path: bytes, framing: bytes, drip: bytes
):
    head = b"POST " + path + b" HTTP/1.1\r\n" + HOST + JSON + framing
    came, seconds = asyncio.run(until_closed(target.settings.port, head, drip, every=0.1))
    assert came.startswith(b"HTTP/1.1 408")
    assert b"connection: close" in came.lower()
    assert json.loads(came.partition(b"\r\n\r\n")[2])["code"] == "too_slow"
    assert BODY_SECONDS - 0.5 <= seconds < BODY_SECONDS + SLACK_SECONDS


def test_a_body_at_a_good_pace_has_more_time(target: Cluster):
    body = b" " * 300_000 + said()
    parts = [body[start : start + 16_384] for start in range(0, len(body), 16_384)]

    async def scene() -> Answer:
        reader, writer = await asyncio.open_connection("127.0.0.1", target.settings.port)
        writer.write(post(body)[: -len(body)])
        for part in parts:
            await asyncio.sleep(0.25)
            writer.write(part)
            await writer.drain()
        line = await reader.readline()
        writer.transport.abort()
        return Answer(int(line.split()[1]))

    began = time.monotonic()
    assert asyncio.run(scene()).status in {200, 202}
    assert time.monotonic() - began > BODY_SECONDS


def test_an_event_stream_is_not_cut_off(target: Cluster):
    with target.client() as client:
        story = f"Officials opened a new library in the port at {time.time()}. It holds many books."
        job = client.post("/v1/jobs", json=json.loads(said(text=story)))
        assert job.status_code == 202, job.text
        place = job.json()["links"]["events"]
        began = time.monotonic()
        longest = max(HEAD_SECONDS, BODY_SECONDS) + SLACK_SECONDS
        kinds = []
        with client.stream("GET", place) as events:
            for line in events.iter_lines():
                if line.startswith("event: "):
                    kinds.append(line.removeprefix("event: "))
                if kinds == ["accepted"] and time.monotonic() - began > longest:
                    client.delete(job.json()["links"]["self"])
                    began = float("inf")
    assert kinds[0] == "accepted"
    assert kinds[-1] == "end"
    assert began == float("inf")


@pytest.fixture(scope="module")
def narrow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with hostile_cluster(tmp_path_factory.mktemp("narrow"), max_connections=20) as cluster:
        yield cluster


def test_connections_beyond_the_cap_are_told_so(narrow: Cluster):
    port = narrow.settings.port

    async def scene() -> tuple[Answer, Answer]:
        slow = [asyncio.create_task(until_closed(port, b"GET ", b"", 60)) for _ in range(20)]
        await asyncio.sleep(0.3)
        refused = await exchange(port, [get(b"/healthz")])
        await asyncio.gather(*slow)
        return refused, await exchange(port, [get(b"/healthz")])

    refused, later = asyncio.run(scene())
    assert (refused.status, json.loads(refused.body)["limit"]) == (503, 20)
    assert refused.headers["retry-after"] == "5"
    assert refused.headers["content-type"] == "application/problem+json"
    assert later.status == 200
