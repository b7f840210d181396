import pytest

from khabar.languages import Language
from workers.checks.number_words import word_values


@pytest.mark.parametrize(
    ("text", "language", "value"),
    [
        ("forty-seven people", Language.ENGLISH, 47),
        ("двухэтажный дом", Language.RUSSIAN, 2),
        ("XIX век", Language.RUSSIAN, 19),
        ("XIV век", Language.RUSSIAN, 14),
        ("three hundred and forty-seven people", Language.ENGLISH, 347),
        ("шестидесятилетняя женщина", Language.RUSSIAN, 60),
        ("двадцатипятилетний водитель", Language.RUSSIAN, 25),
        ("двухсот сорока семи", Language.RUSSIAN, 247),
        ("пятьсот двенадцать", Language.RUSSIAN, 512),
        ("ثلاثمئة شخص", Language.ARABIC, 300),
        ("خمسمائة وسبعة وأربعون", Language.ARABIC, 547),
        ("مئتي متر", Language.ARABIC, 200),
        ("وأربعة", Language.ARABIC, 4),
        ("مليونين", Language.ARABIC, 2_000_000),
    ],
)
def test_words_that_stand_for_a_number(text, language, value):
    assert value in word_values(text, language)


@pytest.mark.parametrize(
    ("text", "language", "value"),
    [("в пятницу", Language.RUSSIAN, 5), ("the weather", Language.ENGLISH, 3)],
)
def test_words_that_do_not(text, language, value):
    assert value not in word_values(text, language)
