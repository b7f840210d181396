import os
import signal
import time
from pathlib import Path

import pytest
import redis

from service.embedded.redis_server import RedisNotStarted, RedisServer


def test_it_keeps_its_data_when_it_is_killed_and_started_again(tmp_path: Path):
    with RedisServer(tmp_path / "redis") as server:
        with redis.Redis.from_url(server.store_url) as connection:
            connection.set("name", "خبر")
        # The log is synced each second; a killed process still leaves what it has written.
        os.kill(server.pid or 0, signal.SIGKILL)
        until = time.monotonic() + 5
        while server.running and time.monotonic() < until:
            time.sleep(0.01)
        server.start()
        with redis.Redis.from_url(server.store_url) as connection:
            assert connection.get("name") == "خبر".encode()
    assert not server.running


def test_nothing_is_evicted_and_only_the_owner_reads_the_folder(tmp_path: Path):
    with RedisServer(tmp_path / "redis") as server:
        with redis.Redis.from_url(server.store_url) as connection:
            assert connection.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
            assert connection.config_get("port") == {"port": "0"}
        assert (tmp_path / "redis").stat().st_mode & 0o777 == 0o700


def test_two_servers_never_share_a_folder(tmp_path: Path):
    with RedisServer(tmp_path) as first:
        with pytest.raises(RedisNotStarted, match="Another Redis server"):
            RedisServer(tmp_path).start(within_seconds=0.1)
        with redis.Redis.from_url(first.store_url) as connection:
            assert connection.ping()


def test_a_folder_with_a_long_name_gets_its_socket_elsewhere(tmp_path: Path):
    folder = tmp_path / ("long" * 30)
    with RedisServer(folder) as server:
        assert folder not in server.socket.parents
        with redis.Redis.from_url(server.store_url) as connection:
            assert connection.ping()
    assert not server.socket.parent.exists()


def test_after_a_start_that_failed_it_can_be_started(tmp_path: Path):
    folder = tmp_path / ("long" * 30)
    server = RedisServer(folder)
    server._program = Path("/bin/false")
    with pytest.raises(RedisNotStarted):
        server.start()
    server._program = None
    with server, redis.Redis.from_url(server.store_url) as connection:
        assert connection.ping()
    assert not server.socket.parent.exists()


def test_a_server_that_does_not_start_says_where_to_look(tmp_path: Path):
    with pytest.raises(RedisNotStarted, match="did not start") as refused:
        RedisServer(tmp_path, program=Path("/bin/false")).start()
    assert "redis.log" in (refused.value.hint or "")
