"""Promised: with five times the load it can bear, the service refuses some and serves the rest."""

import itertools
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Self

import httpx

from tests.e2e.stories import article
from tests.faults.chaos import drained
from tests.faults.conftest import Scale
from tests.faults.history import History
from tests.faults.marked_app import SLEEPS
from tests.faults.site import Site, percentile

THREADS = 4
SLEEP_SECONDS = 0.4
CAPACITY = THREADS / SLEEP_SECONDS
"""Articles a second that the worker can do."""
TIMES = 5
MOST_OPEN = 100
WARM_SECONDS = 20
"""Caches and pools are filled by then; from here on memory should not grow."""
GROWTH_BYTES = 32 * 1024 * 1024


class Flood:
    """Sends articles at a fixed rate, whatever the answers, as a wire does."""

    def __init__(self, site: Site, history: History) -> None:
        self._history = history
        self._numbers = itertools.count()
        self.statuses: Counter[int] = Counter()
        self.without_retry_after = 0
        self._client = httpx.Client(
            base_url=site.url, timeout=30, trust_env=False, limits=httpx.Limits(max_connections=16)
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def run(self, seconds: float) -> None:
        start = time.monotonic()
        with ThreadPoolExecutor(16) as pool:
            for number in range(int(seconds * TIMES * CAPACITY)):
                due = start + number / (TIMES * CAPACITY)
                time.sleep(max(0.0, due - time.monotonic()))
                pool.submit(self._send, next(self._numbers))

    def _send(self, number: int) -> None:
        sent = article(number, languages=["en"]) | {"guid": f"{SLEEPS}{SLEEP_SECONDS * 1000:.0f}"}
        answer: httpx.Response = self._client.post("/v1/jobs", json=sent)
        self.statuses[answer.status_code] += 1
        if answer.status_code == 202:
            self._history.accept(str(number), answer.json()["id"])
        elif "retry-after" not in answer.headers:
            self.without_retry_after += 1


def test_five_times_what_it_can_bear(
    make_site: Callable[..., Site], scale: Scale, figure: Callable[[str, object], None]
):
    site = make_site(worker_threads=THREADS, max_open_computations=MOST_OPEN, lease_seconds=5)
    site.open(apis=1, workers=0)
    site.start_marked_worker()
    site.wait_until_ready()
    history = History()
    with Flood(site, history) as flood:
        flood.run(WARM_SECONDS)
        before = memory(site)
        flood.run(scale.overload_seconds)
        after = memory(site)
    drained(site, history, 60)
    findings = history.check(site.store)
    waited = percentile(history.seconds(site.store), 99)
    # A full queue takes so long, at the rate at which this machine really served.
    longest = MOST_OPEN * (WARM_SECONDS + scale.overload_seconds) / findings.jobs
    growth = {name: after[name] - before[name] for name in before}
    figure("overload: seconds", scale.overload_seconds)
    figure("overload: answers by status", dict(flood.statuses))
    figure("overload: 99th percentile from accepted to done", f"{waited:.1f} s")
    figure("overload: what a full queue takes", f"{longest:.1f} s")
    figure("overload: growth in MiB", {name: f"{b / 2**20:.1f}" for name, b in growth.items()})
    assert set(flood.statuses) == {202, 429}
    assert flood.without_retry_after == 0
    assert flood.statuses[429] > flood.statuses[202], "it was not overloaded"
    assert findings.broken == []
    assert findings.unended == []
    assert waited < 2 * longest
    assert max(growth.values()) < GROWTH_BYTES


def memory(site: Site) -> dict[str, int]:
    """Return the resident bytes of each process."""
    return {child.name: _resident(child.pid) for child in site.children if child.pid}


def _resident(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    (line,) = [line for line in status.splitlines() if line.startswith("VmRSS:")]
    return int(line.split()[1]) * 1024
