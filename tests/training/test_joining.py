from khabar.languages import Language
from training.joining import join_by_english
from training.pairs import TextPair


def english(target, text, translation, source="docs"):
    return TextPair(source, Language.ENGLISH, target, text, translation)


def test_two_translations_of_one_sentence_are_a_pair():
    pairs = [
        english(Language.ARABIC, "A bridge.", "جسر."),
        english(Language.RUSSIAN, "A bridge.", "Мост."),
        english(Language.RUSSIAN, "A road.", "Дорога."),
    ]

    assert list(join_by_english(pairs)) == [
        TextPair("docs", Language.RUSSIAN, Language.ARABIC, "Мост.", "جسر.")
    ]


def test_single_words_are_not_joined():
    pairs = [
        english(Language.RUSSIAN, "bank", "берег", "wiktionary"),
        english(Language.ARABIC, "bank", "مصرف", "wiktionary"),
    ]

    assert list(join_by_english(pairs)) == []
