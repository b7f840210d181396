import pytest
import torch

from training.cores.candidates import Table, candidate_loss, choose

PIECES, WIDTH = 400, 16


@pytest.fixture
def table():
    torch.manual_seed(3)
    return Table(torch.randn(PIECES, WIDTH), torch.zeros(PIECES, WIDTH), torch.arange(20))


def loss_of(table, count, hidden, wanted):
    found, tokens = candidate_loss(hidden, wanted, table, count=count, smoothing=0.1, scale=1.0)
    found.backward()
    return float(found.detach()), tokens


def test_what_is_wanted_or_frequent_is_always_scored_and_stands_for_itself(table):
    wanted = torch.tensor([7, 300, 301])

    pieces, stands_for = choose(wanted, table, 100)

    assert pieces.tolist()[:22] == [*range(20), 300, 301]
    assert (stands_for[:22] == 1).all()
    assert len(pieces) == len(set(pieces.tolist())) == 100


def test_the_chosen_stand_for_all(table):
    pieces, stands_for = choose(torch.tensor([7]), table, 100)

    assert float(stands_for.sum()) == pytest.approx(PIECES)
    assert choose(torch.tensor([7]), table, PIECES)[1].tolist() == [1.0] * PIECES
    assert len(pieces) == 100


def test_some_of_the_pieces_give_nearly_the_gradients_of_all(table):
    hidden = torch.randn(2, 600, WIDTH) * 0.3
    wanted = torch.randint(1, 60, (2, 600))
    exact = loss_of(table, PIECES, hidden.requires_grad_(), wanted)
    gradient = table.gradient.clone()
    table.gradient.zero_()
    sampled = [loss_of(table, 200, hidden, wanted)[0] for _ in range(40)]

    assert sum(sampled) / 40 == pytest.approx(exact[0], rel=0.01)
    assert float((table.gradient / 40 - gradient).norm() / gradient.norm()) < 0.12


def test_padding_counts_for_nothing(table):
    hidden = torch.randn(1, 4, WIDTH, requires_grad=True)

    _, tokens = loss_of(table, PIECES, hidden, torch.tensor([[5, 6, 0, 0]]))

    assert tokens == 2
    assert hidden.grad[0, :2].abs().sum() > 0
    assert not hidden.grad[0, 2:].any()
