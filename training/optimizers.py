"""How gradients become updates: Muon for the layers' matrices, AdamW for all else."""

from collections.abc import Iterable, Iterator
from typing import Any, Self, cast

import torch
from torch import nn

from training.config import TrainConfig
from training.device import KINDS
from training.model import Attention, Transformer
from training.muon import Muon


class Optimizers:
    """Both as one. Each has a peak rate of its own, and they rise and fall together.

    Embeddings, norms and biases learn by AdamW (Loshchilov and Hutter 2019) without decay: pulling
    the embeddings of rare words towards zero helps nothing.
    """

    def __init__(
        self,
        matrices: Iterable[tuple[nn.Parameter, int]],
        others: Iterable[nn.Parameter],
        config: TrainConfig,
    ) -> None:
        self._peaks = (config.peak_rate, config.table_rate)
        self._both: tuple[torch.optim.Optimizer, ...] = (
            Muon(
                matrices,
                lr=config.peak_rate,
                weight_decay=config.weight_decay,
                kind=KINDS[config.precision],
            ),
            torch.optim.AdamW(
                others,
                lr=config.table_rate,
                betas=(0.9, config.beta_2),
                eps=1e-9,
                weight_decay=0.0,
                fused=True,
            ),
        )

    @classmethod
    def of(cls, model: Transformer, config: TrainConfig) -> Self:
        """Return those of a whole model."""
        found = dict(matrices(model))
        others = [parameter for parameter in model.parameters() if parameter not in found]
        return cls(found.items(), others, config)

    def set_rate(self, share: float) -> None:
        """Set both rates to a share of their peaks."""
        for optimizer, peak in zip(self._both, self._peaks, strict=True):
            for group in optimizer.param_groups:
                group["lr"] = peak * share

    def step(self) -> None:
        """Update the weights by their gradients."""
        for optimizer in self._both:
            optimizer.step()

    def zero_grad(self) -> None:
        """Forget the gradients."""
        for optimizer in self._both:
            optimizer.zero_grad(set_to_none=True)

    def state_dict(self) -> dict[str, Any]:
        """Return what both have learnt about the gradients."""
        return {"both": [optimizer.state_dict() for optimizer in self._both]}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Put back what ``state_dict`` returned."""
        for optimizer, its in zip(self._both, state["both"], strict=True):
            optimizer.load_state_dict(its)


def matrices(model: Transformer) -> Iterator[tuple[nn.Parameter, int]]:
    """Yield the matrices of the layers, each with how many projections are fused in it."""
    fused = {
        linear.weight: linear.out_features // linear.in_features
        for attention in model.modules()
        if isinstance(attention, Attention)
        for linear in attention.linears()
    }
    for module in model.modules():
        if isinstance(module, nn.Linear):
            weight = cast("nn.Parameter", module.weight)
            yield weight, fused.get(weight, 1)
