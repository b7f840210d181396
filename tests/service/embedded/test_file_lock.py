import subprocess
import sys
from pathlib import Path

import pytest

from service.embedded.file_lock import FileLock, is_locked


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.lock"


def test_only_one_holds_it(path: Path):
    first, second = FileLock(path), FileLock(path)
    assert first.acquire(within_seconds=0)
    assert not second.acquire(within_seconds=0.05)
    first.release()
    assert second.acquire(within_seconds=0)
    second.release()


def test_looking_does_not_take_it(path: Path):
    assert not is_locked(path)
    lock = FileLock(path)
    lock.acquire(within_seconds=0)
    assert is_locked(path)
    lock.release()
    assert not is_locked(path)
    assert path.exists()


def test_a_child_that_inherits_it_keeps_it(path: Path):
    lock = FileLock(path)
    lock.acquire(within_seconds=0)
    child = subprocess.Popen(
        [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, pass_fds=[lock.descriptor]
    )
    lock.release()
    assert is_locked(path)
    child.communicate(b"\n", timeout=10)
    assert not is_locked(path)


def test_a_lock_that_is_not_held_has_no_file(path: Path):
    with pytest.raises(ValueError, match="not held"):
        _ = FileLock(path).descriptor
