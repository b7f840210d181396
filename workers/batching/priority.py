"""How urgent the work of the calling thread is.

The priority travels beside the calls, not through them: no translator and no summarizer has to
know of it on the way from the task to the engine.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from khabar.queues import Priority

_PRIORITY: ContextVar[Priority] = ContextVar("khabar_priority", default=Priority.BULK)


def current_priority() -> Priority:
    """Return the priority of the work this thread does; bulk where nobody said."""
    return _PRIORITY.get()


@contextmanager
def working_at(priority: Priority) -> Iterator[None]:
    """Let everything asked of an engine inside the block have this priority."""
    token = _PRIORITY.set(priority)
    try:
        yield
    finally:
        _PRIORITY.reset(token)
