"""A process of our own: started in its own group, with a log, and stopped for certain."""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from service.embedded.leash import leashed

_LARGEST_LOG = 10 * 1024 * 1024
"""A longer log, in bytes, is put aside when the process starts."""
_TOLD_LINES = 12


@dataclass
class Child:
    """A program and how to run it. ``grace_seconds`` is how long it may take to stop."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    grace_seconds: float
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def pid(self) -> int | None:
        """The process id while there is a process."""
        return self._process.pid if self._process else None

    @property
    def running(self) -> bool:
        """Whether the process is alive."""
        return self._process is not None and self._process.poll() is None

    @property
    def exit_code(self) -> int | None:
        """How the process ended: minus the signal's number if by a signal, None if it has not."""
        return self._process.poll() if self._process else None

    def start(self) -> None:
        """Start the process, or start it again."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.is_file() and self.log.stat().st_size > _LARGEST_LOG:
            self.log.replace(self.log.with_suffix(".old.log"))
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                # A worker or an API that is killed loses nothing: leases run out and others go on.
                leashed(self.command, signal.SIGKILL),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self.environment,
                cwd=self.log.parent,
                # A Ctrl-C at the terminal reaches the parent only; it stops its children in order.
                start_new_session=True,
            )

    def stop(self) -> None:
        """Ask the process to stop, and kill its group if it does not in time."""
        process = self._process
        if process is None:
            return
        process.terminate()
        try:
            process.wait(timeout=self.grace_seconds)
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self._process = None

    def last_words(self) -> str:
        """Return the last lines of the log."""
        lines = self.log.read_text("utf-8", "replace").splitlines() if self.log.is_file() else []
        return "\n".join(lines[-_TOLD_LINES:])
