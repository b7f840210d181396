"""A run's whole state on disk, so that another process can go on from there."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import nn

from training.weights import load_weights

CHECKPOINT, WEIGHTS = "checkpoint.pt", "weights.npz"


class Stateful(Protocol):
    """An optimizer, or several."""

    def state_dict(self) -> dict[str, Any]:
        """Return what it has learnt about the gradients."""
        ...

    def load_state_dict(self, state: dict[str, Any], /) -> None:
        """Put it back."""
        ...


@dataclass(frozen=True, slots=True)
class Resumed:
    """What a run goes on from: ``updates`` made before, and by what (a file's name, or nothing)."""

    updates: int
    origin: str


def save_checkpoint(run: Path, model: nn.Module, optimizer: Stateful, updates: int) -> None:
    """Write the state. The old one stays until the new one is whole."""
    state = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "updates": updates}
    save_state(run / CHECKPOINT, state)


def save_state(path: Path, state: Mapping[str, Any]) -> None:
    """Write some state. The old one stays until the new one is whole."""
    staging = path.with_name(path.name + ".part")
    torch.save(dict(state), staging)
    staging.replace(path)


def load_state(path: Path, device: torch.device | None = None) -> dict[str, Any]:
    """Read what ``save_state`` wrote."""
    found: dict[str, Any] = torch.load(path, map_location=device, weights_only=True)
    return found


def resume(run: Path, model: nn.Module, optimizer: Stateful) -> Resumed:
    """Put back what a run left: the checkpoint, else the int8 weights, else nothing.

    With the weights alone the optimizer starts anew, which a warm-up makes up for.
    """
    if (run / CHECKPOINT).is_file():
        device = next(model.parameters()).device
        state = load_state(run / CHECKPOINT, device)
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        return Resumed(int(state["updates"]), CHECKPOINT)
    if (run / WEIGHTS).is_file():
        model.load_state_dict(load_weights(run / WEIGHTS))
        return Resumed(0, WEIGHTS)
    return Resumed(0, "")
