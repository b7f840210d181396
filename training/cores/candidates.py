"""The loss over some of the pieces: all that are wanted or frequent, and a sample of the others.

Scoring 16,000 pieces at each position would cost as much as the rest of the decoder. A sampled
piece stands for as many as it was drawn from, so that the sum over all pieces is right on average
(Bengio and Senecal 2008, "Adaptive Importance Sampling to Accelerate Training of a Neural
Probabilistic Language Model", with the simplest of proposals).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

import torch
from torch.nn import functional

from training.vocabulary import PAD

# What torch keeps of a step for its gradient; it takes any attribute.
Context = Any
_CHUNK = 512
"""Positions scored at a time: as many as stay in a core's cache."""
_GRAIN = 64


@dataclass(frozen=True, slots=True)
class Table:
    """The embeddings: weights that score, where their gradients go, and the frequent pieces."""

    weights: torch.Tensor
    gradient: torch.Tensor
    frequent: torch.Tensor


def candidate_loss(
    hidden: torch.Tensor,
    wanted: torch.Tensor,
    table: Table,
    *,
    count: int,
    smoothing: float,
    scale: float,
) -> tuple[torch.Tensor, int]:
    """Return the cross-entropy of the wanted pieces, summed, in nats, and how many there are.

    ``count`` pieces are scored, or as many as are wanted or frequent if those are more. Gradients
    are those of the smoothed loss times ``scale``, whatever is done with what is returned.
    """
    kept = (wanted.flatten() != PAD).nonzero()[:, 0]
    rows, pieces = hidden.flatten(0, 1)[kept], wanted.flatten()[kept]
    apply = cast("Callable[..., torch.Tensor]", _CandidateLoss.apply)
    return apply(rows, pieces, table, count, smoothing, scale), len(kept)


class _CandidateLoss(torch.autograd.Function):
    """Computes the gradients together with the loss: the scores are never kept."""

    @staticmethod
    def forward(
        ctx: Context,
        rows: torch.Tensor,
        wanted: torch.Tensor,
        table: Table,
        count: int,
        smoothing: float,
        scale: float,
    ) -> torch.Tensor:
        pieces, stands_for = choose(wanted, table, count)
        place = torch.empty(len(table.weights), dtype=torch.long)
        place[pieces] = torch.arange(len(pieces))
        gold = place[wanted]
        weights = table.weights[pieces]
        smooth = stands_for * (smoothing / len(table.weights))
        total = torch.zeros(())
        back = torch.empty_like(rows)
        gradient = torch.zeros(weights.shape)
        for start in range(0, len(rows), _CHUNK):
            part = slice(start, start + _CHUNK)
            found, slope = _slope(rows[part], weights, gold[part], stands_for, smooth, smoothing)
            total += found
            slope = slope.mul_(scale).to(rows.dtype)
            back[part] = (slope @ weights)[: len(gold[part])]
            gradient += slope.mT @ _filled(rows[part])
        table.gradient.index_add_(0, pieces, gradient)
        ctx.save_for_backward(back)
        return total

    @staticmethod
    def backward(
        ctx: Context, *_: torch.Tensor
    ) -> tuple[torch.Tensor, None, None, None, None, None]:
        return ctx.saved_tensors[0], None, None, None, None, None


def choose(wanted: torch.Tensor, table: Table, count: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the pieces that are scored, and how many each of them stands for."""
    size = len(table.weights)
    sure = torch.unique(torch.cat([wanted, table.frequent]))
    others = torch.ones(size)
    others[sure] = 0.0
    if count >= size:
        drawn = others.nonzero()[:, 0]
    else:
        drawn = torch.multinomial(others, min(size - len(sure), max(_GRAIN, count - len(sure))))
    stands_for = torch.ones(len(sure) + len(drawn))
    stands_for[len(sure) :] = (size - len(sure)) / max(1, len(drawn))
    return torch.cat([sure, drawn]), stands_for


def _slope(
    rows: torch.Tensor,
    weights: torch.Tensor,
    gold: torch.Tensor,
    stands_for: torch.Tensor,
    smooth: torch.Tensor,
    smoothing: float,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the summed loss of some rows and its gradient by their scores, filled up with 0."""
    scores = functional.linear(_filled(rows), weights).float()
    chances = scores.add_(stands_for.log()).log_softmax(dim=-1)
    at_gold = chances[: len(gold)].gather(1, gold[:, None])
    slope = chances.exp_().sub_(smooth)
    slope[: len(gold)].scatter_add_(1, gold[:, None], torch.full_like(at_gold, smoothing - 1))
    slope[len(gold) :] = 0.0
    return -at_gold.sum(), slope


def _filled(rows: torch.Tensor) -> torch.Tensor:
    """Return the rows, filled up with 0: the library prepares anew for each number of them."""
    return functional.pad(rows, (0, 0, 0, -len(rows) % _GRAIN))
