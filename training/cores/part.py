"""The part of the weights that one process updates, by the gradients of all."""

from typing import Any

import torch
from torch import nn

from training.config import TrainConfig
from training.cores.flat import Flat
from training.cores.memory import Memory
from training.optimizers import Optimizers


class Part:
    """A share of the matrices and of the table's rows; all vectors are the first process's."""

    def __init__(self, flat: Flat, memory: Memory, process: int, config: TrainConfig) -> None:
        self._memory = memory
        self._gradient = torch.zeros(flat.size)
        self._share = flat.shares[process]
        masters, gradients = flat.views(memory.masters), flat.views(self._gradient)
        learnt = [
            (_parameter(masters[name], gradients[name]), parts)
            for name, parts in self._share.parts.items()
        ]
        rows = memory.table.shape[0]
        processes = len(flat.shares)
        self._rows = slice(rows * process // processes, rows * (process + 1) // processes)
        self._table_gradient = torch.zeros_like(memory.table_masters[self._rows])
        others = [_parameter(memory.table_masters[self._rows], self._table_gradient)]
        self._places = [self._share.place]
        if process == 0:
            vectors = flat.vectors
            others.append(_parameter(memory.masters[vectors], self._gradient[vectors]))
            self._places.append(vectors)
        self._optimizers = Optimizers(learnt, others, config)

    @torch.no_grad()
    def update(self, share: float) -> None:
        """Make an update at a share of the peak rates, and forget the gradients."""
        memory, rows = self._memory, self._rows
        for place in self._places:
            torch.sum(memory.gradients[:, place], 0, dtype=torch.float32, out=self._gradient[place])
        torch.sum(memory.table_gradients[:, rows], 0, out=self._table_gradient)
        self.forget()
        self._optimizers.set_rate(share)
        self._optimizers.step()
        for place in self._places:
            memory.weights[place] = memory.masters[place]
        memory.table[rows] = memory.table_masters[rows]

    def forget(self) -> None:
        """Forget the gradients, of all processes."""
        for place in self._places:
            self._memory.gradients[:, place] = 0
        self._memory.table_gradients[:, self._rows] = 0

    def state_dict(self) -> dict[str, Any]:
        """Return what was learnt about the gradients."""
        return self._optimizers.state_dict()

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Put back what ``state_dict`` returned."""
        self._optimizers.load_state_dict(state)


def _parameter(master: torch.Tensor, gradient: torch.Tensor) -> nn.Parameter:
    parameter = nn.Parameter(master)
    parameter.grad = gradient
    return parameter
