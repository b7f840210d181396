"""How one command finds the service that another has started on the same folder.

``service.lock`` is held by the command that runs the service and ``service.json`` says where it
listens. The lock decides: a file left behind by a killed service counts for nothing.
"""

import time
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, ValidationError

from khabar.errors import KhabarError
from service.embedded.file_lock import FileLock, is_locked

_LOCK_NAME = "service.lock"
_FILE_NAME = "service.json"
_GLANCE_SECONDS = 1.0
"""Another command that only looks at the lock holds it for an instant."""


class AlreadyRunning(KhabarError):
    """Another command runs a service on this folder."""

    code = "already_running"


class StillStarting(KhabarError):
    """Another command holds the folder and does not say where its service listens."""

    code = "still_starting"


class RunningService(BaseModel):
    """Where a running service listens, and where it keeps its data."""

    model_config = ConfigDict(frozen=True)

    url: str
    pid: int
    store_url: str


def find_running(var_folder: Path, *, within_seconds: float = 120) -> RunningService | None:
    """Return the service that runs on this folder, or None.

    A service that starts is waited for; so is a command that has a service for itself alone, until
    it ends. Raises StillStarting.
    """
    until = time.monotonic() + within_seconds
    while is_locked(var_folder / _LOCK_NAME):
        service = _read(var_folder / _FILE_NAME)
        if service is not None:
            return service
        if time.monotonic() >= until:
            raise StillStarting(
                f"Another khabar command uses {var_folder} and has not said where it listens.",
                limit=within_seconds,
                hint="Wait for it or stop it, or set KHABAR_VAR_FOLDER to another folder.",
            )
        time.sleep(0.05)
    return None


def _read(path: Path) -> RunningService | None:
    try:
        return RunningService.model_validate_json(path.read_text("utf-8"))
    except (FileNotFoundError, ValidationError):
        return None


class VarFolder:
    """The folder of a service, held by one command at a time."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = FileLock(path / _LOCK_NAME)
        self._file = path / _FILE_NAME

    def hold(self) -> Self:
        """Take the folder. Raises AlreadyRunning."""
        self.path.mkdir(parents=True, exist_ok=True)
        if not self._lock.acquire(within_seconds=_GLANCE_SECONDS):
            running = _read(self._file)
            where = f"A service runs at {running.url}" if running else "Another khabar command is"
            raise AlreadyRunning(
                f"{where} on {self.path}{f' (process {running.pid})' if running else ''}.",
                hint="Stop it first, or set KHABAR_VAR_FOLDER to another folder.",
            )
        self._file.unlink(missing_ok=True)
        return self

    def announce(self, service: RunningService) -> None:
        """Tell other commands where the service listens: the whole file appears at once."""
        draft = self._file.with_suffix(".draft")
        draft.write_text(service.model_dump_json() + "\n", "utf-8")
        draft.replace(self._file)

    def release(self) -> None:
        """Give the folder back; one that was not taken is another's, and so is its file."""
        if self._lock.held:
            self._file.unlink(missing_ok=True)
            self._lock.release()
