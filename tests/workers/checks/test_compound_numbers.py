import re

import pytest

from workers.checks.compound_numbers import ARABIC_HUNDREDS, RUSSIAN_HUNDREDS, russian_compounds


@pytest.mark.parametrize(
    ("word", "number"),
    [("двадцатипятилетний", 25), ("сорокатрёхтонный", 43), ("девяностодевятилетие", 99)],
)
def test_a_russian_compound_has_its_number(word, number):
    found = [value for value, form in russian_compounds().items() if re.fullmatch(form, word)]
    assert found == [number]


def test_a_compound_needs_something_behind_the_number():
    assert not any(re.fullmatch(form, "двадцатипяти") for form in russian_compounds().values())


@pytest.mark.parametrize("table", [RUSSIAN_HUNDREDS, ARABIC_HUNDREDS])
def test_every_hundred_is_there(table):
    assert list(table) == list(range(200, 1000, 100))
