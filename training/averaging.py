"""Means of the weights over the run, kept on the device beside the weights themselves."""

from collections.abc import Mapping
from typing import Protocol

import torch
from torch import nn

State = Mapping[str, torch.Tensor]


def _tensors(parameters: Mapping[str, nn.Parameter]) -> list[torch.Tensor]:
    return list(parameters.values())


class Average(Protocol):
    """Some mean of the weights so far."""

    def update(self, progress: float, updates: int) -> None:
        """Look at the weights after an update."""
        ...

    def state(self) -> State | None:
        """Return the mean, or nothing if no weights were taken yet."""
        ...


class ExponentialAverage:
    """Each update counts ``decay`` times as much as the next one (Polyak averaging).

    The decay is smaller at first, or the random weights at the beginning would stay in the mean.
    """

    def __init__(self, model: nn.Module, decay: float) -> None:
        self._parameters = dict(model.named_parameters())
        self._mean = [p.detach().clone() for p in self._parameters.values()]
        self._decay = decay

    @torch.no_grad()
    def update(self, progress: float, updates: int) -> None:  # noqa: ARG002
        """Move the mean towards the weights."""
        decay = min(self._decay, (1 + updates) / (10 + updates))
        torch._foreach_lerp_(self._mean, _tensors(self._parameters), 1 - decay)

    def state(self) -> State | None:
        """Return the mean."""
        return dict(zip(self._parameters, self._mean, strict=True))


class LateAverage:
    """The plain mean of weights taken every ``every`` updates from ``start`` of the budget on.

    It is what averaging the last checkpoints of a run comes to (Vaswani et al. 2017).
    """

    def __init__(self, model: nn.Module, start: float, every: int) -> None:
        self._parameters = dict(model.named_parameters())
        self._start = start
        self._every = every
        self._mean: list[torch.Tensor] = []
        self._taken = 0

    @torch.no_grad()
    def update(self, progress: float, updates: int) -> None:
        """Take the weights in, when it is time."""
        if progress < self._start or updates % self._every:
            return
        weights = _tensors(self._parameters)
        self._taken += 1
        if self._mean:
            torch._foreach_lerp_(self._mean, weights, 1 / self._taken)
        else:
            self._mean = [weight.detach().clone() for weight in weights]

    def state(self) -> State | None:
        """Return the mean, or nothing before ``start``."""
        return dict(zip(self._parameters, self._mean, strict=True)) if self._mean else None
