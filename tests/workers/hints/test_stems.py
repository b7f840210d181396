from concurrent.futures import ThreadPoolExecutor
from itertools import product

import pytest

from khabar.languages import Language
from workers.hints.stems import Stems, words

LETTERS, ENDINGS = "bcdfgklmnprst", ("", "s")
EN, RU, AR = Language.ENGLISH, Language.RUSSIAN, Language.ARABIC


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        (EN, ("Hurricane", "hurricanes", "HURRICANES")),
        (RU, ("Спутник", "спутника", "спутником", "спутники")),
        (RU, ("зелёный", "зеленого")),
        (AR, ("جامعة", "الجامعة", "وجامعة", "والجامعة", "بالجامعات")),
    ],
)
def test_forms_of_a_word_have_one_stem(language, forms):
    stems = Stems(language)

    assert len({stems.of(form) for form in forms}) == 1


@pytest.mark.parametrize("word", ["2024", "F16", "3rd", "covid_19"])
def test_what_is_no_word_has_none(word):
    assert Stems(EN).of(word) == ""


def test_vowel_signs_do_not_cut_a_word():
    assert words("قالَ الرئيسُ", AR) == ["قال", "الرئيس"]
    assert words("Rosa's path", EN) == ["Rosa", "s", "path"]


def test_threads_may_share_the_stems_of_a_language():
    made = [f"{one}{two}ation{ending}" for one, two, ending in product(LETTERS, LETTERS, ENDINGS)]
    expected = [Stems(EN).of(word) for word in made]
    shared = Stems(EN)

    with ThreadPoolExecutor(8) as pool:
        found = [list(pool.map(shared.of, made)) for _ in range(3)]

    assert found == [expected] * 3
    assert len(set(expected)) == len(LETTERS) ** 2
