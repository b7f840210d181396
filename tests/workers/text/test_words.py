import pytest

from khabar.languages import Language
from workers.text.words import terms


@pytest.mark.parametrize(
    ("language", "first", "second"),
    [
        (Language.ENGLISH, "Syria's ministers", "Syria minister"),
        (Language.RUSSIAN, "Министрами зелёные", "министры зеленых"),
        (Language.ARABIC, "والوزارة إجتماع", "وزارة الاجتماعات"),
        (Language.ARABIC, "الحُكومـــة", "حكومة"),
    ],
)
def test_forms_of_a_word_look_the_same(language, first, second):
    assert terms(first, language) == terms(second, language)


def test_a_short_arabic_word_keeps_its_first_letter():
    assert terms("وفد", Language.ARABIC) == ["وفد"]


def test_numbers_stay_whole_words():
    assert terms("In 2015, 40%", Language.ENGLISH) == ["in", "2015", "40"]
