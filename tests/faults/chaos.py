"""Load and disturbances at once, for as long as a plan says; then everything is looked at."""

import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from redis import exceptions

from khabar.store import schema
from tests.faults.disturbances import DISTURBANCES, choose
from tests.faults.history import Findings, History
from tests.faults.load import Answers, Load
from tests.faults.site import Site, with_group

_MOST_OPEN = 600
"""Clients wait with new articles while so many computations are open."""


@dataclass(frozen=True)
class Plan:
    """How much of everything. It goes on until both numbers are reached."""

    jobs: int
    faults: int
    pause_seconds: float
    """Between two faults, on average."""
    seed: int = 0
    clients: int = 2
    drain_seconds: float = 120.0


@dataclass(frozen=True)
class Report:
    """What was done, what clients met, and what became of the jobs."""

    faults: Counter[str]
    seconds: float
    drained_in: float
    answers: Answers
    findings: Findings
    computed_twice: int
    leases_expired: int

    @property
    def broken(self) -> list[str]:
        """One line for each promise that was not kept."""
        unended = [f"{job}: has not ended" for job in self.findings.unended]
        twice = [f"{self.computed_twice} computations done twice"] if self.computed_twice else []
        return [*self.findings.broken, *unended, *twice]


def run(site: Site, plan: Plan, tell: Callable[[str], None] = print) -> Report:
    """Run the plan on an open site."""
    chance, history = random.Random(plan.seed), History()
    load = Load(site.urls, history, seed=plan.seed)
    faults = Counter[str]()
    start = time.monotonic()
    with paced(site, load), load.running(plan.clients) as answers:
        while len(history) < plan.jobs or faults.total() < plan.faults:
            _pause(chance, plan.pause_seconds)
            if faults.total() < plan.faults:
                name = choose(chance)
                DISTURBANCES[name][0](site, chance)
                faults[name] += 1
            tell(f"{time.monotonic() - start:6.0f} s {len(history)} jobs {faults.total()} faults")
    heal(site)
    drained_in = drained(site, history, plan.drain_seconds)
    counters = site.counters()
    findings = history.check(site.store)
    return Report(
        faults=faults,
        seconds=time.monotonic() - start,
        drained_in=drained_in,
        answers=answers,
        findings=findings,
        computed_twice=counters["computations_done"] - _summaries(site),
        leases_expired=counters.get("leases_expired", 0),
    )


def heal(site: Site) -> None:
    """Let everything go on that may still be held up."""
    site.proxy.release()
    site.thaw_redis()
    for child in site.children:
        with_group(child, signal.SIGCONT)


def _pause(chance: random.Random, mean: float) -> None:
    time.sleep(chance.uniform(0, 2 * mean))


@contextmanager
def paced(site: Site, load: Load) -> Iterator[None]:
    """Keep the clients from running away from the workers, for the length of the block."""
    stopping = threading.Event()

    def look() -> None:
        while not stopping.wait(0.1):
            with suppress(exceptions.RedisError):
                few = site.store.zcard(schema.DUE) < _MOST_OPEN
                (load.may_send.set if few else load.may_send.clear)()

    thread = threading.Thread(target=look, name="hold-back")
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join()


def drained(site: Site, history: History, seconds: float) -> float:
    """Return how long it took until every accepted job had ended, at most ``seconds``."""
    start = time.monotonic()
    while history.unended(site.store) and time.monotonic() - start < seconds:
        time.sleep(0.25)
    return time.monotonic() - start


def _summaries(site: Site) -> int:
    return sum(1 for _ in site.store.scan_iter(f"{schema.SUMMARY}*", count=1000))
