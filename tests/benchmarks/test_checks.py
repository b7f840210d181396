"""The shares that are documented must stay so: the newsbank is here, and the checks are quick."""

import pytest

from benchmarks.checks import damaged_pairs, failures, has_name
from benchmarks.damages import DAMAGES, Good
from benchmarks.sentence_pairs import DIRECTIONS, body_lines

ENOUGH = 300


@pytest.fixture(scope="module")
def goods() -> list[Good]:
    return [Good(line.pair(*way), line) for line in list(body_lines())[::50] for way in DIRECTIONS]


def test_at_most_two_in_a_hundred_good_pairs_fail(goods):
    assert failures(good.pair for good in goods)["any"] <= 0.02 * len(goods)


@pytest.mark.parametrize("kind", DAMAGES)
def test_nine_in_ten_damaged_pairs_fail(goods, kind):
    before, after = damaged_pairs(kind, goods)
    assert len(before) == len(after) >= 15
    after = after[:ENOUGH]
    assert failures(after, DAMAGES[kind].checks)["meant"] >= 0.9 * len(after)


def test_every_third_sentence_holds_a_name(goods):
    lines = [good.line for good in goods[:: len(DIRECTIONS)]]
    assert 0.3 < sum(map(has_name, lines)) / len(lines) < 0.5
