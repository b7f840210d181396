"""The whole service as processes: started, hurt, and stopped without a trace."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from khabar.errors import KeysMissing, StoreUnavailable
from khabar.settings import Settings
from khabar.store.api_keys import KeyRing
from khabar.store.connection import service_connection
from service.embedded.environment import child_environment
from service.embedded.readiness import NotReady
from service.embedded.running_service import AlreadyRunning, RunningService, find_running
from service.embedded.stack import Stack
from tests.ports import unused_port
from tests.service.embedded.processes import gone


@pytest.fixture
def own(tmp_path: Path) -> Settings:
    return Settings(var_folder=tmp_path / "var", port=0, soft_shutdown_seconds=1)


def eventually(found: Callable[[], bool], *, within_seconds: float = 20) -> bool:
    until = time.monotonic() + within_seconds
    while not found():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def stages(url: str) -> dict[str, bool]:
    return dict(httpx.get(f"{url}/readyz", trust_env=False).json()["stages"])


def test_it_starts_mends_and_stops_everything(own: Settings):
    told: list[str] = []
    with Stack(own, tell=told.append) as stack:
        assert stages(stack.url) == {"summarise": True, "translate": True}
        assert find_running(own.var_folder) == RunningService(
            url=stack.url, pid=os.getpid(), store_url=stack.settings.store_url
        )
        with pytest.raises(AlreadyRunning):
            Stack(own).start()
        assert find_running(own.var_folder), "a refused start takes nothing from who runs"
        before = stack.pids
        for name in ("worker", "redis"):
            os.kill(before[name], signal.SIGKILL)
        assert eventually(
            lambda: all(stack.pids[name] != before[name] for name in before.keys() - {"API"})
        )
        assert eventually(lambda: httpx.get(f"{stack.url}/readyz", trust_env=False).is_success)
        pids = set(before.values()) | set(stack.pids.values())
        assert len(pids) == 5
    assert all(gone(pid) for pid in pids)
    assert find_running(own.var_folder) is None
    assert any(line.startswith("The worker ended with code -9") for line in told)
    assert told[-2:] == ["Stopping the API.", "Stopping the worker."]


def environment(settings: Settings) -> dict[str, str]:
    """What a user sets who lets the service have a Redis of its own."""
    urls = {"KHABAR_STORE_URL", "KHABAR_BROKER_URL"}
    return {k: v for k, v in child_environment(settings).items() if k not in urls}


@pytest.fixture
def run_process(own: Settings) -> Iterator[subprocess.Popen[bytes]]:
    """``khabar run`` as a process, once it says that it serves."""
    process = subprocess.Popen(
        [sys.executable, "-m", "service.cli", "run", "--port", "0"],
        env=environment(own),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert process.stdout is not None
        assert b"serves at" in process.stdout.readline()
        yield process
    finally:
        process.kill()
        process.communicate()


def children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]


def test_a_signal_stops_all_of_it_and_is_no_failure(run_process: subprocess.Popen[bytes]):
    parts = children(run_process.pid)
    assert len(parts) == 3
    run_process.send_signal(signal.SIGTERM)
    assert run_process.wait(timeout=30) == 0
    assert all(gone(part) for part in parts)


def test_a_killed_parent_takes_its_parts_with_it(
    run_process: subprocess.Popen[bytes], own: Settings
):
    parts = children(run_process.pid)
    assert len(parts) == 3
    run_process.kill()
    run_process.wait()
    assert all(gone(part, within_seconds=10) for part in parts)
    assert (own.var_folder / "service.json").exists()
    assert find_running(own.var_folder) is None
    with Stack(own, workers=False) as stack:
        assert stack.pids.keys() == {"API", "redis"}


def test_other_machines_are_not_served_without_a_key(own: Settings):
    everywhere = own.model_copy(update={"host": "0.0.0.0"})  # noqa: S104 -- it must refuse this.
    with pytest.raises(KeysMissing):
        Stack(everywhere, workers=False).start()
    assert find_running(own.var_folder) is None


def test_with_keys_it_becomes_ready_too(own: Settings, settings: Settings):
    """The API tells strangers nothing of its workers, and the stack has no key."""

    async def make_key() -> None:
        connection = service_connection(settings.store_url)
        await KeyRing(connection).create("desk")
        await connection.aclose()

    asyncio.run(make_key())
    urls = {"store_url": settings.store_url, "broker_url": settings.broker_url}
    given = Settings(**urls, var_folder=own.var_folder, port=0, require_keys=True)
    with Stack(given) as stack:
        assert all(stages(stack.url).values())
        answer = httpx.get(f"{stack.url}/v1/languages", trust_env=False)
        assert answer.status_code == 401


def test_a_store_that_does_not_answer_is_told_at_once(own: Settings, tmp_path: Path):
    urls = dict.fromkeys(("store_url", "broker_url"), f"unix://{tmp_path}/absent.sock")
    with pytest.raises(StoreUnavailable):
        Stack(Settings(**urls, var_folder=own.var_folder, port=0)).start()


def test_a_part_that_cannot_start_is_told_with_its_last_words(own: Settings, tmp_path: Path):
    broken = own.model_copy(update={"recipes_folder": tmp_path / "absent"})
    with pytest.raises(NotReady, match="recipes folder"):
        Stack(broken, workers=False).start()
    assert find_running(own.var_folder) is None


def test_it_uses_the_redis_it_is_given(own: Settings, settings: Settings, tmp_path: Path):
    urls = {"store_url": settings.store_url, "broker_url": settings.broker_url}
    given = Settings(**urls, var_folder=tmp_path / "other", port=unused_port())
    with Stack(given, workers=False) as stack:
        assert stack.pids.keys() == {"API"}
        assert stack.settings.port == given.port
    half = Stack(Settings(broker_url="amqp://rabbit.example", var_folder=own.var_folder))
    assert half.settings.broker_url == "amqp://rabbit.example"
    assert half.settings.store_url.startswith("unix://")
