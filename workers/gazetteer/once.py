"""Values that are made once for all threads."""

import threading
from collections.abc import Callable
from functools import cache, wraps
from typing import ParamSpec, TypeVar

Given = ParamSpec("Given")
Made = TypeVar("Made")


def once(make: Callable[Given, Made]) -> Callable[Given, Made]:
    """Keep what ``make`` returns, as ``functools.cache`` does, but never make it twice.

    Entries are told apart by identity, so two threads that made the gazetteer side by side would
    hold entries that do not know each other.
    """
    lock = threading.RLock()
    kept = cache(make)

    @wraps(make)
    def made_once(*given: Given.args, **named: Given.kwargs) -> Made:
        with lock:
            return kept(*given, **named)  # type: ignore[arg-type]

    return made_once
