"""The commands of the containers, run as they run there: parts apart, on an external Redis."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from khabar.settings import Settings
from service.embedded.child import Child
from tests.ports import unused_port
from tests.service.embedded.processes import gone

KHABAR = (sys.executable, "-m", "service.cli")


@pytest.fixture
def environment(settings: Settings, tmp_path: Path) -> dict[str, str]:
    return os.environ | {
        "KHABAR_STORE_URL": settings.store_url,
        "KHABAR_BROKER_URL": settings.broker_url,
        "KHABAR_VAR_FOLDER": str(tmp_path / "var"),
        "KHABAR_HOST": "0.0.0.0",  # noqa: S104 -- as in a container.
        "KHABAR_PORT": str(unused_port()),
        "KHABAR_SOFT_SHUTDOWN_SECONDS": "1",
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }


@pytest.fixture
def parts(environment: dict[str, str], tmp_path: Path) -> Iterator[dict[str, Child]]:
    commands = {
        "service": ("api",),
        "summarise": ("worker", "--stage", "summarise"),
        "translate": ("worker", "--stage", "translate"),
    }
    parts = {
        name: Child(name, [*KHABAR, *command], environment, tmp_path / f"{name}.log", 20)
        for name, command in commands.items()
    }
    yield parts
    for part in parts.values():
        part.stop()


def khabar(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*KHABAR, *arguments], env=environment, capture_output=True, text=True, check=False
    )


def until_healthy(environment: dict[str, str], *arguments: str) -> None:
    """Ask as the engine does: again and again, since a part takes a while to start."""
    for _ in range(20):
        answer = khabar(environment, "health", *arguments)
        if answer.returncode == 0:
            return
    pytest.fail(answer.stderr)


def test_from_the_first_key_to_the_first_summary(
    environment: dict[str, str], parts: dict[str, Child]
):
    refused = khabar(environment, "api")
    assert refused.returncode == 2
    assert "khabar keys create" in refused.stderr
    assert khabar(environment, "health").returncode == 3
    assert khabar(environment, "health", "--worker").returncode == 3

    token = khabar(environment, "keys", "create", "desk").stdout.strip()
    for part in parts.values():
        part.start()
    until_healthy(environment)
    until_healthy(environment, "--worker")

    story = "Officials opened a new library in the old port on Friday. It holds 40,000 books."
    service = f"http://127.0.0.1:{environment['KHABAR_PORT']}"
    submit = ("submit", "-", "--service", service, "--languages", "en")
    for key, code in ((), 2), (("--key", token), 0):
        answer = subprocess.run(
            [*KHABAR, *submit, *key],
            env=environment,
            input=story,
            capture_output=True,
            text=True,
            check=False,
        )
        assert answer.returncode == code, answer.stderr
    assert "library" in answer.stdout

    pids = [part.pid or 0 for part in parts.values()]
    for part in parts.values():
        part.stop()
    assert all(gone(pid) for pid in pids)
    assert re.search("Cold shutdown|Warm shutdown", parts["summarise"].log.read_text())
