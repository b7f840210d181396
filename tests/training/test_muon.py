import pytest
import torch
from torch import nn

from training.muon import Muon, orthogonal


@pytest.mark.parametrize("shape", [(2, 8, 8), (3, 4, 16), (3, 16, 4)])
def test_all_singular_values_come_near_one(shape):
    torch.manual_seed(1)
    matrices = torch.randn(shape) * 50

    values = torch.linalg.svdvals(orthogonal(matrices))

    assert values.min() > 0.3
    assert values.max() < 1.3


def test_directions_are_kept():
    torch.manual_seed(1)
    matrix = torch.randn(1, 6, 6)
    left, _, right = torch.linalg.svd(matrix)

    turned = left.mT @ orthogonal(matrix) @ right.mT

    assert (turned.diagonal(dim1=1, dim2=2) > 0.3).all()
    assert (turned - torch.diag_embed(turned.diagonal(dim1=1, dim2=2))).abs().max() < 0.05


def test_nothing_to_learn_changes_nothing():
    assert not orthogonal(torch.zeros(1, 4, 4)).any()


def test_a_fused_matrix_learns_as_its_parts_would():
    torch.manual_seed(1)
    fused = nn.Parameter(torch.randn(6, 3))
    parts = [nn.Parameter(part.clone()) for part in fused.detach().chunk(2)]
    gradient = torch.randn(6, 3)
    for matrix, its in ((fused, gradient), *zip(parts, gradient.chunk(2), strict=True)):
        matrix.grad = its
    as_one = Muon([(fused, 2)], lr=0.1, weight_decay=0.1)
    as_two = Muon([(part, 1) for part in parts], lr=0.1, weight_decay=0.1)

    for _ in range(2):
        as_one.step()
        as_two.step()

    torch.testing.assert_close(fused, torch.cat(parts))


def test_an_update_is_as_large_as_the_rate_says():
    torch.manual_seed(1)
    matrix = nn.Parameter(torch.randn(16, 16))
    before = matrix.detach().clone()
    matrix.grad = torch.randn(16, 16) * 1e-5

    Muon([(matrix, 1)], lr=0.01, weight_decay=0.0).step()

    size = (matrix - before).square().mean().sqrt()
    assert 0.5 * 0.2 * 0.01 < size < 1.3 * 0.2 * 0.01


def test_flat_directions_are_learnt_as_fast_as_steep_ones():
    """Of a quadratic that is a thousand times steeper in one than in another."""
    torch.manual_seed(1)
    steep = torch.logspace(0, -3, 8)
    matrix = nn.Parameter(torch.eye(8))
    muon = Muon([(matrix, 1)], lr=0.03, weight_decay=0.0)

    for _ in range(80):
        loss = (steep[:, None] * matrix.square()).sum()
        muon.zero_grad()
        torch.autograd.backward(loss)
        muon.step()

    # Plain descent would leave the flattest direction at 0.99 or throw the steepest far off.
    assert matrix.detach().abs().max() < 0.4
