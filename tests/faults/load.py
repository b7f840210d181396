"""Clients that never stop: they send articles, and send again what was not promised."""

import itertools
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx

from tests.e2e.stories import article
from tests.faults.history import History

_PATIENCE_SECONDS = 120.0
"""A client gives up on an article that was not accepted for so long."""
_PAUSE_SECONDS = 0.2


@dataclass
class Answers:
    """What clients met: answers by status, connections that failed, and how long answers took."""

    statuses: Counter[int] = field(default_factory=Counter)
    broken_connections: int = 0
    given_up: int = 0
    seconds: list[float] = field(default_factory=list)

    def of_server_errors(self) -> int:
        return sum(count for status, count in self.statuses.items() if status >= 500)


class Load:
    """Threads that submit to any of the APIs. What one does not accept is sent to the next.

    One job in ten repeats an article of a moment ago, one in eight asks for all three languages,
    and one in fifty is cancelled again. Most come in batches.
    """

    def __init__(
        self, urls: list[str], history: History, *, seed: int = 0, batch: int = 20
    ) -> None:
        self._urls = urls
        self._history = history
        self._seed = seed
        self._batch = batch
        self._numbers = itertools.count(seed * 10_000_000)
        self._stopping = threading.Event()
        self.may_send = threading.Event()
        """While it is not set, clients wait with new articles."""
        self.may_send.set()
        self.answers = Answers()

    @contextmanager
    def running(self, clients: int) -> Iterator[Answers]:
        """Send from ``clients`` threads for the length of the block; then let each finish."""
        threads = [
            threading.Thread(target=self._run, args=(number,), name=f"client-{number}")
            for number in range(clients)
        ]
        for thread in threads:
            thread.start()
        try:
            yield self.answers
        finally:
            self._stopping.set()
            self.may_send.set()
            for thread in threads:
                thread.join()

    def _run(self, number: int) -> None:
        chance = random.Random(f"{self._seed}/{number}")
        with httpx.Client(timeout=30, trust_env=False) as client:
            while not self._stopping.is_set():
                self.may_send.wait()
                if chance.random() < 1 / (self._batch + 1):
                    for _ in range(self._batch):
                        self._send_one(client, chance)
                else:
                    self._send_batch(client, chance)

    def _article(self, chance: random.Random) -> dict:
        number = next(self._numbers)
        if chance.random() < 0.1:
            number = max(0, number - chance.randrange(1, 50))
        if chance.random() < 0.125:
            return article(number)
        return article(number, languages=["en"])

    def _send_one(self, client: httpx.Client, chance: random.Random) -> None:
        key = f"key-{chance.getrandbits(96):x}"
        sent = self._article(chance)

        def post(url: str) -> httpx.Response:
            return client.post(f"{url}/v1/jobs", json=sent, headers={"Idempotency-Key": key})

        answer = self._until_taken(post, chance)
        if answer is None:
            return
        job = answer.json()
        self._history.accept(key, job["id"])
        if chance.random() < 0.02:
            self._until_taken(
                lambda url: client.delete(f"{url}/v1/jobs/{job['id']}"), chance, also=frozenset()
            )

    def _send_batch(self, client: httpx.Client, chance: random.Random) -> None:
        key = f"key-{chance.getrandbits(96):x}"
        sent = [self._article(chance) for _ in range(self._batch)]
        waiting = set(range(len(sent)))
        until = time.monotonic() + _PATIENCE_SECONDS

        def post(url: str) -> httpx.Response:
            # All of it again: what was accepted before answers with the same job.
            return client.post(f"{url}/v1/jobs/batch", json=sent, headers={"Idempotency-Key": key})

        while waiting and time.monotonic() < until:
            answer = self._until_taken(post, chance)
            if answer is None:
                return
            for index, item in enumerate(answer.json()["items"]):
                if "job" in item:
                    self._history.accept(f"{key}#{index}", item["job"]["id"])
                    waiting.discard(index)
            if waiting:
                time.sleep(_PAUSE_SECONDS)
        self.answers.given_up += len(waiting)

    def _until_taken(
        self,
        send: Callable[[str], httpx.Response],
        chance: random.Random,
        also: frozenset[int] = frozenset({429}),
    ) -> httpx.Response | None:
        """Send until it is answered well, at one API after the other; None if that takes long."""
        first = chance.randrange(len(self._urls))
        until = time.monotonic() + _PATIENCE_SECONDS
        for attempt in itertools.count(first):
            start = time.monotonic()
            try:
                answer = send(self._urls[attempt % len(self._urls)])
            except httpx.TransportError:
                self.answers.broken_connections += 1
            else:
                self.answers.statuses[answer.status_code] += 1
                self.answers.seconds.append(time.monotonic() - start)
                if answer.status_code < 400:
                    return answer
                assert answer.status_code in {503, *also}, answer.text
            if time.monotonic() > until:
                self.answers.given_up += 1
                return None
            time.sleep(_PAUSE_SECONDS)
        return None
