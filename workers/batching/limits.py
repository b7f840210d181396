"""How much may wait, how much is handed over at once, and who may overtake whom."""

from dataclasses import dataclass

from khabar.queues import Priority


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes count sentences and characters of source text; times are seconds.

    ``calls_at_once`` is how many calls are with the engine side by side: as many as it works on,
    and one that it finds waiting when it is done with another. ``batch_sentences`` and
    ``batch_characters`` bound one call, but for a single sentence that is longer.
    ``waiting_characters`` bounds what has been taken in and not begun; a caller beyond it waits to
    be taken in. ``bulk_patience_seconds`` is the head start of urgent work: it overtakes bulk work
    that came up to that long before it, and none that has waited longer.
    """

    calls_at_once: int = 2
    batch_sentences: int = 32
    batch_characters: int = 6_000
    waiting_characters: int = 1_000_000
    bulk_patience_seconds: float = 10.0

    def allowance(self, priority: Priority) -> float:
        """Return how much later than its arrival work of this priority counts as come."""
        return 0.0 if priority is Priority.URGENT else self.bulk_patience_seconds
