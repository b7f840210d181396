"""The whole service on one machine: Redis, a worker and the API, started and stopped together."""

import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Self

from khabar.settings import Settings
from service.embedded.address import free_port, url_of
from service.embedded.child import Child
from service.embedded.environment import child_environment
from service.embedded.guard import check_start
from service.embedded.keeper import Keeper
from service.embedded.programs import (
    API_ENVIRONMENT,
    WORKER_ENVIRONMENT,
    api_command,
    worker_command,
)
from service.embedded.readiness import wait_until_ready
from service.embedded.redis_server import RedisServer
from service.embedded.running_service import RunningService, VarFolder

_API_GRACE_SECONDS = 10
_WORKER_GRACE_SECONDS = 15
"""What a worker may take to stop on top of its soft shutdown."""


class Stack:
    """Redis, one worker and the API, each a process of its own, with data in ``var_folder``.

    Where ``store_url`` or ``broker_url`` was set, that Redis or RabbitMQ is used; the embedded
    Redis takes the parts that nobody else does. Port 0 takes any free port. A part that dies is
    started again. ``tell`` gets one sentence for each thing that happens.

    ``workers=False`` leaves the worker out, which is enough to read what is kept. A stack that is
    not ``announced`` serves only the command that started it.

    All children are started by one thread, since each ends with the thread that started it.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        workers: bool = True,
        announced: bool = True,
        tell: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._var = settings.var_folder.resolve()
        self._folder = VarFolder(self._var)
        self._workers = workers
        self._announced = announced
        self._tell = tell
        self._redis = _redis_for(settings, self._var)
        self.settings = _with_redis(settings, self._redis)
        self._children: list[Child] = []
        self._stopping = threading.Event()
        self._kept: Future[None] | None = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="khabar-stack")

    @property
    def url(self) -> str:
        """Where this machine reaches the API."""
        return url_of(self.settings.host, self.settings.port)

    @property
    def pids(self) -> dict[str, int]:
        """The process id of each part that runs, by its name."""
        parts = {child.name: child.pid for child in self._children}
        if self._redis is not None:
            parts["redis"] = self._redis.pid
        return {name: pid for name, pid in parts.items() if pid is not None}

    def start(self) -> Self:
        """Start everything and wait until it can take work.

        Raises AlreadyRunning, PortTaken, RedisNotStarted, StoreUnavailable, KeysMissing or
        NotReady; nothing is left running then.
        """
        try:
            self._thread.submit(self._start).result()
        except BaseException:
            # Ctrl-C counts too: what has been started has to be stopped.
            self.stop()
            raise
        self._kept = self._thread.submit(self._keep)
        return self

    def stop(self) -> None:
        """Stop the API, then the worker, then Redis, and wait until they are gone."""
        self._stopping.set()
        self._thread.submit(self._stop).result()
        self._thread.shutdown()

    def wait(self) -> None:
        """Wait for as long as the parts are kept alive, which is until ``stop``."""
        if self._kept is not None:
            self._kept.result()

    def _start(self) -> None:
        self._folder.hold()
        self.settings = self.settings.model_copy(
            update={"port": free_port(self.settings.host, self.settings.port)}
        )
        if self._redis is not None:
            self._tell("Starting Redis.")
            self._redis.start()
        check_start(self.settings)
        self._tell("Starting a worker and the API." if self._workers else "Starting the API.")
        api, *others = self._children = self._parts()
        for child in self._children:
            child.start()
        wait_until_ready(self.url, self.settings, api, others, self._stopping)
        if self._announced:
            service = RunningService(
                url=self.url, pid=os.getpid(), store_url=self.settings.store_url
            )
            self._folder.announce(service)
        self._tell(f"Ready at {self.url}")

    def _parts(self) -> list[Child]:
        return [self._api(), *([self._worker()] if self._workers else [])]

    def _keep(self) -> None:
        Keeper(self._children, self._redis, self._stopping, self._tell).keep()

    def _stop(self) -> None:
        # The API is the first child: it stops taking work before the worker stops doing it.
        for child in self._children:
            self._tell(f"Stopping the {child.name}.")
            child.stop()
        if self._redis is not None:
            self._redis.stop()
        self._folder.release()

    def _api(self) -> Child:
        return self._child("API", api_command(self.settings), API_ENVIRONMENT, _API_GRACE_SECONDS)

    def _worker(self) -> Child:
        grace = self.settings.soft_shutdown_seconds + _WORKER_GRACE_SECONDS
        return self._child("worker", worker_command(self.settings), WORKER_ENVIRONMENT, grace)

    def _child(
        self, name: str, command: list[str], environment: dict[str, str], grace_seconds: float
    ) -> Child:
        return Child(
            name=name,
            command=command,
            environment=child_environment(self.settings) | environment,
            log=self._var / "log" / f"{name.lower()}.log",
            grace_seconds=grace_seconds,
        )

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def _redis_for(settings: Settings, var: Path) -> RedisServer | None:
    given = {"store_url", "broker_url"} & settings.model_fields_set
    return None if len(given) == 2 else RedisServer(var / "redis")


def _with_redis(settings: Settings, server: RedisServer | None) -> Settings:
    if server is None:
        return settings
    own = {"store_url": server.store_url, "broker_url": server.broker_url}
    update = {name: url for name, url in own.items() if name not in settings.model_fields_set}
    return settings.model_copy(update=update)
