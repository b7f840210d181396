"""Who did what: one JSON line for each act, in a file of its own.

A line holds ids, hashes, names of routes and codes of errors. It never holds what was sent: no
text, headline or address of an article, and no token.
"""

import json
import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import structlog

from khabar.errors import AuditUnwritable
from khabar.settings import Settings

_log = structlog.get_logger(__name__)
LOGGER = "khabar.audit"
"""Each line names it, since standard output may carry other lines too."""
STDOUT: Literal["-"] = "-"
_LOOK_SECONDS = 1.0
_APPEND = os.O_WRONLY | os.O_APPEND | os.O_CREAT
Fact = str | int | None


class AuditLog:
    """Appends lines to a file, each with one write, so several processes may share it.

    A file that was moved away is made anew within a second. Use from one thread.
    """

    def __init__(self, path: Path | Literal["-"], *, stdout: int | None = None) -> None:
        self._path = path
        self._stdout = stdout
        self._descriptor: int | None = None
        self._inode = 0
        self._look_at = 0.0
        self._torn = False
        self.failures = 0
        """Lines that went to the other log, because this one could not be written."""

    @classmethod
    def of(cls, settings: Settings, *, stdout: int | None = None) -> "AuditLog":
        """Return the log of the settings. ``stdout`` stands in for standard output."""
        path = settings.audit_file or settings.var_folder / "log" / "audit.jsonl"
        return cls(path, stdout=stdout)

    def open(self) -> None:
        """Open the file, so that what is wrong with it is told at once. Raises AuditUnwritable."""
        try:
            self._open()
        except OSError as error:
            raise AuditUnwritable(
                f"The audit log cannot be written: {error.strerror}.",
                field="KHABAR_AUDIT_FILE",
                given=str(self._path),
                hint="Name a file that can be written, or - for standard output.",
            ) from error

    def close(self) -> None:
        """Close the file."""
        if self._descriptor is not None and self._path != STDOUT:
            os.close(self._descriptor)
        self._descriptor = None

    def write(self, *acts: dict[str, Fact]) -> None:
        """Write a line for each act, less what is None. What cannot be written is told loudly."""
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        told = [
            {"time": now, "logger": LOGGER, **{k: v for k, v in act.items() if v is not None}}
            for act in acts
        ]
        try:
            self._append("".join(json.dumps(act) + "\n" for act in told).encode())
        except OSError as error:
            self.failures += len(told)
            for act in told:
                _log.error(
                    "the audit log cannot be written; its line stands here",
                    reason=error.strerror,
                    file=str(self._path),
                    act=act,
                )

    def _append(self, lines: bytes) -> None:
        descriptor = self._current()
        # After half a line the next one would be lost with it.
        content = b"\n" + lines if self._torn else lines
        written = os.write(descriptor, content)
        self._torn = written < len(content)
        if self._torn:
            raise OSError(0, "only a part of it could be written")

    def _current(self) -> int:
        now = time.monotonic()
        if self._descriptor is None or now >= self._look_at:
            self._look_at = now + _LOOK_SECONDS
            return self._open()
        return self._descriptor

    def _open(self) -> int:
        """Return the file as it is found under its name now."""
        if self._path == STDOUT:
            self._descriptor = sys.stdout.fileno() if self._stdout is None else self._stdout
            return self._descriptor
        path = Path(self._path)
        if self._descriptor is not None and path.exists() and path.stat().st_ino == self._inode:
            return self._descriptor
        self.close()
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, _APPEND, 0o600)
        self._inode = os.fstat(descriptor).st_ino
        self._descriptor = descriptor
        return descriptor
