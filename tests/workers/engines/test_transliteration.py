import pytest

from khabar.languages import Language
from workers.checks.letters import all_letters, letters_of
from workers.engines.transliteration import transliterate

PANGRAMS = [
    "The quick brown fox jumps over the lazy dog.",
    "Съешь же ещё этих мягких французских булок, да выпей чаю.",
    "أبجد هوز حطي كلمن سعفص قرشت ثخذ ضظغ آ إ ئ ؤ ى ة ء",
]


@pytest.mark.parametrize("text", PANGRAMS)
@pytest.mark.parametrize("target", list(Language))
def test_every_letter_becomes_one_of_the_script(text, target):
    written = transliterate(text, target)
    assert letters_of(written, target) == all_letters(written) > 10


def test_digits_marks_and_capitals_stay():
    assert transliterate("Anna, 25%!", Language.RUSSIAN) == "Анна, 25%!"
