import pytest

from khabar.languages import Language
from workers.summarizers.trimming import without_connective, without_leading_and


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        (Language.ENGLISH, "However, the port stayed shut.", "The port stayed shut."),
        (Language.ENGLISH, "But the port stayed shut.", "The port stayed shut."),
        (Language.ENGLISH, "But for the rain, it was dry.", "But for the rain, it was dry."),
        (
            Language.ENGLISH,
            "However hard it rains, ships sail.",
            "However hard it rains, ships sail.",
        ),
        (Language.ENGLISH, "Butter is dearer.", "Butter is dearer."),
        (Language.RUSSIAN, "Однако порт закрыт.", "Порт закрыт."),
        (Language.RUSSIAN, "Кроме того, порт закрыт.", "Порт закрыт."),
        (Language.RUSSIAN, "Новый порт закрыт.", "Новый порт закрыт."),
        (Language.ARABIC, "وفي سياق متصل، أغلق الميناء.", "أغلق الميناء."),
        (Language.ARABIC, "لكن الميناء مغلق.", "لكن الميناء مغلق."),
    ],
)
def test_connectives(language, text, expected):
    assert without_connective(text, language) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("وأعلن الوزير وإيران الاتفاق.", "أعلن الوزير وإيران الاتفاق."),
        ("وقال مسؤولون ذلك.", "قال مسؤولون ذلك."),
        ("وقع الوزيران وإيران اتفاقا.", "وقع الوزيران وإيران اتفاقا."),
        ("والدة الطفل وصلت.", "والدة الطفل وصلت."),
        ("وزير النقل وصل.", "وزير النقل وصل."),
        ("ويتكوف يصل إلى الدوحة.", "ويتكوف يصل إلى الدوحة."),
        ("والترز يغادر منصبه.", "والترز يغادر منصبه."),
        ("ويتوقع الوزير النمو.", "يتوقع الوزير النمو."),
        ("أعلن الوزير والمدير ذلك.", "أعلن الوزير والمدير ذلك."),
    ],
)
def test_only_a_leading_and_that_is_no_part_of_the_word_goes(text, expected):
    assert without_leading_and(text, Language.ARABIC) == expected


def test_other_languages_have_no_joined_and():
    assert without_leading_and("وأعلن", Language.RUSSIAN) == "وأعلن"
