"""One change to the installed models at a time."""

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_NAME = ".lock"


@contextmanager
def store_lock(folder: Path, on_wait: Callable[[], None]) -> Iterator[None]:
    """Hold the lock on a folder of models (flock(2)), which ends with the process that holds it.

    ``on_wait`` is called if another process has it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / _NAME).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            on_wait()
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
