"""The endless stream of batches a run learns from, drawn in rounds."""

from collections.abc import Callable, Iterator

import numpy as np

from training.batches import Plan, Widths
from training.config import GRAIN, Config
from training.mixture import Mixture
from training.unpacking import Pack


class Stream:
    """Draws a round by the mix of that moment, and cuts it into batches of like length.

    ``batch_tokens`` may be lowered at any time; it counts from the next round on.
    """

    def __init__(self, pack: Pack, config: Config, seed: int) -> None:
        self.batch_tokens = config.train.batch_tokens
        self._round_examples = config.train.round_examples
        self._mixture = Mixture(pack, config.mix, seed)
        self._widths = Widths.of(pack)
        self._chance = np.random.default_rng(seed)

    def plans(self, progress: Callable[[], float]) -> Iterator[Plan]:
        """Yield batches for ever. A round ends early where a phase of the mix does."""
        while True:
            began = progress()
            phase = self._mixture.phase(began)
            for plan in self.one_round(began):
                yield plan
                if self._mixture.phase(progress()) is not phase:
                    break

    def one_round(self, progress: float) -> Iterator[Plan]:
        """Yield the batches of one round, in random order."""
        batch_tokens = self.batch_tokens
        examples = self._chance.permutation(self._mixture.draw(self._round_examples, progress))
        for plan in self._widths.plans(examples, batch_tokens, self._chance):
            if self.batch_tokens != batch_tokens:
                return
            # The few examples left over at the end of a round would be compiled for alone.
            if len(plan.examples) >= GRAIN:
                yield plan
