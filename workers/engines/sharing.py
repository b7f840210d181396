"""How calls share a processor's cores, where each batch runs on one core."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

# Padded positions of all hypotheses in one batch: enough to keep the matrix products busy on a CPU,
# little enough that a call with many sentences is spread over all cores. A hypothesis has a row of
# numbers as long as the vocabulary, some times over, so with a wide beam larger batches cost memory
# and gain nothing: benchmarks/under_load.md.
_MOST_POSITIONS = 1024

# Hypotheses that each part keeps when a call is cut. The weights are read once for a batch, however
# small it is, so smaller parts save little; benchmarks/models.md tells what cutting costs.
_LEAST_HYPOTHESES = 4


class Cores:
    """Tells a call how many batches it should make. Safe to use from several threads at once.

    A call that is alone may be cut into a batch for each core. Calls that run beside one another
    are not: their batches keep the cores busy, and smaller batches cost more in all.
    """

    def __init__(self, cores: int) -> None:
        self._cores = cores
        self._calls = 0
        self._lock = threading.Lock()

    @contextmanager
    def share(self) -> Iterator[int]:
        """Give the number of cores that no other call is known to use, at least 1."""
        with self._lock:
            free = max(1, self._cores - self._calls)
            self._calls += 1
        try:
            yield free
        finally:
            with self._lock:
                self._calls -= 1


def batch_tokens(lengths: Sequence[int], beam: int, batches: int) -> int:
    """Return how many padded positions a batch may have, for inputs of these lengths in tokens.

    CTranslate2 sorts the inputs by length and fills one batch after the other. A call is cut into
    ``batches`` of like size, or fewer if they would become too small, or twice, three times as many
    where those would be too large.
    """
    return batch_rows(lengths, beam, batches) * max(lengths, default=1)


def batch_rows(lengths: Sequence[int], beam: int, batches: int) -> int:
    """Return how many inputs a batch may have, whichever they are; see ``batch_tokens``."""
    longest = max(lengths, default=1)
    # A beam of nothing is for the library to refuse.
    most_rows = max(1, _MOST_POSITIONS // max(1, beam) // longest)
    worthwhile = max(1, min(batches, len(lengths) * beam // _LEAST_HYPOTHESES))
    rows = _divided(len(lengths), worthwhile * _divided(len(lengths), worthwhile * most_rows))
    return max(1, rows)


def _divided(count: int, parts: int) -> int:
    """Return the size of the largest of some like parts."""
    return -(-count // max(1, parts))
