"""Fixtures for every test: a real Redis server, settings that point to it, figures to be told."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis

from khabar.settings import Settings
from service.embedded.redis_server import RedisServer


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with RedisServer(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture
def settings(redis_server: RedisServer, tmp_path: Path) -> Settings:
    """Settings of an empty store, with times short enough to wait for."""
    connection = redis.Redis.from_url(redis_server.store_url)
    connection.flushall()
    connection.close()
    return Settings(
        store_url=redis_server.store_url,
        broker_url=redis_server.broker_url,
        var_folder=tmp_path / "var",
        lease_seconds=1,
        hint_seconds=0.2,
        sweep_seconds=0.1,
        soft_shutdown_seconds=1,
    )


@pytest.fixture
def figure(request: pytest.FixtureRequest) -> Callable[[str, object], None]:
    """Keep a figure that a test saw, to be printed at the end of the run."""
    return lambda name, value: request.node.user_properties.append((name, str(value)))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    # What a test keeps travels with its reports, also from the processes of pytest-xdist.
    calls = [
        report
        for outcome in ("passed", "failed")
        for report in terminalreporter.getreports(outcome)
        if report.when == "call" and report.user_properties
    ]
    if calls:
        terminalreporter.section("figures that were seen")
    for report in sorted(calls, key=lambda report: report.nodeid):
        for name, value in report.user_properties:
            terminalreporter.write_line(f"| {name} | {value} |")
