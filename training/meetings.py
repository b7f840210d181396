"""IBM model 1: which token of a sentence translates which of another, counted out of many.

Brown et al. 1993, "The Mathematics of Statistical Machine Translation".
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[Any]
_ROUNDS = 5
_LONGEST = 48
"""In tokens. Model 1 knows no places, and in a long sentence everything goes with everything."""


@dataclass(frozen=True, slots=True)
class Side:
    """The tokens of many sentences, one after another, and how many each has."""

    tokens: Numbers
    sizes: Numbers


class Meetings:
    """Every token of a sentence with every token of its translation, over all sentences.

    ``first`` and ``second`` are the two tokens of each kind of meeting there was. Sentences of
    which a side is empty or long are left out.
    """

    def __init__(self, first: Side, second: Side) -> None:
        sizes = np.stack([first.sizes, second.sizes]).astype(np.int64)
        fits = ((sizes > 0) & (sizes <= _LONGEST)).all(axis=0)
        starts = np.cumsum(sizes, axis=1) - sizes
        sizes, starts = sizes[:, fits], starts[:, fits]
        areas = sizes[0] * sizes[1]
        inside = np.arange(areas.sum()) - np.repeat(np.cumsum(areas) - areas, areas)
        at = np.divmod(inside, np.repeat(sizes[1], areas))
        # A place is one token of one sentence; at each, all that the other side says meets it.
        self._places = [np.repeat(starts[side], areas) + at[side] for side in (0, 1)]
        kinds = int(second.tokens.max(initial=0)) + 1
        keys = first.tokens[self._places[0]].astype(np.int64) * kinds
        keys += second.tokens[self._places[1]]
        known, self._number = np.unique(keys, return_inverse=True)
        self.first, self.second = np.divmod(known, kinds)

    def chances(self) -> tuple[Numbers, Numbers]:
        """Return how likely each second token translates its first one, and the other way round."""
        there = self._learnt(self.first, self._places[1])
        back = self._learnt(self.second, self._places[0])
        return there, back

    def _learnt(self, given: Numbers, places: Numbers) -> Numbers:
        """Return how likely the token that lies at the places translates the given one."""
        chance = np.ones(len(given))
        for _ in range(_ROUNDS):
            shares = chance[self._number]
            shares /= np.bincount(places, shares)[places]
            expected = np.bincount(self._number, shares, minlength=len(given))
            chance = expected / np.bincount(given, expected)[given]
        return chance
