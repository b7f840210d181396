import pytest

from khabar.languages import Language
from workers.gazetteer.finder import find

EN, RU, AR = Language.ENGLISH, Language.RUSSIAN, Language.ARABIC


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("From Paris to New York's docks.", EN, ["Paris", "New York"]),
        ("The Black Sea is cold.", EN, ["Black Sea"]),
        ("turkey and china on a plate", EN, []),
        ("us and them", EN, []),
        ("В Нью-Йорке и Москве", RU, ["Нью Йорке", "Москве"]),
        ("московский зоопарк", RU, []),
        ("парижский зоопарк", RU, ["парижский"]),
        ("Скажу Вам сам", RU, []),
        ("وصل إلى بيروت وبغداد", AR, ["بيروت", "وبغداد"]),
        ("", EN, []),
    ],
)
def test_names_in_a_text(text, language, found):
    places = {"country", "capital", "city", "region", "water", "organization"}
    names = [name for name in find(text, language) if name.entries[0].kind in places]
    assert [name.text for name in names] == found


def test_a_name_may_be_two_things():
    (found,) = find("Тунис", RU)
    assert {entry.forms[EN] for entry in found.entries} == {"Tunisia", "Tunis"}
