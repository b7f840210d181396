import random

import pytest

from khabar.languages import Language
from training.noise import NoiseUnknown, add_noise


def noisy(text, language, name, seed=1):
    return add_noise(text, language, {name: 1.0}, random.Random(seed))


@pytest.mark.parametrize(
    ("language", "name", "given", "wanted"),
    [
        (Language.ENGLISH, "lower", "Rain in Oslo.", "rain in oslo."),
        (Language.RUSSIAN, "upper", "Ещё дождь.", "ЕЩЁ ДОЖДЬ."),
        (Language.RUSSIAN, "no_yo", "Ещё дождь.", "Еще дождь."),
        (Language.ENGLISH, "no_stop", 'He said "yes."', 'He said "yes"'),
        (Language.ARABIC, "no_hamza", "أعلن", "اعلن"),
        (Language.ARABIC, "final_letters", "مدرسة في", "مدرسه فى"),
        (Language.ARABIC, "eastern_digits", "15 شخصا", "١٥ شخصا"),
        (Language.ARABIC, "no_signs", "جديدًا", "جديدا"),
    ],
)
def test_each_kind(language, name, given, wanted):
    assert noisy(given, language, name) == wanted


def test_quotation_marks_change_and_words_stay():
    forms = {noisy("Он сказал «да».", Language.RUSSIAN, "quotes", seed) for seed in range(40)}

    assert len(forms) == 5
    assert all("да" in form for form in forms)


@pytest.mark.parametrize("name", ["harakat", "tatweel"])
def test_marks_are_added_and_no_letter_is_lost(name):
    text = "أعلنت الحكومة عن خطة جديدة لبناء المستشفيات في المدينة"

    found = {noisy(text, Language.ARABIC, name, seed) for seed in range(10)}

    assert found - {text}
    assert all("".join(c for c in one if c in text) == text for one in found)


def test_no_rate_no_noise():
    assert add_noise("Rain.", Language.ENGLISH, {}, random.Random(1)) == "Rain."


def test_arabic_noise_is_for_arabic():
    assert noisy("15", Language.RUSSIAN, "eastern_digits") == "15"


def test_an_unknown_noise_is_named():
    with pytest.raises(NoiseUnknown, match="thunder"):
        noisy("Rain.", Language.ENGLISH, "thunder")
