import pytest

from workers.engines.recorder import Recorder


@pytest.fixture
def tensor(_torch):
    import torch

    return torch.tensor


def test_the_total_follows_the_rows_an_output_went_through(tensor):
    recorder = Recorder(2)
    first = recorder(None, tensor([[0.0, 1.0, 2.0], [3.0, 0.0, 0.0]]))
    second = recorder(None, tensor([[1.0, 1.0, 5.0], [0.0, 4.0, 1.0]]))
    assert recorder.total([2, 1], [0, 1]) == pytest.approx((first[0, 2] + second[1, 1]).item())
    assert recorder.total([0], [1]) == pytest.approx(first[1, 0].item())


def test_what_it_hands_on_are_log_probabilities(tensor):
    scores = Recorder(1)(None, tensor([[2.0, 1.0, float("-inf")]]))
    assert scores.exp().sum().item() == pytest.approx(1)
    assert scores[0, 2] == float("-inf")
