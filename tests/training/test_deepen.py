from dataclasses import replace

import pytest
import torch

from training.config import ModelConfig
from training.deepen import deepened
from training.model import Transformer

SHAPE = ModelConfig(16, 2, 32, 2, 1, 0.0, 32)
SOURCE, TARGET = torch.tensor([[5, 6, 7, 8]]), torch.tensor([[1, 9, 10]])


@pytest.fixture
def model():
    torch.manual_seed(3)
    found = Transformer(SHAPE, 20).eval()
    for parameter in found.parameters():
        # So that biases and norms are not those of a new model.
        parameter.data += torch.randn_like(parameter) / 10
    return found


@pytest.mark.parametrize(("encoder", "decoder"), [(2, 1), (3, 1), (5, 2), (9, 4)])
def test_a_deeper_model_scores_as_before(model, encoder, decoder):
    wanted = replace(SHAPE, encoder_layers=encoder, decoder_layers=decoder)

    deeper = Transformer(wanted, 20).eval()
    deeper.load_state_dict(deepened(dict(model.named_parameters()), SHAPE, wanted))

    torch.testing.assert_close(deeper(SOURCE, TARGET), model(SOURCE, TARGET))


def test_the_new_layers_lie_between_the_old_ones_and_learn(model):
    wanted = replace(SHAPE, encoder_layers=4)
    state = deepened(dict(model.named_parameters()), SHAPE, wanted)
    old = dict(model.named_parameters())

    for place, layer in enumerate((0, 0, 1, 1)):
        name = "feed.into.weight"
        assert state[f"encoder.{place}.{name}"].equal(old[f"encoder.{layer}.{name}"])
    silent = [p for p in range(4) if not state[f"encoder.{p}.feed.out.weight"].any()]
    assert silent == [1, 3]

    deeper = Transformer(wanted, 20)
    deeper.load_state_dict(state)
    deeper(SOURCE, TARGET).logsumexp(-1).sum().backward()
    assert deeper.encoder[1].feed.out.weight.grad.abs().sum() > 0
