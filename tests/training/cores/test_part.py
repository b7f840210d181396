"""All parts together make the update that the optimizers of a whole model make."""

import pytest
import torch

from training.cores.flat import TABLE, Flat
from training.cores.memory import Memory
from training.cores.part import Part
from training.model import Transformer
from training.optimizers import Optimizers

PIECES = 51


@pytest.mark.parametrize("processes", [1, 2, 3])
def test_parts_update_as_a_whole(config, processes):
    torch.manual_seed(2)
    model = Transformer(config.model, PIECES)
    whole = Optimizers.of(model, config.train)
    flat = Flat(config.model, processes)
    state = {name: one.detach().clone() for name, one in model.named_parameters()}
    memory = Memory.of(state, flat, processes, torch.float32)
    parts = [Part(flat, memory, process, config.train) for process in range(processes)]

    for _ in range(3):
        for name, weight in model.named_parameters():
            gradients = torch.randn(processes, *weight.shape)
            weight.grad = gradients.sum(0)
            for process, gradient in enumerate(gradients):
                row = memory.table_gradients if name == TABLE else memory.gradients
                place = row[process] if name == TABLE else flat.views(row[process])[name]
                place.copy_(gradient)
        whole.set_rate(0.5)
        whole.step()
        for part in parts:
            part.update(0.5)

    for name, weight in memory.state(flat).items():
        wanted = dict(model.named_parameters())[name].detach()
        torch.testing.assert_close(weight, wanted, rtol=1e-3, atol=1e-5, msg=name)
    assert torch.equal(memory.weights, memory.masters)
    assert torch.equal(memory.table, memory.table_masters)
    assert not memory.gradients.any()
    assert not memory.table_gradients.any()


def test_what_is_forgotten_changes_nothing(config):
    model = Transformer(config.model, PIECES)
    flat = Flat(config.model, 1)
    state = {name: one.detach() for name, one in model.named_parameters()}
    memory = Memory.of(state, flat, 1, torch.float32)
    part = Part(flat, memory, 0, config.train)
    before = memory.masters.clone()
    memory.gradients.fill_(torch.nan)
    memory.table_gradients.fill_(torch.nan)

    part.forget()

    assert torch.equal(memory.masters, before)
    assert not memory.gradients.any()
    assert not memory.table_gradients.any()
