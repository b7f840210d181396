import numpy as np
import pytest

from khabar.languages import Language
from tests.models.grammar import lessons
from tests.models.tiny_marian import CARD, tiny_model
from training.doubt import SHARES, Doubt, doubt_table, doubts, weigh
from workers.models.store import ModelStore
from workers.protocols import Decoding

SCORES = np.array([-0.1, -0.9, -0.2, -0.8, -0.3, -0.4, -0.5, -0.6, -0.7, -0.05])


def test_what_is_doubted_is_what_the_score_is_lowest_of():
    qualities = np.array([90.0, 10, 80, 20, 70, 60, 50, 40, 30, 95])
    found = weigh("en-ru", 0.2, SCORES, qualities)
    assert found.bound == pytest.approx(-0.72)
    assert (found.doubted, found.trusted, found.caught) == (15.0, 64.375, 1.0)


def test_a_score_that_tells_nothing_catches_nothing():
    qualities = np.full(10, 50.0)
    qualities[0] = 10.0
    found = weigh("en-ru", 0.2, SCORES, qualities)
    assert (found.doubted, found.trusted, found.caught) == (50.0, 45.0, 0.0)


def test_a_line_for_each_share():
    lines = doubt_table([Doubt("en-ru", 0.2, -0.634, 37.04, 46.7, 0.383)]).splitlines()
    assert lines[-1] == "| en-ru | 20% | -0.63 | 37.0 | 46.7 | 38% |"
    assert {line.count("|") for line in lines} == {7}


@pytest.mark.timeout(600)  # The first run trains the model.
@pytest.mark.parametrize("weight", [0.0, 0.3])
def test_a_model_is_weighed_in_each_of_its_directions(weight):
    tiny = ModelStore(tiny_model()).find(CARD.id)
    weights = {(pair.source, pair.target): weight for pair in tiny.manifest.pairs}
    rows = [{language: getattr(one, language) for language in Language} for one in lessons()[:30]]
    found = list(doubts([tiny], rows, Decoding(beam_size=2), weights))
    assert len(found) == len(tiny.manifest.pairs) * len(SHARES)
    bounds = [one.bound for one in found]
    assert all(bound <= 0 for bound in bounds)
    for start in range(0, len(bounds), len(SHARES)):
        assert bounds[start : start + len(SHARES)] == sorted(bounds[start : start + len(SHARES)])
