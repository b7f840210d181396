"""Batches of few shapes: the library behind PyTorch prepares anew for each that it meets.

What is prepared is kept, which costs memory, or forgotten, which costs time
(docs/decisions/0028-few-shapes.md).
"""

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt
import torch

from training.batches import Batch, Positions
from training.config import GRAIN, Config
from training.mixture import Mixture
from training.unpacking import Pack
from training.vocabulary import PAD, START, load_pieces, tag_ids

_GRAINS = ((32, 2), (64, 4), (1 << 16, GRAIN))
"""Up to a width, sources are filled up to a multiple of the number beside it."""
_TARGET_GRAIN = 4


class EvenStream:
    """The endless stream of batches. Every process makes the same one from the same seed.

    The sources of a batch are about equally wide. Its rows depend on that width alone, and the
    targets are filled up as well. ``positions`` is about how many a batch has, on both sides.
    """

    def __init__(self, pack: Pack, config: Config, positions: int, seed: int) -> None:
        self._mixture = Mixture(pack, config.mix, seed)
        self._chance = np.random.default_rng(seed)
        self._round_examples = config.train.round_examples
        self._side = positions // 2
        lengths = pack.lengths.astype(np.int64)
        self._source_widths = _filled_up(lengths[pack.sources] + 1)
        self._target_widths = lengths[pack.targets]

    def batches(self, progress: Callable[[], float]) -> Iterator[Positions]:
        """Yield the examples of each batch, for ever. A round ends with a phase of the mix."""
        while True:
            began = progress()
            phase = self._mixture.phase(began)
            left = np.empty(0, dtype=np.int64)
            while self._mixture.phase(progress()) is phase:
                drawn = self._mixture.draw(self._round_examples, began)
                cut, left = self.cut(np.concatenate([left, self._chance.permutation(drawn)]))
                for number in self._chance.permutation(len(cut)):
                    yield cut[number]
                    if self._mixture.phase(progress()) is not phase:
                        break

    def cut(self, examples: Positions) -> tuple[list[Positions], Positions]:
        """Return batches of these examples, and those that fill none.

        The first are the first to be in one; targets of like length lie together.
        """
        widths = self._source_widths[examples]
        cut, left = [], [examples[:0]]
        for width in np.unique(widths):
            alike = examples[widths == width]
            rows = max(1, self._side // int(width))
            full = len(alike) // rows * rows
            chosen = alike[:full][np.argsort(self._target_widths[alike[:full]], kind="stable")]
            cut += list(chosen.reshape(-1, rows))
            left.append(alike[full:])
        return cut, np.concatenate(left)


class EvenAssembler:
    """Makes batches of token numbers."""

    def __init__(self, pack: Pack) -> None:
        tags = tag_ids(load_pieces(pack.vocabulary))
        self._pack = pack
        self._lengths = pack.lengths.astype(np.int64)
        self._starts = np.cumsum(self._lengths) - self._lengths
        self._tags = np.array([tags[group.second] for group in pack.groups_known], np.int64)

    def batch(self, examples: Positions) -> Batch:
        """Return the batch of these examples."""
        source, target = self._pack.sources[examples], self._pack.targets[examples]
        # The tag stands before the source.
        source = self._rows(source, int(_filled_up(self._lengths[source] + 1).max()) - 1)
        widest = int(self._lengths[target].max())
        target = self._rows(target, widest + -widest % _TARGET_GRAIN)
        tags = self._tags[self._pack.groups[examples]][:, None]
        starts = np.full_like(tags, START)
        return Batch(
            source=torch.from_numpy(np.concatenate([tags, source], axis=1)),
            target_in=torch.from_numpy(np.concatenate([starts, target[:, :-1]], axis=1)),
            target_out=torch.from_numpy(target),
        )

    def _rows(self, texts: npt.NDArray[np.uint32], width: int) -> npt.NDArray[np.int64]:
        offsets = np.arange(width)
        places = np.minimum(self._starts[texts][:, None] + offsets, len(self._pack.tokens) - 1)
        inside = offsets < self._lengths[texts][:, None]
        return np.where(inside, self._pack.tokens[places].astype(np.int64), PAD)


def _filled_up(widths: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    limits, grains = np.array(_GRAINS).T
    grain = grains[np.searchsorted(limits, widths)]
    filled: npt.NDArray[np.int64] = -(-widths // grain) * grain
    return filled
