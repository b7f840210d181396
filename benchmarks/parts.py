"""The service in parts, so that a benchmark can have the API without a worker, and its memory."""

import contextlib
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx

from khabar.settings import Settings
from service.embedded.address import free_port, url_of
from service.embedded.child import Child
from service.embedded.environment import child_environment
from service.embedded.programs import WORKER_ENVIRONMENT, api_command, worker_command
from service.embedded.redis_server import RedisServer


class Parts:
    """A Redis and an API that run, and a worker that is started and stopped as needed."""

    def __init__(self, folder: Path, recipe: str) -> None:
        recipes = folder / "recipes"
        recipes.mkdir()
        (recipes / "bench.toml").write_text(recipe, "utf-8")
        self.redis = RedisServer(folder / "redis").start()
        self.settings = Settings(
            store_url=self.redis.store_url,
            broker_url=self.redis.broker_url,
            port=free_port("127.0.0.1", 0),
            var_folder=folder / "var",
            recipes_folder=recipes,
        )
        self.url = url_of(self.settings.host, self.settings.port)
        # A cap on connections is not what is measured.
        environment = child_environment(self.settings) | {"KHABAR_MAX_CONNECTIONS": "4000"}
        environment |= WORKER_ENVIRONMENT
        self.api = Child("api", api_command(self.settings), environment, folder / "api.log", 10)
        self.worker = Child(
            "worker", worker_command(self.settings), environment, folder / "worker.log", 15
        )
        self.api.start()
        self._until(lambda ready: ready["ready"])

    @contextlib.contextmanager
    def working(self) -> Iterator[None]:
        """Have a worker during the block."""
        self.worker.start()
        try:
            self._until(lambda ready: all(ready["stages"].values()))
            yield
        finally:
            self.worker.stop()

    def api_memory(self) -> float:
        """Return what the API process holds in memory, in MiB (``VmRSS`` of Linux)."""
        status = Path(f"/proc/{self.api.pid}/status").read_text()
        (kibibytes,) = re.findall(r"^VmRSS:\s+(\d+) kB$", status, re.MULTILINE)
        return int(kibibytes) / 1024

    def close(self) -> None:
        """Stop everything."""
        self.worker.stop()
        self.api.stop()
        self.redis.stop()

    def _until(self, good: Callable[[dict[str, Any]], object]) -> None:
        for _ in range(600):
            with contextlib.suppress(httpx.TransportError):
                if good(httpx.get(f"{self.url}/readyz", trust_env=False).json()):
                    return
            time.sleep(0.1)
        raise TimeoutError(self.api.last_words())
