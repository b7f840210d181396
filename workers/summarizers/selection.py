"""The choice of the sentences that together make the best summary.

Every permitted combination of the likeliest sentences is weighed: the sum of their scores, less
what they repeat of each other. It is the objective of maximal marginal relevance (Carbonell and
Goldstein, 1998) without its greedy search, which would never take two sentences that only make
sense together.
"""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import numpy.typing as npt

from workers.summarizers.centrality import Floats, SentenceVectors
from workers.summarizers.standalone import Standing

LARGEST_POOL = 18
"""Sentences weighed against each other; 18,564 combinations of six at the most."""


def choose(
    scores: Floats,
    vectors: SentenceVectors,
    standings: Sequence[Standing],
    count: int,
    redundancy: float,
) -> tuple[int, ...]:
    """Return the positions of the best ``count`` sentences, in order.

    Returns fewer where no ``count`` of them can be read together, and none where none can be read
    alone. ``redundancy`` is the price of a cosine of 1 between two sentences of a pair.
    """
    pool = _pool(scores, standings)
    cosines = vectors.cosines(pool)
    values = scores[np.array(pool, dtype=np.intp)]
    for size in range(min(count, len(pool)), 0, -1):
        permitted = [
            places
            for places in combinations(range(len(pool)), size)
            if _readable([pool[place] for place in places], standings)
        ]
        if permitted:
            best = _best(np.array(permitted, dtype=np.intp), values, cosines, redundancy)
            return tuple(pool[place] for place in best)
    return ()


def _pool(scores: Floats, standings: Sequence[Standing]) -> list[int]:
    """Return the best sentences that may be chosen, with those they follow on, in order."""
    pool: set[int] = set()
    for position in np.argsort(-scores, kind="stable"):
        chain = _chain(int(position), standings)
        if chain and len(pool | chain) <= LARGEST_POOL:
            pool |= chain
        if len(pool) == LARGEST_POOL:
            break
    return sorted(pool)


def _chain(position: int, standings: Sequence[Standing]) -> set[int]:
    """Return the sentence with all that it follows on, or nothing where that leads nowhere.

    A chain longer than the pool leads nowhere either.
    """
    chain = {position}
    while standings[position] is Standing.FOLLOWING:
        position -= 1
        if position < 0 or len(chain) == LARGEST_POOL:
            return set()
        chain.add(position)
    return set() if standings[position] is Standing.UNFIT else chain


def _readable(chosen: Sequence[int], standings: Sequence[Standing]) -> bool:
    before: int | None = None
    for position in chosen:
        need = standings[position]
        if need is Standing.FOLLOWING and before != position - 1:
            return False
        if need is Standing.LATER and before is None:
            return False
        before = position
    return True


def _best(
    permitted: npt.NDArray[np.intp], values: Floats, cosines: Floats, redundancy: float
) -> list[int]:
    size = permitted.shape[1]
    worth = values[permitted].sum(axis=1)
    for first, second in combinations(range(size), 2):
        worth -= redundancy * cosines[permitted[:, first], permitted[:, second]] / (size - 1)
    return [int(place) for place in permitted[int(worth.argmax())]]
