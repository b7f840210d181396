"""Where each weight lies in one flat array, and which process updates it."""

from dataclasses import dataclass

import torch

from training.config import ModelConfig
from training.model import Transformer
from training.optimizers import matrices

TABLE = "embeddings.weight"


@dataclass(frozen=True, slots=True)
class Share:
    """The matrices that one process updates: each with its fused parts, and where they all lie."""

    parts: dict[str, int]
    place: slice


class Flat:
    """The places of all weights but the table of embeddings, which is kept by itself.

    First come the matrices of the layers, those of each process together; then, from ``vectors``
    on, biases and norms.
    """

    def __init__(self, config: ModelConfig, processes: int) -> None:
        with torch.device("meta"):
            model = Transformer(config, 1)
        names = {parameter: name for name, parameter in model.named_parameters()}
        self._shapes = {name: parameter.shape for parameter, name in names.items()}
        del self._shapes[TABLE]
        self._starts: dict[str, int] = {}
        self.size = 0
        parts = {names[matrix]: count for matrix, count in matrices(model)}
        self.shares = [
            Share({name: parts[name] for name in dealt}, self._lay(dealt))
            for dealt in self._dealt(list(parts), processes)
        ]
        self.vectors = self._lay([name for name in self._shapes if name not in parts])

    def views(self, flat: torch.Tensor) -> dict[str, torch.Tensor]:
        """Return each weight by its name, as a view of ``flat``."""
        return {
            name: flat[start : start + self._shapes[name].numel()].view(self._shapes[name])
            for name, start in self._starts.items()
        }

    def _dealt(self, names: list[str], processes: int) -> list[list[str]]:
        """Deal the matrices out, largest first, so that each process has about the same to do."""
        hands: list[list[str]] = [[] for _ in range(processes)]
        for name in sorted(names, key=lambda name: -self._shapes[name].numel()):
            least = min(hands, key=lambda hand: sum(self._shapes[n].numel() for n in hand))
            least.append(name)
        return hands

    def _lay(self, names: list[str]) -> slice:
        start = self.size
        for name in names:
            self._starts[name] = self.size
            self.size += self._shapes[name].numel()
        return slice(start, self.size)
