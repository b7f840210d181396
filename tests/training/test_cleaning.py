import pytest

from khabar.languages import Language
from training.cleaning import numbers, refusal
from training.pairs import TextPair


def pair(english, russian):
    return TextPair("somewhere", Language.ENGLISH, Language.RUSSIAN, english, russian)


@pytest.mark.parametrize(
    ("english", "russian", "reason"),
    [
        ("The bridge was opened on 5 May.", "Мост открыли 5 мая.", None),
        ("It cost 85,000.50 pounds.", "Он стоил 85 000,50 фунта.", None),
        ("", "Мост", "empty"),
        ("a bridge " * 60, "мост " * 90, "long"),
        ("Call the method get_all_names(x) now", "Вызовите метод get_all_names(x)", "code"),
        ("See https://example.org for more", "Смотрите https://example.org", "code"),
        ("Hello %(name)s, how are you", "Привет, %(name)s, как дела", "code"),
        ("1 - 2 - 3 - 4 - x", "1 - 2 - 3 - 4 - х", "letters"),
        ("The bridge was opened", "The bridge was opened again", "script"),
        ("A bridge", "мост " * 10, "ratio"),
        ("There are 15 bridges", "Там 16 мостов", "digits"),
        ("There are 15 bridges", "Там есть мосты", "digits"),
    ],
)
def test_each_rule(english, russian, reason):
    assert refusal(pair(english, russian), max_characters=400) == reason


def test_the_same_text_twice_is_no_translation():
    same = TextPair("x", Language.ENGLISH, Language.ENGLISH, "A bridge", "a bridge")

    assert refusal(same, max_characters=400) == "same"


def test_arabic_digits_are_the_same_numbers():
    assert numbers("في عام ٢٠٢٤ و١٥") == numbers("in 2024 and 15") == ["15", "2024"]


def test_numbers_beside_each_other_stay_apart():
    assert numbers("5, 10 and 1 000 000") == ["10", "1000000", "5"]
