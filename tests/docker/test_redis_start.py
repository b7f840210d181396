"""The script that starts Redis in its container, with the Redis of this machine."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from service.embedded.redis_server import RedisServer
from tests.docker.production import DOCKER, SYSTEM_PATH
from tests.service.embedded.killed_redis import (
    EXEC,
    MULTI,
    SCRIPT,
    connect,
    kill,
    killed_while_writing,
    killed_with_damage,
    log_of,
)

REDIS = shutil.which("redis-server", path=SYSTEM_PATH)
pytestmark = pytest.mark.skipif(
    REDIS is None or shutil.which("redis-check-aof", path=SYSTEM_PATH) is None,
    reason="Redis is not installed: sh tests/docker/install.sh",
)


@pytest.fixture
def server(tmp_path: Path):
    assert REDIS is not None
    with RedisServer(tmp_path / "redis", program=Path(REDIS)) as server:
        yield server


def start(folder: Path) -> str:
    ran = subprocess.run(
        ["sh", DOCKER / "redis" / "start.sh", "echo", "started"],
        cwd=folder,
        env=os.environ | {"PATH": SYSTEM_PATH},
        check=True,
        capture_output=True,
        text=True,
    )
    return ran.stdout


@pytest.mark.parametrize("kept", [len(MULTI), len(MULTI) + 3, -len(EXEC) - 100, -len(EXEC), -1])
def test_half_of_a_script_is_cut_off(server: RedisServer, kept: int):
    killed_while_writing(server, kept)
    told = start(server.folder)
    assert told.startswith("Cutting an unfinished transaction")
    assert told.endswith("started\n")
    assert MULTI not in log_of(server).read_bytes()
    assert start(server.folder) == "started\n"


def test_a_log_that_is_whole_is_left_alone(server: RedisServer):
    with connect(server) as client:
        client.eval(SCRIPT, 0, "told")
    kill(server)
    content = log_of(server).read_bytes()
    assert start(server.folder) == "started\n"
    assert log_of(server).read_bytes() == content


def test_damage_in_the_middle_is_left_to_a_person(server: RedisServer):
    content = killed_with_damage(server)
    assert start(server.folder) == "started\n"
    assert log_of(server).read_bytes() == content


def test_an_empty_folder_is_no_hindrance(tmp_path: Path):
    assert start(tmp_path) == "started\n"
