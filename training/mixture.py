"""Which examples come next: every group has a share, and its examples come in turn.

Within a direction a source of n examples weighs ``weight * n ** (1 / temperature)``: at
temperature 1 all examples count alike, above it small sources count for more than their size
(Arivazhagan et al. 2019, "Massively Multilingual Neural Machine Translation in the Wild").
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from training.config import MixConfig, Phase
from training.pairs import TRAIN
from training.unpacking import Group, Pack

Positions = npt.NDArray[np.int64]


class MixEmpty(ValueError):
    """No group of the pack has any weight."""


class Mixture:
    """Draws rounds of training examples. ``progress`` is the share of the budget used, 0 to 1."""

    def __init__(self, pack: Pack, config: MixConfig, seed: int) -> None:
        self._config = config
        self._chance = np.random.default_rng(seed)
        self._groups = pack.groups_known
        self._members = [np.flatnonzero(pack.groups == n) for n in range(len(self._groups))]
        self._left = [np.empty(0, np.int64)] * len(self._groups)

    def draw(self, count: int, progress: float) -> Positions:
        """Return the positions of about ``count`` examples.

        No example of a group comes again before all others of it have come.
        """
        weights = shares(self._groups, [len(m) for m in self._members], self._config, progress)
        # What a rounded count would lose of small groups, chance gives back.
        counts = self._chance.multinomial(count, weights)
        drawn = [self._take(number, int(wanted)) for number, wanted in enumerate(counts) if wanted]
        return np.concatenate(drawn)

    def phase(self, progress: float) -> Phase:
        """Return the phase of the mix at that moment."""
        return _phase(self._config, progress)

    def _take(self, number: int, wanted: int) -> Positions:
        parts = []
        while wanted:
            if not len(self._left[number]):
                self._left[number] = self._chance.permutation(self._members[number])
            taken, self._left[number] = np.split(self._left[number], [wanted])
            parts.append(taken)
            wanted -= len(taken)
        return np.concatenate(parts)


def shares(
    groups: Sequence[Group], sizes: Sequence[int], config: MixConfig, progress: float
) -> npt.NDArray[np.float64]:
    """Return the share of each group. Groups of other splits have none. Raises MixEmpty."""
    phase = _phase(config, progress)
    raw = np.array(
        [_raw(group, size, phase, config) for group, size in zip(groups, sizes, strict=True)]
    )
    by_direction: dict[str, float] = {}
    for group, weight in zip(groups, raw, strict=True):
        by_direction[group.direction] = by_direction.get(group.direction, 0.0) + weight
    if not raw.sum():
        raise MixEmpty("No group of the pack has a weight.")
    scaled = np.array(
        [
            weight / by_direction[group.direction] * config.directions[group.direction]
            if weight
            else 0.0
            for group, weight in zip(groups, raw, strict=True)
        ]
    )
    found: npt.NDArray[np.float64] = scaled / scaled.sum()
    return found


def _phase(config: MixConfig, progress: float) -> Phase:
    return next((p for p in config.phases if progress < p.until), config.phases[-1])


def _raw(group: Group, size: int, phase: Phase, config: MixConfig) -> float:
    if group.split != TRAIN or not size or not config.learns(group.direction):
        return 0.0
    return phase.weights.get(group.source, 0.0) * float(size ** (1 / config.temperature))
