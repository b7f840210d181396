import pytest

from khabar.languages import Language
from workers.hints.spelling import spelt

EN, RU, AR = Language.ENGLISH, Language.RUSSIAN, Language.ARABIC


@pytest.mark.parametrize(
    ("name", "source", "target", "expected"),
    [
        ("Simpson", EN, RU, "Симпсон"),
        ("Shaw", EN, RU, "Шау"),
        ("Mitchell", EN, RU, "Мичелл"),
        ("Simpson", EN, AR, "سيمبسون"),
        ("Щербаков", RU, EN, "Shcherbakov"),
        ("Кавказский", RU, EN, "Kavkazsky"),
        ("Хабаров", RU, AR, "خاباروف"),
    ],
)
def test_a_name_is_written_in_the_other_letters(name, source, target, expected):
    assert spelt(name, source, target) == expected


@pytest.mark.parametrize(
    ("name", "target", "expected"),
    [("Núñez", RU, "Нунез"), ("Erdoğan", RU, "Ердоган"), ("Ærø", RU, "Р"), ("東京", AR, "")],
)
def test_accents_are_left_out_and_letters_that_no_table_knows(name, target, expected):
    assert spelt(name, EN, target) == expected


def test_russian_letters_keep_their_marks():
    assert spelt("Йошкар", RU, EN) == "Yoshkar"


def test_arabic_names_lack_the_vowels_to_spell_them_by():
    assert spelt("محمد", AR, EN) == ""
