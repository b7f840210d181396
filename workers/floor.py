"""Where the threads of one process work: together, or one of them alone."""

import contextlib
import threading
from collections.abc import Iterator


class Floor:
    """Lets any number of threads work together, or one while no other does.

    Whoever wants to be alone is served next: nobody new comes in before. This is a lock for readers
    and writers that prefers writers (Courtois, Heymans and Parnas, 1971, their second problem).
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._together = 0
        self._alone = False
        self._waiting = 0

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """Work beside others for the length of the block; wait while one wants to be alone."""
        with self._changed:
            self._changed.wait_for(lambda: not (self._alone or self._waiting))
            self._together += 1
        try:
            yield
        finally:
            with self._changed:
                self._together -= 1
                self._changed.notify_all()

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Work by oneself for the length of the block, once all who are here have left."""
        with self._changed:
            self._waiting += 1
            try:
                self._changed.wait_for(lambda: not (self._alone or self._together))
            finally:
                self._waiting -= 1
            self._alone = True
        try:
            yield
        finally:
            with self._changed:
                self._alone = False
                self._changed.notify_all()
