"""Batches in which every source is equally wide, so that attention needs no mask."""

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt
import torch

from training.batches import Batch, Positions
from training.config import Config
from training.mixture import Mixture
from training.unpacking import Pack
from training.vocabulary import PAD, START, load_pieces, tag_ids

_ROWS = 4
"""The rows of a batch that is not full are a multiple of this: fewer shapes to prepare for."""
_LEAST = 1 / 4
"""What is left of a width is left out where it fills less of a batch than this."""


class EvenStream:
    """The endless stream of batches. Every process makes the same one from the same seed.

    The rows of a full batch depend on the width of its sources alone, and those of the targets are
    rounded up to two: the library behind PyTorch prepares anew for each shape that it meets.
    ``positions`` is about how many a batch has, counted on both sides.
    """

    def __init__(self, pack: Pack, config: Config, positions: int, seed: int) -> None:
        self._mixture = Mixture(pack, config.mix, seed)
        self._chance = np.random.default_rng(seed)
        self._round_examples = config.train.round_examples
        self._side = positions / 2
        lengths = pack.lengths.astype(np.int64)
        self._source_widths = lengths[pack.sources] + 1
        self._target_widths = lengths[pack.targets]

    def batches(self, progress: Callable[[], float]) -> Iterator[Positions]:
        """Yield the examples of each batch, for ever. A round ends with a phase of the mix."""
        while True:
            began = progress()
            phase = self._mixture.phase(began)
            drawn = self._mixture.draw(self._round_examples, began)
            cut = list(self.cut(self._chance.permutation(drawn)))
            for number in self._chance.permutation(len(cut)):
                yield cut[number]
                if self._mixture.phase(progress()) is not phase:
                    break

    def cut(self, examples: Positions) -> Iterator[Positions]:
        """Yield batches of these examples; targets of like length lie together too."""
        order = np.lexsort((self._target_widths[examples], self._source_widths[examples]))
        examples = examples[order]
        widths, starts = np.unique(self._source_widths[examples], return_index=True)
        for width, alike in zip(widths.tolist(), np.split(examples, starts[1:]), strict=True):
            rows = max(_ROWS, round(self._side / width))
            full = len(alike) // rows * rows
            yield from alike[:full].reshape(-1, rows)
            rest = (len(alike) - full) // _ROWS * _ROWS
            if rest * width >= self._side * _LEAST:
                yield alike[full : full + rest]


class EvenAssembler:
    """Makes batches of token numbers."""

    def __init__(self, pack: Pack) -> None:
        tags = tag_ids(load_pieces(pack.vocabulary))
        self._pack = pack
        self._lengths = pack.lengths.astype(np.int64)
        self._starts = np.cumsum(self._lengths) - self._lengths
        self._tags = np.array([tags[group.second] for group in pack.groups_known], np.int64)

    def batch(self, examples: Positions) -> Batch:
        """Return the batch of these examples, whose sources are equally long."""
        source = self._rows(self._pack.sources[examples], 1)
        target = self._rows(self._pack.targets[examples], 2)
        tags = self._tags[self._pack.groups[examples]][:, None]
        starts = np.full_like(tags, START)
        return Batch(
            source=torch.from_numpy(np.concatenate([tags, source], axis=1)),
            target_in=torch.from_numpy(np.concatenate([starts, target[:, :-1]], axis=1)),
            target_out=torch.from_numpy(target),
        )

    def _rows(self, texts: npt.NDArray[np.uint32], grain: int) -> npt.NDArray[np.int64]:
        lengths = self._lengths[texts][:, None]
        offsets = np.arange(-(-int(lengths.max()) // grain) * grain)
        places = np.minimum(self._starts[texts][:, None] + offsets, len(self._pack.tokens) - 1)
        return np.where(offsets < lengths, self._pack.tokens[places].astype(np.int64), PAD)
