"""Which piece translates which, so that a new model need not learn it from nothing.

IBM model 1 (Brown et al. 1993, "The Mathematics of Statistical Machine Translation") counts it out
of the pack's own examples in a minute or two. A new model's embeddings then start as the sum of
their own random row and their translations' rows, each as much as it is likely: what means the same
looks alike before the first update, also where a word stands in so few sentences that training
would hardly teach it.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch.nn import functional

Numbers = npt.NDArray[Any]
LIKELY = 0.03
"""Translations less likely than this are left out: they are mostly words of the same sentences."""
_ROUNDS = 5
_LONGEST = 48
"""In pieces. Model 1 knows no places, and in a long sentence everything goes with everything."""
_WHOLE = 2**16 - 1


def translations(
    tokens: Numbers, lengths: Numbers, examples: Numbers, pieces: int
) -> npt.NDArray[np.uint16]:
    """Return the likely translations of the pieces of some examples, in both directions.

    ``tokens`` and ``lengths`` are a pack's; ``examples`` has a row for each, the number of its
    source and of its target; ``pieces`` is the size of the vocabulary. Each row of the result is a
    piece, one of the other language that translates it, and how likely that is, of 65,535.
    """
    meetings = _Meetings(tokens, lengths, examples, pieces)
    return np.concatenate([*meetings.likely()])


def first_embeddings(table: torch.Tensor, lexicon: Numbers) -> torch.Tensor:
    """Return the embeddings that a new model starts from: pieces, width.

    ``table`` holds random rows; each stays as long as it was. ``lexicon`` is what ``translations``
    returned for this vocabulary; a piece beyond the table raises IndexError.
    """
    given, other = (torch.from_numpy(lexicon[:, column].astype(np.int64)) for column in (0, 1))
    chance = torch.from_numpy(lexicon[:, 2].astype(np.float32) / _WHOLE)
    mixed = table.index_add(0, given, table[other] * chance[:, None].to(table))
    lengths: torch.Tensor = torch.linalg.vector_norm(table, dim=1, keepdim=True)
    return functional.normalize(mixed) * lengths


class _Meetings:
    """Every piece of a source with every piece of its target; equal meetings share a number."""

    def __init__(self, tokens: Numbers, lengths: Numbers, examples: Numbers, pieces: int) -> None:
        starts = np.concatenate(([0], np.cumsum(lengths[:-1], dtype=np.int64)))
        # The end token means nothing.
        sizes = lengths[examples].astype(np.int64) - 1
        fits = ((sizes > 0) & (sizes <= _LONGEST)).all(axis=1)
        first, second = sizes[fits].T
        areas = first * second
        inside = np.arange(areas.sum()) - np.repeat(np.cumsum(areas) - areas, areas)
        at = inside // np.repeat(second, areas), inside % np.repeat(second, areas)
        firsts, seconds = (
            np.repeat(starts[examples[fits, side]], areas) + at[side] for side in (0, 1)
        )
        keys = tokens[firsts].astype(np.int64) * pieces + tokens[seconds]
        self._known, self._number = np.unique(keys, return_inverse=True)
        self._pieces = pieces
        # A place is one token of one sentence; at each, all that the other side says meets it.
        self._places = tuple(
            np.repeat(np.cumsum(size) - size, areas) + at[side]
            for side, size in enumerate((first, second))
        )

    def likely(self) -> Iterator[npt.NDArray[np.uint16]]:
        """Yield the likely translations of the first language's pieces, then of the second's."""
        sides = np.divmod(self._known, self._pieces)
        for given, other, places in (
            (sides[0], sides[1], self._places[1]),
            (sides[1], sides[0], self._places[0]),
        ):
            chance = self._learnt(given, places)
            kept = chance > LIKELY
            share = np.rint(chance[kept] * _WHOLE)
            yield np.stack([given[kept], other[kept], share], axis=1).astype(np.uint16)

    def _learnt(self, given: Numbers, places: Numbers) -> Numbers:
        """Return, for each known meeting, how likely the other piece translates the given one."""
        chance = np.ones(len(self._known))
        for _ in range(_ROUNDS):
            shares = chance[self._number]
            shares /= np.bincount(places, shares)[places]
            expected = np.bincount(self._number, shares, minlength=len(self._known))
            chance = expected / np.bincount(given, expected)[given]
        return chance
