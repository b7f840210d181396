from copy import deepcopy

import torch

from training.model import Transformer
from training.muon import Muon
from training.optimizers import Optimizers


def test_every_parameter_has_one_optimizer(config):
    model = Transformer(config.model, 40)
    optimizers = Optimizers.of(model, config.train)
    muon, adam = optimizers._both
    held = [p for both in (muon, adam) for group in both.param_groups for p in group["params"]]

    assert isinstance(muon, Muon)
    assert len(held) == len(set(held)) == len(list(model.parameters()))
    assert all(p.ndim == 2 for group in muon.param_groups for p in group["params"])
    assert any(p is model.embeddings.weight for p in adam.param_groups[0]["params"])


def test_fused_projections_are_known(config):
    model = Transformer(config.model, 40)
    muon, _ = Optimizers.of(model, config.train)._both
    parts = {
        (name, group["parts"])
        for group in muon.param_groups
        for name, parameter in model.named_parameters()
        if any(parameter is one for one in group["params"])
    }

    assert ("encoder.0.attention.into.0.weight", 3) in parts
    assert ("decoder.0.source.into.0.weight", 1) in parts
    assert ("decoder.0.source.into.1.weight", 2) in parts
    assert ("encoder.0.feed.into.weight", 1) in parts
    assert ("encoder.0.attention.out.weight", 1) in parts


def test_both_rates_follow_one_share(config):
    optimizers = Optimizers.of(Transformer(config.model, 40), config.train)

    optimizers.set_rate(0.5)

    rates = [{group["lr"] for group in both.param_groups} for both in optimizers._both]
    assert rates == [{config.train.peak_rate / 2}, {config.train.table_rate / 2}]


def test_what_was_learnt_of_the_gradients_is_kept(config):
    def learn(model, optimizers):
        optimizers.zero_grad()
        torch.manual_seed(2)
        tokens = torch.randint(4, 40, (2, 5))
        torch.autograd.backward(model(tokens, tokens).square().mean())
        optimizers.step()

    first = Transformer(config.model, 40).eval()
    its = Optimizers.of(first, config.train)
    learn(first, its)
    second = Transformer(config.model, 40).eval()
    second.load_state_dict(first.state_dict())
    others = Optimizers.of(second, config.train)
    others.load_state_dict(deepcopy(its.state_dict()))
    for model, optimizers in ((first, its), (second, others)):
        learn(model, optimizers)

    for name, parameter in first.named_parameters():
        torch.testing.assert_close(second.get_parameter(name), parameter)
