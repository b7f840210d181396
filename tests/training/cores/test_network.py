"""The network that processors run is the model: the same loss, the same gradients."""

import torch
from torch.nn import functional

from training.batches import Batch
from training.config import ModelConfig
from training.cores.candidates import Table, candidate_loss
from training.cores.flat import TABLE
from training.cores.network import Network
from training.model import Transformer

SHAPE = ModelConfig(
    width=32,
    heads=4,
    feed_forward=64,
    encoder_layers=2,
    decoder_layers=2,
    dropout=0.0,
    positions=64,
)
PIECES, SMOOTHING = 90, 0.1


def a_batch():
    source, target = torch.randint(4, PIECES, (5, 9)), torch.randint(4, PIECES, (5, 8))
    source[1, 7:] = 0
    target[2, 5:] = target[4, 3:] = 0
    before = torch.cat([torch.full((5, 1), 3), target[:, :-1]], dim=1)
    return Batch(source=source, target_in=before, target_out=target)


def both(batch):
    """Return the loss and the gradients of either, by name."""
    model = Transformer(SHAPE, PIECES)
    scored = model(batch.source, batch.target_in).flatten(0, 1)
    wanted = batch.target_out.flatten()
    sums = {
        smoothing: functional.cross_entropy(
            scored, wanted, ignore_index=0, label_smoothing=smoothing, reduction="sum"
        )
        for smoothing in (0.0, SMOOTHING)
    }
    sums[SMOOTHING].backward()
    weights = {
        name: one.detach().clone().requires_grad_() for name, one in model.named_parameters()
    }
    table = weights.pop(TABLE).detach()
    gradient = torch.zeros_like(table)
    network = Network(SHAPE, weights, table, gradient)
    found, tokens = candidate_loss(
        network.hidden(batch),
        batch.target_out,
        Table(table, gradient, torch.arange(10)),
        count=PIECES,
        smoothing=SMOOTHING,
        scale=1.0,
    )
    found.backward()
    theirs = {name: one.grad for name, one in model.named_parameters()}
    ours = {TABLE: gradient, **{name: one.grad for name, one in weights.items()}}
    return (sums[0.0], theirs), (found, ours), tokens


def test_loss_and_gradients_are_those_of_the_model():
    torch.manual_seed(1)
    batch = a_batch()

    (loss, gradients), (found, ours), tokens = both(batch)

    assert tokens == int((batch.target_out != 0).sum())
    torch.testing.assert_close(found, loss)
    assert ours.keys() == gradients.keys()
    for name, gradient in gradients.items():
        torch.testing.assert_close(ours[name], gradient, rtol=1e-3, atol=1e-4, msg=name)
