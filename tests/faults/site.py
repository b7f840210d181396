"""A service as a newsroom runs it: several APIs and workers, and a network before its Redis."""

import os
import secrets
import signal
import threading
from collections.abc import Callable
from pathlib import Path

import httpx

from khabar.queues import TASKS, Priority, Stage, celery_app, queue_name
from khabar.store import schema
from service.embedded.address import url_of
from service.embedded.child import Child
from service.embedded.programs import worker_command
from tests.e2e.cluster import Cluster
from tests.faults.proxy import TcpProxy
from tests.ports import unused_port
from tests.waiting import wait_for


class Site(Cluster):
    """A cluster whose processes reach Redis through a proxy, and may be hurt in many ways.

    The folder's name must be short: Redis listens on a socket in it, also after a restart.
    """

    def __init__(self, folder: Path, **changes: object) -> None:
        self.apis: dict[str, Child] = {}
        self.workers: list[Child] = []
        super().__init__(folder, recipes_folder=folder / "recipes", **changes)

    def _addresses(self) -> dict[str, str]:
        self.proxy = TcpProxy(self.redis.socket).start()
        address = f"redis://127.0.0.1:{self.proxy.port}"
        return {"store_url": f"{address}/0", "broker_url": f"{address}/1"}

    @property
    def urls(self) -> list[str]:
        """Where the APIs listen."""
        return list(self.apis)

    def open(self, *, apis: int, workers: int) -> None:
        """Start the processes and return when all of them serve."""
        for _ in range(apis):
            port = unused_port()
            self.apis[url_of(self.settings.host, port)] = self.start_api(port)
        self.workers += [self.start_worker() for _ in range(workers)]
        for url in self.urls:
            self.wait_for_api(url)
        self.url = self.urls[0]
        self.wait_until_ready(work=bool(workers))

    def start_marked_worker(self) -> Child:
        """Start a worker to which marked articles do something (tests/faults/marked_app.py)."""
        command = [
            "tests.faults.marked_app" if part == "workers.app" else part
            for part in worker_command(self.settings)
        ]
        worker = self._start("marked-worker", command, self.settings)
        self.workers.append(worker)
        return worker

    def wait_for_api(self, url: str, seconds: float = 60) -> None:
        """Return when an API answers that the store does."""
        wait_for(lambda: _answers(f"{url}/readyz"), seconds)

    def restart(self, child: Child) -> None:
        """Stop a process softly, and start it again. One that is frozen goes on first."""
        with_group(child, signal.SIGCONT)
        child.stop()
        child.start()

    def end(self, child: Child) -> None:
        """End a process and its children as a power cut would, whatever state it is in."""
        if child.pid is not None:
            with_group(child, signal.SIGKILL)
        child.stop()

    def end_and_restart(self, child: Child) -> None:
        self.end(child)
        child.start()

    def freeze_redis(self) -> None:
        assert self.redis.pid is not None
        os.kill(self.redis.pid, signal.SIGSTOP)

    def thaw_redis(self) -> None:
        assert self.redis.pid is not None
        os.kill(self.redis.pid, signal.SIGCONT)

    def publish_stray_hints(self, count: int) -> None:
        """Put hints of computations that do not exist on a queue."""
        app = celery_app(self.settings.model_copy(update={"broker_url": self.redis.broker_url}))
        stage, priority = Stage.SUMMARISE, Priority.BULK
        with app.connection_for_write() as connection:
            for _ in range(count):
                app.send_task(
                    TASKS[stage],
                    args=[secrets.token_hex(32)],
                    queue=queue_name(stage, priority),
                    connection=connection,
                    retry=False,
                )

    def close(self) -> None:
        for child in self.children:
            self.end(child)
        super().close()
        self.proxy.stop()


def with_group(child: Child, number: signal.Signals) -> None:
    """Send a signal to a process and its children, if it is still there."""
    try:
        if child.pid is not None:
            os.killpg(child.pid, number)
    except ProcessLookupError:
        return


def later(seconds: float, act: Callable[[], None]) -> threading.Timer:
    """Do something after a while, beside the rest. Not for starting processes: they end with it."""
    timer = threading.Timer(seconds, act)
    timer.start()
    return timer


def running(site: Cluster) -> set[str]:
    """Return the computations that some worker holds, or held when it died."""
    ids = site.store.zrange(schema.DUE, 0, -1)
    pipeline = site.store.pipeline(transaction=False)
    for identity in ids:
        pipeline.hmget(schema.COMPUTATION + identity, "state", "owner")
    states = pipeline.execute()
    return {
        f"{identity} {owner}"
        for identity, (state, owner) in zip(ids, states, strict=True)
        if state == "running"
    }


def heard_of(site: Site) -> set[str]:
    """Return the names of the workers heard of lately."""
    return set(site.store.hkeys(schema.WORKERS))


def percentile(values: list[float], percent: int) -> float:
    """Return the value that ``percent`` in a hundred do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5, trust_env=False).json()["ready"]
    except (httpx.TransportError, ValueError):
        return False
