import numpy as np
import pytest

from training.meetings import Meetings, Side


def side(*texts):
    return Side(
        np.array([token for text in texts for token in text], np.int64),
        np.array([len(text) for text in texts], np.int64),
    )


@pytest.mark.parametrize("empty", [(), tuple(range(49))])
def test_empty_and_long_sentences_are_left_out(empty):
    found = Meetings(side(empty, (7,)), side((5,), (3,)))

    assert (found.first.tolist(), found.second.tolist()) == ([7], [3])


def test_both_ways_are_counted_by_themselves():
    # 1 always meets 11; 12 meets 1 and 2.
    found = Meetings(side((1,), (1, 2), (2,)), side((11,), (11, 12), (12,)))
    there, back = found.chances()
    chance = {
        (one, other): (round(p, 1), round(q, 1))
        for one, other, p, q in zip(found.first, found.second, there, back, strict=True)
    }

    assert chance[1, 11] == (1, 1)
    assert chance[1, 12][0] < 0.3
    for given, chances in ((found.first, there), (found.second, back)):
        np.testing.assert_allclose(np.bincount(given, chances)[[*set(given)]], 1)


def test_numbers_may_be_larger_than_a_pack_holds():
    found = Meetings(side((70_000,)), side((90_000,)))

    assert (found.first.tolist(), found.second.tolist()) == ([70_000], [90_000])
