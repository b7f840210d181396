from khabar.languages import Language
from workers.checks.letters import all_letters, letters_of, words_of


def test_letters_are_counted_by_script():
    text = "Кофе café قهوة 12!"
    assert [letters_of(text, language) for language in Language] == [4, 4, 4]
    assert all_letters(text) == 12


def test_words_of_one_script():
    assert words_of("Кофе, café и قهوة", Language.RUSSIAN) == ["Кофе", "и"]
