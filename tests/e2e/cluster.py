"""A service in parts: a real Redis, API processes and workers, each of which a test may kill."""

import os
import shutil
import signal
import time
from collections.abc import Iterable
from pathlib import Path

import httpx
import redis

from khabar.queues import Stage
from khabar.settings import Settings
from service.embedded.address import url_of
from service.embedded.child import Child
from service.embedded.environment import child_environment
from service.embedded.programs import (
    API_ENVIRONMENT,
    WORKER_ENVIRONMENT,
    api_command,
    worker_command,
)
from service.embedded.redis_server import RedisServer
from tests.ports import unused_port
from tests.waiting import wait_for


class Cluster:
    """Everything in one folder; stopped without a trace by ``close``."""

    def __init__(self, folder: Path, **changes: object) -> None:
        self.folder = folder
        self.redis = RedisServer(folder / "var" / "redis").start()
        self.settings = Settings(
            **{
                **self._addresses(),
                "port": unused_port(),
                "var_folder": folder / "var",
                "lease_seconds": 2,
                "hint_seconds": 1,
                "sweep_seconds": 0.2,
                "soft_shutdown_seconds": 2,
                **changes,
            },
        )
        self.url = url_of(self.settings.host, self.settings.port)
        self.store = redis.Redis.from_url(self.redis.store_url, decode_responses=True)
        self.children: list[Child] = []

    def _addresses(self) -> dict[str, str]:
        """Return where the store and the broker are reached, as settings."""
        return {"store_url": self.redis.store_url, "broker_url": self.redis.broker_url}

    def install(self, models: Path, recipe: str) -> None:
        """Put models where workers find them, and a recipe where all find it."""
        shutil.copytree(models, self.settings.models_folder, dirs_exist_ok=True)
        self.add_recipe("tiny", recipe)

    def add_recipe(self, name: str, recipe: str) -> None:
        """Put a recipe where all find it. Those that run already do not look again."""
        assert self.settings.recipes_folder is not None
        self.settings.recipes_folder.mkdir(parents=True, exist_ok=True)
        (self.settings.recipes_folder / f"{name}.toml").write_text(recipe, "utf-8")

    def start_api(self, port: int | None = None) -> Child:
        """Start an API on the cluster's port, or a second one on another."""
        settings = self.settings.model_copy(update={"port": port or self.settings.port})
        return self._start(f"api-{settings.port}", api_command(settings), settings)

    def start_worker(self, stages: Iterable[Stage] = tuple(Stage)) -> Child:
        command = worker_command(self.settings, tuple(stages))
        return self._start(f"worker-{len(self.children)}", command, self.settings)

    def wait_until_ready(self, *, work: bool = True) -> None:
        """Return when the API answers and, for ``work``, when both stages have a worker."""
        until = time.monotonic() + 60
        with self.client() as client:
            while not _is_ready(client, work):
                assert time.monotonic() < until, "\n".join(map(Child.last_words, self.children))
                time.sleep(0.05)

    def client(self, port: int | None = None) -> httpx.Client:
        url = url_of(self.settings.host, port) if port else self.url
        return httpx.Client(base_url=url, timeout=30, trust_env=False)

    def _start(self, name: str, command: list[str], settings: Settings) -> Child:
        child = Child(
            name=name,
            command=command,
            environment=child_environment(settings) | API_ENVIRONMENT | WORKER_ENVIRONMENT,
            log=self.folder / "var" / "log" / f"{name}.log",
            grace_seconds=15,
        )
        child.start()
        self.children.append(child)
        return child

    def kill(self, child: Child) -> None:
        """End a process and its children as a power cut would."""
        assert child.pid is not None
        os.killpg(child.pid, signal.SIGKILL)
        child.stop()
        self.children.remove(child)

    def end_redis(self) -> None:
        """Kill Redis; return when it is gone."""
        assert self.redis.pid is not None
        os.kill(self.redis.pid, signal.SIGKILL)
        wait_for(lambda: not self.redis.running, 10)

    def counters(self) -> dict[str, int]:
        return {name: int(value) for name, value in self.store.hgetall("khabar:1:counters").items()}

    def close(self) -> None:
        for child in self.children:
            child.stop()
        self.store.close()
        self.redis.stop()


def _is_ready(client: httpx.Client, work: bool) -> bool:
    try:
        readiness = client.get("/readyz").json()
    except httpx.TransportError:
        return False
    return readiness["ready"] and (not work or all(readiness["stages"].values()))


def metric(client: httpx.Client, name: str) -> float:
    """Return one figure of /metrics."""
    lines = client.get("/metrics").text.splitlines()
    (value,) = [line.split()[-1] for line in lines if line.startswith(f"{name} ")]
    return float(value)
