"""A lock that ends with the process that holds it, however that process ends."""

import fcntl
import os
import time
from contextlib import suppress
from pathlib import Path


class FileLock:
    """An exclusive lock on a file (flock(2)). The file stays; only the lock on it counts."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None

    @property
    def descriptor(self) -> int:
        """The open file. A child that inherits it keeps the lock for as long as it lives."""
        if self._descriptor is None:
            raise ValueError("The lock is not held.")
        return self._descriptor

    @property
    def held(self) -> bool:
        """Whether we hold the lock."""
        return self._descriptor is not None

    def acquire(self, *, within_seconds: float) -> bool:
        """Take the lock. Returns False if another holds it all the time."""
        until = time.monotonic() + within_seconds
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        while True:
            with suppress(BlockingIOError):
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self._descriptor = descriptor
                return True
            if time.monotonic() >= until:
                os.close(descriptor)
                return False
            time.sleep(0.02)

    def release(self) -> None:
        """Close the file; the lock ends unless a child has inherited it."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def is_locked(path: Path) -> bool:
    """Return whether any process holds the lock on this file."""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
