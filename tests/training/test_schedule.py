import pytest

from training.schedule import Clock, rate_factor


class Hand:
    """A clock's hand that the test moves."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


def test_progress_begins_with_the_first_update_and_ends_with_the_budget():
    hand = Hand()
    clock = Clock(seconds=100, reserve=0.2, now=hand)
    hand.now += 40
    clock.begin()

    assert clock.progress(0) == 0
    hand.now += 20
    assert clock.progress(5) == pytest.approx(0.5)
    hand.now += 20
    assert clock.progress(9) == 1
    assert clock.elapsed == 80
    assert not clock.over
    hand.now += 20
    assert clock.over


def test_a_number_of_updates_can_end_it_sooner():
    clock = Clock(seconds=100, reserve=0.0, max_updates=10, now=Hand())

    assert clock.progress(5) == pytest.approx(0.5)
    assert clock.progress(12) == 1


def test_a_budget_that_loading_used_up_is_over():
    hand = Hand()
    clock = Clock(seconds=10, reserve=0.1, now=hand)
    hand.now += 50
    clock.begin()
    hand.now += 1

    assert clock.progress(0) == 1


def test_the_rate_rises_then_falls_to_nothing():
    rates = [rate_factor(progress / 100, warm_up=0.1) for progress in range(101)]

    assert rates[0] > 0
    assert max(rates) == rates[10] == 1
    assert rates[:11] == sorted(rates[:11])
    assert rates[10:] == sorted(rates[10:], reverse=True)
    assert rates[55] == pytest.approx(0.5)
    assert rates[100] == 0
