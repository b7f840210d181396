import pytest

from khabar.languages import Language
from workers.gazetteer.forms import is_from_a_place, key, readings, words

EN, RU, AR = Language.ENGLISH, Language.RUSSIAN, Language.ARABIC


@pytest.mark.parametrize(
    ("name", "forms", "language"),
    [
        ("Yemen", "Yemen YEMEN", EN),
        ("Россия", "Россия России Россию Россией", RU),
        ("Москва", "Москвы Москве Москву Москвой", RU),
        ("Ростов", "Ростов Ростова Ростове Ростовом", RU),
        ("Грозный", "Грозный Грозного Грозном", RU),
        ("Египет", "Египет Египта Египту", RU),
        ("Королёв", "Королева Королёву", RU),
        ("Осло", "Осло", RU),
        ("Харьков", "харьковский харьковская", RU),
        ("العراق", "العراق والعراق بالعراق للعراق", AR),
        ("بغداد", "بغداد وبغداد ببغداد لبغداد", AR),
        ("سوريا", "سوريا وسوريا", AR),
        ("أفغانستان", "افغانستان أفغانستان", AR),
    ],
)
def test_every_form_of_a_name_has_its_key(name, forms, language):
    for form in words(forms, language):
        assert key(words(name, language)[0], language) in readings(form, language)


@pytest.mark.parametrize(
    ("name", "other", "language"),
    [
        ("Австрия", "Австралии", RU),
        ("Мали", "малина", RU),
        ("Niger", "Nigeria", EN),
        ("النيجر", "نيجيريا", AR),
    ],
)
def test_another_name_has_another_key(name, other, language):
    (word,) = words(other, language)
    assert key(words(name, language)[0], language) not in readings(word, language)


def test_possessives_and_vowel_signs_go():
    assert words("Syria's ministers' cars", EN) == ["Syria", "ministers", "cars"]
    assert words("أَيَّار", AR) == ["ايار"]


def test_words_that_may_come_from_a_place():
    assert is_from_a_place("лиссабонского", RU)
    assert not is_from_a_place("Лиссабон", RU)
    assert not is_from_a_place("Lisbon", EN)
