"""What a killed Redis left half written is cut off, with every Redis of this machine."""

from pathlib import Path

import pytest

from service.embedded import append_only
from service.embedded.append_only import cut_unfinished_transaction, is_unfinished_transaction
from service.embedded.redis_server import RedisServer
from tests.service.embedded.killed_redis import (
    EXEC,
    MULTI,
    SCRIPT,
    SET,
    connect,
    kill,
    killed_while_writing,
    killed_with_damage,
    log_of,
    programs,
)


@pytest.fixture(params=programs(), ids=lambda program: program.parent.parent.name)
def server(request: pytest.FixtureRequest, tmp_path: Path):
    with RedisServer(tmp_path / "redis", program=request.param) as server:
        yield server


@pytest.mark.parametrize(
    "kept", [len(MULTI), len(MULTI) + 3, 60, -len(EXEC) - 100, -len(EXEC), -3, -1]
)
def test_half_of_a_script_is_never_done(server: RedisServer, kept: int):
    killed_while_writing(server, kept)
    server.start()
    with connect(server) as client:
        assert (client.get("before"), client.get("open")) == ("there", None)
        client.eval(SCRIPT, 0, "told")
    for _ in range(2):
        kill(server)
        server.start()
        with connect(server) as client:
            assert client.lrange("ends", 0, -1) == ["told"]
            assert (client.get("before"), client.get("open")) == ("there", "-1")


def test_without_it_half_of_a_script_is_done(server: RedisServer, monkeypatch: pytest.MonkeyPatch):
    # Should this fail one day with every Redis that is in use, the cutting is no longer needed.
    monkeypatch.setattr(append_only, "is_unfinished_transaction", lambda _: False)
    killed_while_writing(server, -len(EXEC) - 100)
    server.start()
    with connect(server) as client:
        client.eval(SCRIPT, 0, "told")
    kill(server)
    server.start()
    with connect(server) as client:
        assert client.lrange("ends", 0, -1) == ["lost", "told"]


def test_a_log_that_is_whole_is_left_alone(server: RedisServer):
    with connect(server) as client:
        client.eval(SCRIPT, 0, "told")
    kill(server)
    content = log_of(server).read_bytes()
    assert server._program is not None
    assert cut_unfinished_transaction(server._program, server.folder) == 0
    assert log_of(server).read_bytes() == content


def test_damage_in_the_middle_is_left_to_a_person(server: RedisServer):
    content = killed_with_damage(server)
    assert server._program is not None
    assert cut_unfinished_transaction(server._program, server.folder) == 0
    assert log_of(server).read_bytes() == content


def test_a_folder_without_a_log(tmp_path: Path):
    for program in programs():
        assert cut_unfinished_transaction(program, tmp_path) == 0


def test_a_program_that_is_no_redis(tmp_path: Path):
    (tmp_path / "appendonly.aof").write_bytes(MULTI)
    assert cut_unfinished_transaction(Path("/bin/true"), tmp_path) == 0


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        *[((MULTI + SET + EXEC)[:end], True) for end in range(len(MULTI), len(MULTI + SET + EXEC))],
        (MULTI + SET + EXEC, False),
        (MULTI + SET + EXEC + MULTI, False),
        (MULTI[:-1], False),
        (SET, False),
        (MULTI + b"nonsense" + SET, False),
        (b"", False),
    ],
)
def test_an_unfinished_transaction_is_told_from_all_else(rest: bytes, expected: bool):
    assert is_unfinished_transaction(rest) is expected


def test_a_log_of_before_redis_7(tmp_path: Path):
    for program in programs():
        folder = tmp_path / program.parents[1].name / "with a space"
        folder.mkdir(parents=True)
        log = folder / "appendonly.aof"
        log.write_bytes(SET + MULTI + SET[:10])
        assert cut_unfinished_transaction(program, folder) == len(MULTI) + 10
        assert log.read_bytes() == SET
