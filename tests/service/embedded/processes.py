"""Looking at processes from outside."""

import time
from pathlib import Path


def gone(pid: int, *, within_seconds: float = 0) -> bool:
    """Whether no process of this id lives. One that ended and was not waited for is gone too."""
    until = time.monotonic() + within_seconds
    while _lives(pid):
        if time.monotonic() >= until:
            return False
        time.sleep(0.02)
    return True


def _lives(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return status.rpartition(")")[2].split()[0] not in {"Z", "X"}
