import pytest

from khabar.webhooks.message import MessageState, Outcome
from workers.webhooks.post import Answer
from workers.webhooks.schedule import Schedule

DOWN = Answer(Outcome.SERVER_ERROR, 500)
PENDING, DELIVERED, DEAD = MessageState.PENDING, MessageState.DELIVERED, MessageState.DEAD


def test_each_failure_has_its_pause_and_the_last_one_none():
    schedule = Schedule((5, 300), chance=lambda: 0.0)
    assert [schedule.after(before, DOWN) for before in range(4)] == [
        (PENDING, 5),
        (PENDING, 300),
        (DEAD, 0),
        (DEAD, 0),
    ]


def test_an_arrival_a_410_and_a_revoked_key_end_it():
    schedule = Schedule((5, 300))
    assert schedule.after(0, Answer(Outcome.DELIVERED, 204)) == (DELIVERED, 0)
    assert schedule.after(5, Answer(Outcome.DELIVERED, 204)) == (DELIVERED, 0)
    assert schedule.after(0, Answer(Outcome.GONE, 410)) == (DEAD, 0)
    assert schedule.after(0, Answer(Outcome.KEY_REVOKED)) == (DEAD, 0)


@pytest.mark.parametrize(("asked", "pause"), [(0, 300), (100, 300), (301, 301)])
def test_retry_after_lengthens_a_pause_and_never_shortens_it(asked: float, pause: float):
    schedule = Schedule((5, 300), chance=lambda: 0.0)
    answer = Answer(Outcome.SERVER_ERROR, 503, retry_after=asked)
    assert schedule.after(1, answer) == (PENDING, pause)


def test_pauses_differ_by_up_to_a_fifth():
    pauses = {Schedule((100,)).after(0, DOWN)[1] for _ in range(200)}
    assert len(pauses) > 100
    assert 100 <= min(pauses) < 105
    assert 115 < max(pauses) <= 120
