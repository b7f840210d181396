import pytest

from khabar.languages import Language
from workers.gazetteer.entries import entries
from workers.gazetteer.likeness import WordsOf, skeleton

EN, RU, AR = Language.ENGLISH, Language.RUSSIAN, Language.ARABIC


def entry(name):
    return next(entry for entry in entries() if entry.forms[EN] == name)


@pytest.mark.parametrize(
    ("name", "text", "language"),
    [
        ("Donetsk region", "в области Донецка", RU),
        ("Denys Shmyhal", "премьер Шмигаль", RU),
        ("Canberra", "في كانبرا", AR),
        ("Zurich", "في زوريخ", AR),
        ("Iceland", "исландский вулкан", RU),
        ("Black Sea", "the Black Sea", EN),
    ],
)
def test_a_name_stands_in_some_form(name, text, language):
    assert WordsOf(text, language).have(entry(name))


@pytest.mark.parametrize(
    ("name", "text", "language"),
    [
        ("Donetsk region", "Брянская область", RU),
        ("Black Sea", "the Red Sea", EN),
        ("Iceland", "Ирландия", RU),
        ("Canberra", "", EN),
    ],
)
def test_another_name_does_not(name, text, language):
    assert not WordsOf(text, language).have(entry(name))


def test_a_word_in_latin_letters_stands_as_it_is():
    there = WordsOf("компания Deutsche Bank сообщила", RU)
    assert there.have_word("Deutsche Bank")
    assert not there.have_word("Bank of")
    assert not there.have_word("Deutsch")


@pytest.mark.parametrize(
    ("one", "other", "language"),
    [
        ("haddad", "hadad", EN),
        ("шмыгаль", "шмигаль", RU),
        ("غوغل", "جوجل", AR),
        ("بوغوتا", "بوجوتا", AR),
    ],
)
def test_spellings_share_their_bones(one, other, language):
    assert skeleton(one, language) == skeleton(other, language)
