import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from service.embedded import child as child_module
from service.embedded.child import Child
from tests.service.embedded.processes import gone

Start = Callable[..., Child]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    children: list[Child] = []

    def _start(program: str, grace_seconds: float = 5) -> Child:
        child = Child(
            name="part",
            command=[sys.executable, "-u", "-c", program],
            environment={**os.environ, "WORD": "слово", "PYTHONUTF8": "1"},
            log=tmp_path / "log" / "part.log",
            grace_seconds=grace_seconds,
        )
        children.append(child)
        child.start()
        return child

    yield _start
    for child in children:
        child.stop()


def wait_for(child: Child, word: str) -> None:
    until = time.monotonic() + 10
    while word not in child.last_words():
        assert time.monotonic() < until, child.last_words()
        time.sleep(0.02)


def test_it_writes_a_log_and_is_stopped(start: Start):
    child = start("import os, time; print(os.environ['WORD']); time.sleep(60)")
    wait_for(child, "слово")
    pid = child.pid
    assert child.running
    assert pid is not None
    child.stop()
    assert not child.running
    assert gone(pid)


def test_it_leads_a_process_group_of_its_own(start: Start):
    child = start("import time; print('up'); time.sleep(60)")
    wait_for(child, "up")
    assert child.pid == os.getpgid(child.pid or 0) != os.getpgid(0)


def test_one_that_does_not_listen_is_killed_with_its_group(start: Start):
    program = (
        "import signal, subprocess, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
        "print('pid', subprocess.Popen(['sleep', '60']).pid, 'up'); time.sleep(60)"
    )
    child = start(program, grace_seconds=0.2)
    wait_for(child, "up")
    grandchild = int(child.last_words().split()[1])
    child.stop()
    assert gone(grandchild, within_seconds=5)


def test_its_end_is_told(start: Start):
    child = start("import sys; print('no luck'); sys.exit(7)")
    wait_for(child, "no luck")
    until = time.monotonic() + 10
    while child.running and time.monotonic() < until:
        time.sleep(0.02)
    assert child.exit_code == 7


def test_it_is_started_again_and_the_log_goes_on(start: Start):
    child = start("import time; print('up'); time.sleep(60)")
    wait_for(child, "up")
    os.kill(child.pid or 0, signal.SIGKILL)
    while child.running:
        time.sleep(0.02)
    child.start()
    wait_for(child, "up\nup")


def test_a_long_log_is_put_aside(start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(child_module, "_LARGEST_LOG", 10)
    (tmp_path / "log").mkdir()
    (tmp_path / "log" / "part.log").write_text("an old and long log")
    child = start("import time; print('up'); time.sleep(60)")
    wait_for(child, "up")
    assert child.last_words() == "up"
    assert (tmp_path / "log" / "part.old.log").read_text() == "an old and long log"


def test_one_that_was_never_started_is_no_trouble(tmp_path: Path):
    child = Child("part", ["true"], {}, tmp_path / "part.log", grace_seconds=1)
    child.stop()
    assert (child.pid, child.running, child.exit_code, child.last_words()) == (
        None,
        False,
        None,
        "",
    )
