"""Waiting for what other processes do."""

import time
from collections.abc import Callable


def wait_for(condition: Callable[[], bool], seconds: float, pause: float = 0.01) -> float:
    """Return how long it took until the condition held."""
    start = time.monotonic()
    while not condition():
        assert time.monotonic() - start < seconds, "it did not happen in time"
        time.sleep(pause)
    return time.monotonic() - start
