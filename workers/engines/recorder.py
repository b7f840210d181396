"""How probable each token was that a search of transformers chose."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


class Recorder:
    """Stands last among the processors of a search, and keeps what the chosen tokens scored.

    It makes the scores log-probabilities again, after the processors before it have forbidden or
    weakened tokens, as CTranslate2 does. Of each step it keeps the best ``candidates`` of each
    hypothesis: a search chooses among no others, and to keep all would be to keep the whole
    vocabulary at every step.
    """

    def __init__(self, candidates: int) -> None:
        self._candidates = candidates
        self._steps: list[tuple[list[list[int]], list[list[float]]]] = []

    def __call__(self, _: "torch.Tensor", scores: "torch.Tensor") -> "torch.Tensor":
        """Return the log-probabilities of a step, one row for each hypothesis."""
        probable = scores.log_softmax(dim=-1)
        best = probable.topk(min(self._candidates, probable.shape[-1]), dim=-1)
        self._steps.append((best.indices.tolist(), best.values.tolist()))
        return probable

    def total(self, numbers: Sequence[int], rows: Sequence[int]) -> float:
        """Return the sum for an output; ``rows`` are those of its tokens, one for each step."""
        total = 0.0
        for (indices, values), number, row in zip(self._steps, numbers, rows, strict=False):
            total += values[row][indices[row].index(number)]
        return total
