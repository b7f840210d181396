"""Muon: updates of a matrix whose directions all count alike.

The momentum of a matrix is mostly made of few directions. Muon (Jordan et al. 2024, "Muon: An
optimizer for hidden layers in neural networks") brings it near an orthogonal matrix, so that the
rare ones are learnt as fast. Scaled as by Liu et al. (2025, "Muon is Scalable for LLM
Training"), an update is as large as AdamW's, and takes the same rates.

PyTorch has a Muon of its own. It takes the matrices one by one, fused projections as one, and works
in bf16, which is slow on processors that have none; here equal shapes go together, in what the run
computes in.
"""

import math
from collections.abc import Iterable
from typing import cast

import torch
from torch import nn
from torch.optim import Optimizer

_QUINTIC = (3.4445, -4.7750, 2.0315)
_STEPS = 5
_MOMENTUM = 0.95
_SIZE = 0.2
"""The root mean square of AdamW's updates, near enough."""


class Muon(Optimizer):
    """Each matrix comes with the number of equal parts, one above the other, that it is made of.

    Its rows divide by that number, and it has a gradient at every step.
    """

    def __init__(
        self,
        matrices: Iterable[tuple[nn.Parameter, int]],
        *,
        lr: float,
        weight_decay: float,
        kind: torch.dtype = torch.float32,
    ) -> None:
        alike: dict[tuple[torch.Size, int], list[nn.Parameter]] = {}
        for matrix, parts in matrices:
            alike.setdefault((matrix.shape, parts), []).append(matrix)
        groups = [{"params": found, "parts": parts} for (_, parts), found in alike.items()]
        super().__init__(groups, {"lr": lr, "weight_decay": weight_decay})
        self._kind = kind

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]  # noqa: ARG002
        """Update the matrices by their gradients."""
        for group in self.param_groups:
            matrices: list[torch.Tensor] = group["params"]
            gradients = [cast("torch.Tensor", matrix.grad) for matrix in matrices]
            momenta = [self._momentum(matrix) for matrix in matrices]
            torch._foreach_lerp_(momenta, gradients, 1 - _MOMENTUM)
            ahead = torch.stack(gradients).lerp_(torch.stack(momenta), _MOMENTUM)
            parts = ahead.reshape(len(matrices) * group["parts"], -1, ahead.shape[2])
            change = orthogonal(parts, self._kind) * (_SIZE * math.sqrt(max(parts.shape[1:])))
            torch._foreach_mul_(matrices, 1 - group["lr"] * group["weight_decay"])
            changes = list(change.reshape(ahead.shape).unbind())
            torch._foreach_add_(matrices, changes, alpha=-group["lr"])

    def _momentum(self, matrix: torch.Tensor) -> torch.Tensor:
        state = self.state[matrix]
        if not state:
            state["momentum"] = torch.zeros_like(matrix)
        found: torch.Tensor = state["momentum"]
        return found


def orthogonal(matrices: torch.Tensor, kind: torch.dtype = torch.float32) -> torch.Tensor:
    """Return each matrix near the (half-)orthogonal one: matrices, rows, columns, in float32.

    Five steps of Newton and Schulz with the coefficients of Jordan et al. bring singular values
    that are at least about 0.0015 of the matrix's norm between 0.7 and 1.2; smaller ones grow up to
    some 480-fold, and nothing stays nothing. ``kind`` is what they are computed in.
    """
    wide = matrices.shape[1] <= matrices.shape[2]
    x = matrices if wide else matrices.mT.contiguous()
    x = x / x.norm(dim=(1, 2), keepdim=True).clamp(min=1e-7)
    x = x.to(kind)
    a, b, c = _QUINTIC
    for _ in range(_STEPS):
        square = x @ x.mT
        x = torch.baddbmm(x, torch.baddbmm(square, square, square, beta=b, alpha=c), x, beta=a)
    return (x if wide else x.mT).float()
