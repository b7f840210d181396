import torch
from torch import nn

from training.checkpoint import CHECKPOINT, WEIGHTS, resume, save_checkpoint
from training.weights import save_weights


def make(seed):
    torch.manual_seed(seed)
    model = nn.Linear(4, 4)
    return model, torch.optim.AdamW(model.parameters(), lr=0.1)


def step(model, optimizer):
    optimizer.zero_grad()
    model(torch.ones(1, 4)).square().sum().backward()
    optimizer.step()


def test_a_run_goes_on_as_if_it_had_not_stopped(tmp_path):
    model, optimizer = make(1)
    step(model, optimizer)
    save_checkpoint(tmp_path, model, optimizer, updates=1)
    step(model, optimizer)

    other, its_optimizer = make(2)
    found = resume(tmp_path, other, its_optimizer)
    step(other, its_optimizer)

    assert (found.updates, found.origin) == (1, CHECKPOINT)
    torch.testing.assert_close(other.weight, model.weight)
    assert [path.name for path in tmp_path.iterdir()] == [CHECKPOINT]


def test_the_sent_weights_will_do_too(tmp_path):
    model, optimizer = make(1)
    save_weights(tmp_path / WEIGHTS, model.state_dict())
    other, its_optimizer = make(2)

    found = resume(tmp_path, other, its_optimizer)

    assert (found.updates, found.origin) == (0, WEIGHTS)
    torch.testing.assert_close(other.weight, model.weight, atol=0.01, rtol=0)
    assert not optimizer.state


def test_nothing_to_go_on_from(tmp_path):
    assert resume(tmp_path, *make(1)).origin == ""
