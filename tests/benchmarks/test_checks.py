"""The shares that are documented must stay so: the newsbank is here, and the checks are quick."""

import random
from dataclasses import replace

import pytest

from benchmarks.checks import DAMAGES, failures
from benchmarks.sentence_pairs import DIRECTIONS, body_lines
from workers.protocols import Pair


@pytest.fixture(scope="module")
def pairs() -> list[Pair]:
    return [line.pair(*way) for line in list(body_lines())[::50] for way in DIRECTIONS]


def test_at_most_two_in_a_hundred_good_pairs_fail(pairs):
    assert failures(pairs)["any"] <= 0.02 * len(pairs)


@pytest.mark.parametrize("kind", DAMAGES)
def test_nine_in_ten_damaged_pairs_fail(pairs, kind):
    chance = random.Random(1)
    outputs = [(pair, DAMAGES[kind](pair, chance)) for pair in pairs]
    damaged = [replace(pair, output=output) for pair, output in outputs if output is not None]
    assert len(damaged) > 50
    assert failures(damaged)["any"] >= 0.9 * len(damaged)
