import pytest

from khabar.languages import Language
from tests.workers.checks.pairs import EN, RU, pair
from workers.checks.length import BOUNDS, LengthCheck

SOURCE = "The minister arrived in the capital on Monday for talks about water."


@pytest.mark.parametrize(("share", "passed"), [(1.0, True), (0.4, False), (2.0, False)])
def test_the_length_must_be_that_of_a_translation(share, passed):
    output = "ж" * int(len(SOURCE) * share)
    assert LengthCheck()(pair(SOURCE, output)).passed is passed


def test_a_summary_may_be_short():
    assert LengthCheck()(pair(SOURCE, "He came.", (EN, EN))).passed


def test_every_direction_has_bounds():
    assert set(BOUNDS) == {(a, b) for a in Language for b in Language if a is not b}


def test_a_short_pair_has_room():
    assert LengthCheck()(pair("Rain.", "Пошёл дождь.", (EN, RU))).passed
