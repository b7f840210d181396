import pytest

from training.forms import bare, tidy, without_arabic_signs


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("  one \t two ", "one two"),
        ("<b>Save</b> the file &amp; leave", "Save the file & leave"),
        ("- A point of a list", "A point of a list"),
        ("3. A numbered point", "A numbered point"),
        ("a\u200fb\ufeff", "ab"),
        ("2 < 3", "2 < 3"),
        ("Open <b>Files</b> , then <b>New</b> .", "Open Files, then New."),
    ],
)
def test_tidy(given, wanted):
    assert tidy(given) == wanted


def test_arabic_is_written_without_signs():
    assert without_arabic_signs("وَصفًا مفصّلاً كــبير") == "وصفا مفصلا كبير"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("A «NEW» start!", "a new start"),
        ("Ещё 15 человек.", "еще 15 ЧЕЛОВЕК"),
        ("أُعلن عام ٢٠٢٤", "اعلن عام 2024"),
        ("مدرسة كـبيرة", "مدرسه كبيره"),
    ],
)
def test_what_is_the_same_text_for_the_guard(one, other):
    assert bare(one) == bare(other)


def test_other_words_are_another_text():
    assert bare("15 people") != bare("16 people")
