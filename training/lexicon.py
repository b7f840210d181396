"""Which piece translates which, so that a new model need not learn it from nothing.

``training.meetings`` counts it out of the pack's own examples in a minute or two. A new model's
embeddings then start as the sum of their own random row and their translations' rows, each as much
as it is likely: what means the same looks alike before the first update, also where a word stands
in so few sentences that training would hardly teach it.
"""

import numpy as np
import numpy.typing as npt
import torch
from torch.nn import functional

from training.meetings import Meetings, Numbers, Side

LIKELY = 0.03
"""Translations less likely than this are left out: they are mostly words of the same sentences."""
_WHOLE = 2**16 - 1


def translations(tokens: Numbers, lengths: Numbers, examples: Numbers) -> npt.NDArray[np.uint16]:
    """Return the likely translations of the pieces of some examples, in both directions.

    ``tokens`` and ``lengths`` are a pack's; ``examples`` has a row for each, the number of its
    source and of its target. Each row of the result is a piece, one of the other language that
    translates it, and how likely that is, of 65,535.
    """
    sides = (_side(tokens, lengths, examples[:, side]) for side in (0, 1))
    meetings = Meetings(*sides)
    there, back = meetings.chances()
    return np.concatenate(
        [
            _likely(meetings.first, meetings.second, there),
            _likely(meetings.second, meetings.first, back),
        ]
    )


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


def _side(tokens: Numbers, lengths: Numbers, texts: Numbers) -> Side:
    """Return some texts of a pack without their end tokens, which mean nothing."""
    starts = (np.cumsum(lengths, dtype=np.int64) - lengths)[texts]
    sizes = lengths[texts].astype(np.int64) - 1
    inside = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return Side(tokens[np.repeat(starts, sizes) + inside], sizes)


def _likely(given: Numbers, other: Numbers, chance: Numbers) -> npt.NDArray[np.uint16]:
    kept = chance > LIKELY
    share = np.rint(chance[kept] * _WHOLE)
    return np.stack([given[kept], other[kept], share], axis=1).astype(np.uint16)
