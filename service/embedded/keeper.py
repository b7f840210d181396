"""Starts again what dies, after a pause that grows while it keeps dying."""

import threading
import time
from collections.abc import Callable, Sequence

from service.embedded.child import Child
from service.embedded.redis_server import RedisNotStarted, RedisServer

_LOOK_SECONDS = 0.25
_FIRST_PAUSE_SECONDS = 1.0
_LONGEST_PAUSE_SECONDS = 30.0
_STEADY_SECONDS = 60.0
"""What lived for this long is taken for sound: its next pause is short again."""


class Keeper:
    """Watches the parts of a stack until ``stopping`` is set."""

    def __init__(
        self,
        children: Sequence[Child],
        redis: RedisServer | None,
        stopping: threading.Event,
        tell: Callable[[str], None],
    ) -> None:
        self._children = children
        self._redis = redis
        self._stopping = stopping
        self._tell = tell
        self._pauses: dict[str, float] = {}
        self._started: dict[str, float] = {}
        self._due: dict[str, float] = {}

    def keep(self) -> None:
        """Watch until it is time to stop."""
        while not self._stopping.wait(_LOOK_SECONDS):
            if self._redis is not None and not self._redis.running:
                self._revive("Redis", "ended", self._start_redis)
            for child in self._children:
                if not child.running:
                    self._revive(
                        f"The {child.name}", f"ended with code {child.exit_code}", child.start
                    )

    def _revive(self, name: str, ending: str, start: Callable[[], None]) -> None:
        now = time.monotonic()
        if name not in self._due:
            pause = self._next_pause(name, now)
            self._due[name] = now + pause
            self._tell(f"{name} {ending}; it is started again in {pause:.0f} s.")
        elif now >= self._due[name]:
            del self._due[name]
            self._started[name] = now
            start()

    def _next_pause(self, name: str, now: float) -> float:
        steady = now - self._started.get(name, -_STEADY_SECONDS) >= _STEADY_SECONDS
        before = 0.0 if steady else self._pauses.get(name, 0.0)
        pause = min(_LONGEST_PAUSE_SECONDS, before * 2 or _FIRST_PAUSE_SECONDS)
        self._pauses[name] = pause
        return pause

    def _start_redis(self) -> None:
        try:
            if self._redis is not None:
                self._redis.start()
        except RedisNotStarted as error:
            self._tell(f"{error.message} {error.hint}")
