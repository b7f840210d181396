"""Promised: while Redis is frozen, requests are answered soon, and cached reads as ever."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Self

import httpx

from tests.e2e.stories import article
from tests.faults.site import Site, percentile

FROZEN_SECONDS = 20.0
CLIENTS = 8
SOON_SECONDS = 2.0


class Asking:
    """Threads that send a fresh article, and read a summary that is in memory, again and again."""

    def __init__(self, url: str, summary: str) -> None:
        self._url, self._summary = url, summary
        self._stopping = threading.Event()
        self.seconds: list[float] = []
        self.submits: Counter[int] = Counter()
        self.reads: Counter[int] = Counter()
        self.without_retry_after = 0
        self._threads = [
            threading.Thread(target=self._run, args=(number,)) for number in range(CLIENTS)
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def _run(self, number: int) -> None:
        with httpx.Client(base_url=self._url, timeout=30, trust_env=False) as client:
            turn = 0
            while not self._stopping.is_set():
                turn += 1
                sent = article(1000 * number + turn, languages=["en"])
                answer = self._timed(lambda sent=sent: client.post("/v1/jobs", json=sent))
                self.submits[answer.status_code] += 1
                if answer.status_code == 503 and "retry-after" not in answer.headers:
                    self.without_retry_after += 1
                self.reads[self._timed(lambda: client.get(self._summary)).status_code] += 1
                self._stopping.wait(0.05)

    def _timed(self, ask: Callable[[], httpx.Response]) -> httpx.Response:
        start = time.monotonic()
        answer = ask()
        self.seconds.append(time.monotonic() - start)
        return answer


def test_redis_is_frozen_for_twenty_seconds(
    make_site: Callable[..., Site], figure: Callable[[str, object], None]
):
    site = make_site()
    site.open(apis=1, workers=1)
    with site.client() as client:
        wait = {"Prefer": "wait=30"}
        job = client.post("/v1/jobs", json=article(1, languages=["en"]), headers=wait).json()
        summary = f"/v1/summaries/{job['article_hash']}/en?recipe=tiny"
        assert client.get(summary).status_code == 200
        site.freeze_redis()
        try:
            with Asking(site.url, summary) as asking:
                time.sleep(FROZEN_SECONDS)
        finally:
            site.thaw_redis()
        start = time.monotonic()
        assert client.post("/v1/jobs", json=article(2)).status_code == 202
        back = time.monotonic() - start
    slowest = percentile(asking.seconds, 99)
    figure(f"Redis frozen for {FROZEN_SECONDS:.0f} s: submissions by status", dict(asking.submits))
    figure("Redis frozen: cached reads by status", dict(asking.reads))
    figure("Redis frozen: 99th percentile of all answers", f"{slowest:.2f} s")
    figure("Redis frozen: the first answer after it took", f"{back:.2f} s")
    assert set(asking.submits) == {503}
    assert set(asking.reads) == {200}
    assert asking.without_retry_after == 0
    assert slowest <= SOON_SECONDS
    assert back <= SOON_SECONDS
