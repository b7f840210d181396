from decimal import Decimal

import pytest

from khabar.languages import Language
from workers.checks.numerals import numerals


@pytest.mark.parametrize(
    ("text", "language", "values"),
    [
        ("1,250", Language.ENGLISH, {"1250"}),
        ("1,250", Language.RUSSIAN, {"1.25"}),
        ("1,250", Language.ARABIC, {"1250", "1.25"}),
        ("1 250 000", Language.RUSSIAN, {"1250000"}),
        ("٣٫٥", Language.ARABIC, {"3.5"}),
        ("۱۲", Language.ARABIC, {"12"}),
        ("3.5 million", Language.ENGLISH, {"3500000"}),
        ("3,5 млрд", Language.RUSSIAN, {"3500000000"}),
        ("3 آلاف", Language.ARABIC, {"3000"}),
        ("1980s", Language.ENGLISH, {"1980", "80"}),
        ("7 p.m.", Language.ENGLISH, {"7", "19"}),
        ("9,114,206", Language.ENGLISH, {"9114206"}),
    ],
)
def test_the_values_of_a_number(text, language, values):
    (numeral,) = numerals(text, language)
    assert numeral.values == {Decimal(value) for value in values}


def test_a_list_is_not_one_number():
    assert [numeral.text for numeral in numerals("24, 18 and 12", Language.ENGLISH)] == [
        "24",
        "18",
        "12",
    ]


def test_a_number_in_a_name_is_marked():
    flags = [numeral.is_name for numeral in numerals("An-26, T20 and 15", Language.ENGLISH)]
    assert flags == [True, True, False]
