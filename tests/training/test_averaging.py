import pytest
import torch
from torch import nn

from training.averaging import ExponentialAverage, LateAverage


@pytest.fixture
def model():
    return nn.Linear(1, 1, bias=False)


def put(model, value):
    with torch.no_grad():
        model.weight.fill_(value)


def test_the_exponential_mean_follows_the_weights(model):
    put(model, 0.0)
    average = ExponentialAverage(model, decay=0.5)

    for updates, value in enumerate((4.0, 8.0), start=90):
        put(model, value)
        average.update(0.5, updates)

    assert float(average.state()["weight"]) == pytest.approx(0.5 * (0.5 * 4) + 0.5 * 8)


def test_random_weights_at_the_beginning_are_soon_forgotten(model):
    put(model, 1000.0)
    average = ExponentialAverage(model, decay=0.9999)
    put(model, 1.0)

    for updates in range(1, 60):
        average.update(0.1, updates)

    assert float(average.state()["weight"]) < 2


def test_the_late_mean_takes_every_few_updates_at_the_end(model):
    average = LateAverage(model, start=0.9, every=2)

    assert average.state() is None
    for updates, (progress, value) in enumerate([(0.5, 7), (0.91, 2), (0.95, 9), (0.99, 4)], 1):
        put(model, value)
        average.update(progress, updates)

    assert float(average.state()["weight"]) == pytest.approx((2 + 4) / 2)
