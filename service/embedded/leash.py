"""Starts a program that the kernel ends once its parent is gone, even by ``kill -9``.

Run as a file, it becomes the program: ``python leash.py SIGNAL PARENT PROGRAM ARGUMENT...``. The
kernel ties the program to the *thread* that started it (prctl(2), PR_SET_PDEATHSIG), so that
thread must live as long as the program should. Only Linux has this; elsewhere the program starts
without it.
"""

import ctypes
import os
import signal
import sys
from collections.abc import Sequence

_PR_SET_PDEATHSIG = 1


def leashed(command: Sequence[str], on_death: signal.Signals) -> list[str]:
    """Return the command that runs ``command``, which gets ``on_death`` when its parent dies."""
    return [
        sys.executable,
        # Isolated and without site-packages: this has to start fast and needs neither.
        *("-I", "-S", __file__),
        *(str(int(on_death)), str(os.getpid())),
        *command,
    ]


def main(arguments: Sequence[str]) -> None:
    """Become the program that the arguments name. Does not return."""
    on_death, parent, program, *rest = arguments
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, int(on_death), 0, 0, 0)
        if os.getppid() != int(parent):
            # The parent died before the kernel knew that we want to hear of it.
            raise SystemExit(1)
    os.execvp(program, [program, *rest])  # noqa: S606 -- a list of our own, and no shell.


if __name__ == "__main__":
    main(sys.argv[1:])
