"""How far the run is, and how fast it learns there. The budget is what counts, not the updates."""

import time
from collections.abc import Callable


class Clock:
    """Measures a run's progress from 0 to 1, by time and, where a number is given, by updates.

    The time before the first update (loading, compiling) is no progress: the schedule begins when
    ``begin`` is called, and still ends with the budget. ``reserve`` is the share of it, in
    seconds at the end, that is kept for what follows the last update.
    """

    def __init__(
        self,
        seconds: float,
        reserve: float,
        max_updates: int = 0,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._now = now
        self._start = now()
        self._begun = self._start
        self._end = self._start + seconds
        self._deadline = self._start + seconds * (1 - reserve)
        self._max_updates = max_updates

    @property
    def elapsed(self) -> float:
        """Seconds since the clock was made."""
        return self._now() - self._start

    @property
    def over(self) -> bool:
        """Whether the whole budget is used, the reserve too."""
        return self._now() >= self._end

    def begin(self) -> None:
        """Say that the first update begins now."""
        self._begun = self._now()

    def progress(self, updates: int) -> float:
        """Return the share that is done after so many updates."""
        span = max(1e-9, self._deadline - self._begun)
        by_time = (self._now() - self._begun) / span
        by_updates = updates / self._max_updates if self._max_updates else 0.0
        return min(1.0, max(by_time, by_updates))


def rate_factor(progress: float, warm_up: float) -> float:
    """Return the share of the peak rate: a linear rise, then a linear fall to nothing.

    The fall to zero at a known end is what Defazio et al. (2023), "Optimal Linear Decay Learning
    Rate Schedules and Further Refinements", found best among many.
    """
    if progress < warm_up:
        return max(progress, 1e-3 * warm_up) / warm_up
    return max(0.0, (1 - progress) / (1 - warm_up))
