import pytest

from khabar.languages import Language
from workers.provenance.function_words import function_words
from workers.text.words import terms


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("It was said that they would", Language.ENGLISH),
        ("которые были на этом", Language.RUSSIAN),
        ("الذين كانوا في ذلك", Language.ARABIC),
    ],
)
def test_words_without_meaning_of_their_own(text, language):
    kept = [term for term in terms(text, language) if term not in function_words(language)]
    assert len(kept) <= 1


@pytest.mark.parametrize("language", list(Language))
def test_names_and_numbers_are_none(language):
    assert function_words(language).isdisjoint(terms("Kazan Казань قازان 14 2026", language))
