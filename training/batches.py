"""Batches of examples of like length, put together on the device from texts that lie there."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
import torch

from training.config import GRAIN
from training.unpacking import Pack
from training.vocabulary import PAD, START, load_pieces, tag_ids

Positions = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Batch:
    """Token numbers, one row an example, padded at the end.

    ``source`` begins with the target language's tag and ends with the end token, ``target_in``
    begins with the start token, ``target_out`` ends with the end token.
    """

    source: torch.Tensor
    target_in: torch.Tensor
    target_out: torch.Tensor


@dataclass(frozen=True, slots=True)
class Plan:
    """Which examples make up a batch, and how wide its two sides are."""

    examples: Positions
    source_width: int
    target_width: int


class Assembler:
    """Holds all texts on the device and makes batches of them there.

    Widths and rows are multiples of the grain, as tensor cores and fused attention like them.
    """

    def __init__(self, pack: Pack, device: torch.device) -> None:
        tags = tag_ids(load_pieces(pack.vocabulary))
        starts = np.concatenate(([0], np.cumsum(pack.lengths[:-1], dtype=np.int64)))
        self._device = device
        self._tokens = self._put(pack.tokens, torch.int32)
        self._starts = self._put(starts, torch.int64)
        self._lengths = self._put(pack.lengths, torch.int64)
        self._sources = self._put(pack.sources, torch.int64)
        self._targets = self._put(pack.targets, torch.int64)
        group_tags = np.array([tags[group.second] for group in pack.groups_known])
        self._tags = self._put(group_tags[pack.groups], torch.int64)

    def batch(self, plan: Plan) -> Batch:
        """Return the batch, without a wait for the device."""
        examples = torch.from_numpy(plan.examples).to(self._device, non_blocking=True)
        source = self._gather(self._sources[examples], plan.source_width - 1)
        target = self._gather(self._targets[examples], plan.target_width)
        start = torch.full_like(target[:, :1], START)
        return Batch(
            source=torch.cat([self._tags[examples, None], source], dim=1),
            target_in=torch.cat([start, target[:, :-1]], dim=1),
            target_out=target,
        )

    def _gather(self, texts: torch.Tensor, width: int) -> torch.Tensor:
        offsets = torch.arange(width, device=self._device)
        places = (self._starts[texts, None] + offsets).clamp_(max=len(self._tokens) - 1)
        inside = offsets < self._lengths[texts, None]
        return torch.where(inside, self._tokens[places].long(), PAD)

    def _put(self, array: npt.NDArray[np.generic], kind: torch.dtype) -> torch.Tensor:
        return torch.from_numpy(array.astype(np.int64)).to(kind).to(self._device)


@dataclass(frozen=True, slots=True)
class Widths:
    """How wide each example of a pack is on either side, rounded up to the grain."""

    source: Positions
    target: Positions

    @classmethod
    def of(cls, pack: Pack) -> Self:
        """Measure. The tag is counted with the source."""
        lengths = pack.lengths.astype(np.int64)
        return cls(_round(lengths[pack.sources] + 1), _round(lengths[pack.targets]))

    def plans(
        self, examples: Positions, batch_tokens: int, chance: np.random.Generator | None = None
    ) -> Iterator[Plan]:
        """Yield batches of at most ``batch_tokens`` padded positions, in random order if asked.

        Examples of one shape lie together, so that a batch holds little padding; they are in
        random order among themselves when ``examples`` are.
        """
        order = np.lexsort((self.source[examples], self.target[examples]))
        cuts = list(self._cuts(examples[order], batch_tokens))
        for number in chance.permutation(len(cuts)) if chance else range(len(cuts)):
            chosen = cuts[number]
            yield Plan(chosen, int(self.source[chosen].max()), int(self.target[chosen].max()))

    def _cuts(self, examples: Positions, batch_tokens: int) -> Iterator[Positions]:
        start = 0
        while start < len(examples):
            rows = batch_tokens // self._area(examples[start : start + 1])
            # A batch that gets wider on its way holds fewer rows.
            while rows > GRAIN and rows * self._area(examples[start : start + rows]) > batch_tokens:
                rows = int(rows * 0.9)
            rows = max(GRAIN, rows // GRAIN * GRAIN)
            yield examples[start : start + rows]
            start += rows

    def _area(self, examples: Positions) -> int:
        return int(self.source[examples].max() + self.target[examples].max())


def _round(lengths: Positions) -> Positions:
    return -(-lengths // GRAIN) * GRAIN
