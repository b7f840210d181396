"""What all processes see: weights, gradients and a few numbers, in shared memory."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, auto
from typing import Self

import torch

from training.cores.flat import TABLE, Flat


class Count(IntEnum):
    """The places of ``Memory.counts``."""

    UPDATES = 0
    TAKEN = auto()
    """How many batches of the next update are taken by a process."""
    BROKEN = auto()
    """Whether one of them gave a loss that is no number."""
    SAVE_AFTER = auto()
    """The update after which the state is saved."""


@dataclass(frozen=True, slots=True)
class Memory:
    """``weights`` and ``table`` are what is computed with, ``masters`` what is learnt, in float32.

    ``gradients`` and ``table_gradients`` have a row for each process. ``progress`` runs from 0 to
    1, and the run ends there. ``tally`` has, for each process, loss, tokens, positions and
    examples since the last line of the log.
    """

    weights: torch.Tensor
    masters: torch.Tensor
    gradients: torch.Tensor
    table: torch.Tensor
    table_masters: torch.Tensor
    table_gradients: torch.Tensor
    progress: torch.Tensor
    counts: torch.Tensor
    tally: torch.Tensor

    @classmethod
    def of(
        cls, state: Mapping[str, torch.Tensor], flat: Flat, processes: int, kind: torch.dtype
    ) -> Self:
        """Put the weights of a model there."""
        pieces, width = state[TABLE].shape
        memory = cls(
            weights=_shared(flat.size, kind=kind),
            masters=_shared(flat.size),
            gradients=_shared(processes, flat.size, kind=kind),
            table=_shared(pieces, width, kind=kind),
            table_masters=_shared(pieces, width),
            table_gradients=_shared(processes, pieces, width),
            progress=_shared(1, kind=torch.float64),
            counts=_shared(len(Count), kind=torch.int64),
            tally=_shared(processes, 4, kind=torch.float64),
        )
        for name, view in flat.views(memory.masters).items():
            view.copy_(state[name])
        memory.table_masters.copy_(state[TABLE])
        memory.weights.copy_(memory.masters)
        memory.table.copy_(memory.table_masters)
        return memory

    def state(self, flat: Flat) -> dict[str, torch.Tensor]:
        """Return the weights by name, in float32."""
        found = {name: view.clone() for name, view in flat.views(self.masters).items()}
        return {TABLE: self.table_masters.clone(), **found}


def _shared(*size: int, kind: torch.dtype = torch.float32) -> torch.Tensor:
    found = torch.zeros(size, dtype=kind)
    found.untyped_storage().share_memory_()
    return found
