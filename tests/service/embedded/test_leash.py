import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

from service.embedded.leash import leashed
from tests.service.embedded.processes import gone

_PARENT = """
    import signal, subprocess, sys
    from service.embedded.leash import leashed
    child = subprocess.Popen(leashed(["sleep", "60"], signal.SIGKILL), start_new_session=True)
    print(child.pid, flush=True)
    input()
"""


def test_the_program_gets_its_arguments_and_the_process_of_the_leash():
    show = 'import os, sys; print(os.getpid(), *sys.argv[1:], sep="|")'
    command = leashed([sys.executable, "-c", show, "a b", "", "ж"], signal.SIGKILL)
    child = subprocess.Popen(command, stdout=subprocess.PIPE)
    told, _ = child.communicate(timeout=20)
    assert told.decode().strip() == f"{child.pid}|a b||ж"


def test_the_program_ends_with_a_parent_that_is_killed():
    root = Path(__file__).parents[3]
    parent = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(_PARENT)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(root)},
    )
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    assert not gone(pid)
    parent.kill()
    parent.communicate()
    assert gone(pid, within_seconds=5)


def test_a_program_whose_parent_is_gone_already_does_not_start():
    command = leashed(["true"], signal.SIGKILL)
    stranger = str(os.getppid())
    command[command.index(str(os.getpid()))] = stranger
    assert subprocess.run(command, check=False).returncode == 1
