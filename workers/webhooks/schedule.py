"""When a message is sent again, and when no more."""

import random
from collections.abc import Callable, Sequence

from khabar.webhooks.message import MessageState, Outcome
from workers.webhooks.post import Answer

_LAST = frozenset({Outcome.GONE, Outcome.KEY_REVOKED})
"""What no other attempt would change."""
_JITTER = 0.2
"""A pause is lengthened by up to this part of it, lest many messages come back at once."""


class Schedule:
    """``pauses`` are the seconds between attempts, so there is one attempt more than pauses."""

    def __init__(
        self,
        pauses: Sequence[float],
        chance: Callable[[], float] = random.random,  # No secret.
    ) -> None:
        self._pauses = tuple(pauses)
        self._chance = chance

    def after(self, attempts_before: int, answer: Answer) -> tuple[MessageState, float]:
        """Return what becomes of a message, and the seconds until it is sent again."""
        if answer.outcome is Outcome.DELIVERED:
            return MessageState.DELIVERED, 0.0
        if answer.outcome in _LAST or attempts_before >= len(self._pauses):
            return MessageState.DEAD, 0.0
        pause = self._pauses[attempts_before] * (1 + _JITTER * self._chance())
        return MessageState.PENDING, max(pause, answer.retry_after)
