import math
from dataclasses import replace

import pytest
import torch

from training.config import ModelConfig
from training.device import compile_layers, uncompile_layers
from training.model import Transformer, parameter_count, sinusoids
from training.vocabulary import PAD

SHAPE = ModelConfig(
    width=16,
    heads=2,
    feed_forward=32,
    encoder_layers=2,
    decoder_layers=1,
    dropout=0.1,
    positions=32,
)
SOURCE = torch.tensor([[5, 6, 7, 1]])
TARGET = torch.tensor([[3, 8, 9, 10]])


@pytest.fixture
def model():
    torch.manual_seed(1)
    return Transformer(SHAPE, 40).eval()


def test_padding_changes_nothing(model):
    padded = torch.nn.functional.pad(SOURCE, (0, 3), value=PAD)
    longer = torch.nn.functional.pad(TARGET, (0, 2), value=PAD)

    scores = model(padded, longer)[:, : TARGET.shape[1]]

    torch.testing.assert_close(scores, model(SOURCE, TARGET))


def test_no_position_sees_what_is_still_to_be_written(model):
    other = TARGET.clone()
    other[0, 3] = 20

    before, after = model(SOURCE, TARGET), model(SOURCE, other)

    torch.testing.assert_close(before[:, :3], after[:, :3])
    assert not torch.allclose(before[:, 3], after[:, 3])


def test_order_matters(model):
    assert not torch.allclose(model(SOURCE, TARGET), model(SOURCE.flip(1), TARGET))


def test_one_table_embeds_and_scores(model):
    names = [name for name, p in model.named_parameters() if p.shape == (40, 16)]

    assert names == ["embeddings.weight"]
    assert parameter_count(model) == sum(p.numel() for p in model.parameters())


def test_a_new_model_writes_what_is_like_the_word_it_looks_at():
    torch.manual_seed(1)
    model = Transformer(replace(SHAPE, width=128, heads=4), 400).eval()
    model.embeddings.weight.data[20] = model.embeddings.weight[6]

    scores = model(torch.tensor([[6, 6, 6, 6]]), torch.tensor([[3]]))[0, 0]

    # Of 400; before it was passed on, some 200 were likelier.
    assert (scores > scores[20]).sum() <= 3


def test_scores_at_the_start_are_near_chance(model):
    following = torch.tensor([8, 9, 10, 1])

    loss = torch.nn.functional.cross_entropy(model(SOURCE, TARGET)[0], following).detach()

    assert math.log(40) - 1 < float(loss) < math.log(40) + 3


# The compiler looks at gradients of what has none, and torch warns itself of that.
@pytest.mark.filterwarnings("ignore:The .grad attribute")
def test_compiled_layers_compute_the_same(model):
    wanted = model(SOURCE, TARGET)

    compile_layers(model, "aot_eager")
    compiled = model(SOURCE, TARGET)
    uncompile_layers(model)

    torch.testing.assert_close(compiled, wanted)
    assert all(layer._compiled_call_impl is None for layer in model.encoder)


def test_positions_are_sines_of_falling_rates():
    table = sinusoids(8, 16)

    assert table.shape == (8, 16)
    torch.testing.assert_close(table[:, 0], torch.arange(8.0).sin())
    torch.testing.assert_close(table[0, 8:], torch.ones(8))
