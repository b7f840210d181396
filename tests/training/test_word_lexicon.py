import dataclasses
import itertools

import pytest

from khabar.languages import Language
from training.config import HintsConfig
from training.pairs import VALIDATION, TextPair
from training.word_lexicon import learn_lexicon
from workers.hints.stems import Stems

EN, RU, AR = Language.ENGLISH, Language.RUSSIAN, Language.ARABIC
ALL = HintsConfig(frequent=0, likely=0.3, seldom=99, none=0.0, left_out=0.0, by_sound=0.0)
WORDS = {"dog": "собака", "cat": "кошка", "river": "река", "mountain": "гора", "Omsk": "Омск"}


def pairs(**changes):
    return [
        TextPair("news", EN, RU, f"{one} {two}", f"{WORDS[two]} {WORDS[one]}", **changes)
        for one, two in itertools.permutations(WORDS, 2)
    ]


@pytest.fixture
def all_words(monkeypatch):
    monkeypatch.setattr("training.word_lexicon._FUNCTION_WORDS", 0)


@pytest.mark.usefixtures("all_words")
def test_words_are_told_apart_by_where_they_stand():
    lexicon = learn_lexicon(pairs(), ALL)

    assert {word: lexicon.hint(word, EN, RU) for word in WORDS} == WORDS
    assert {lexicon.hint(word, RU, EN): word for word in WORDS.values()} == WORDS


@pytest.mark.usefixtures("all_words")
@pytest.mark.parametrize("changes", [{"copy": 1}, {"split": VALIDATION}])
def test_only_clean_texts_to_learn_from_count(changes):
    assert learn_lexicon(pairs(**changes), ALL).hint("dog", EN, RU) == ""


@pytest.mark.usefixtures("all_words")
def test_frequent_and_unlikely_words_have_no_hint():
    often = [TextPair("news", EN, RU, "dog", "собака")] * 5
    once = [TextPair("news", EN, RU, "one two six ten", "раз два шесть десять")]
    lexicon = learn_lexicon(
        [*pairs(), *often, *once], dataclasses.replace(ALL, frequent=1, likely=0.5)
    )

    assert lexicon.hint("dog", EN, RU) == ""
    assert lexicon.hint("cat", EN, RU) == "кошка"
    assert lexicon.hint("ten", EN, RU) == ""


@pytest.mark.usefixtures("all_words")
def test_what_is_written_alike_has_no_hint():
    lexicon = learn_lexicon([TextPair("news", EN, RU, "Linux", "Linux")] * 3, ALL)

    assert lexicon.hint("Linux", EN, RU) == ""


def test_function_words_translate_nothing_that_is_rare():
    assert learn_lexicon(pairs(), ALL).hint("dog", EN, RU) == ""


@pytest.mark.usefixtures("all_words")
@pytest.mark.parametrize("source", ["document", "carrier"])
def test_texts_made_of_other_texts_do_not_count(source):
    repeated = [dataclasses.replace(pair, source=source) for pair in pairs()]

    assert learn_lexicon(repeated, ALL).hint("dog", EN, RU) == ""


def told(*rows):
    return [TextPair("dictionary", EN, RU, english, russian) for english, russian in rows]


@pytest.mark.parametrize(
    ("likely", "seldom", "hint"), [(0.6, 5, "собака"), (0.6, 4, ""), (0.4, 5, "кошка")]
)
@pytest.mark.usefixtures("all_words")
def test_the_dictionary_is_asked_of_rare_words_that_counting_is_not_sure_of(likely, seldom, hint):
    counted = [TextPair("news", EN, RU, "dog", russian) for russian in ("кошка", "кошка", "река")]

    lexicon = learn_lexicon(
        [*counted, *told(("dog", "собака"))],
        dataclasses.replace(ALL, likely=likely, seldom=seldom),
    )

    assert lexicon.hint("dogs", EN, RU) == hint


def test_of_several_translations_the_one_that_is_counted_most_goes_first():
    both = told(("said", "сказать"), ("report", "сообщить"), ("tell", "сообщить"))
    counted = [TextPair("news", EN, RU, "tell", "сообщила")] * 9

    assert learn_lexicon(both, ALL).hint("сообщить", RU, EN) == "report"
    assert learn_lexicon([*both, *counted], ALL).hint("сообщить", RU, EN) == "tell"


def test_what_is_counted_most_but_not_told_does_not_hide_what_is_told():
    counted = [TextPair("news", EN, RU, "dog", russian) for russian in ("река", "река", "пёс")]

    lexicon = learn_lexicon([*told(("dog", "собака"), ("dog", "пёс")), *counted], ALL)

    assert lexicon.hint("dog", EN, RU) == "пес"


def test_a_number_beside_a_word_makes_them_two_words():
    lexicon = learn_lexicon(told(("Formula One", "Формула-1"), ("One", "Первый 1")), ALL)

    assert lexicon.hint("формула", RU, EN) == ""
    assert lexicon.hint("One", EN, RU) == "Первый 1"


def test_a_translation_is_told_in_its_most_frequent_form():
    counted = [TextPair("news", EN, RU, "He", "осудил")] * 3

    lexicon = learn_lexicon([*told(("condemned", "осудить")), *counted], ALL)

    assert lexicon.hint("condemned", EN, RU) == "осудил"


def test_several_words_may_be_told_of_one_and_nothing_of_each_of_several():
    lexicon = learn_lexicon(told(("ceasefire", "прекращение огня")), ALL)

    assert lexicon.hint("ceasefire", EN, RU) == "прекращение огня"
    assert lexicon.hint("огня", RU, EN) == ""


def test_a_frequent_word_is_not_told_by_the_dictionary_either():
    lexicon = learn_lexicon(
        [*told(("dog", "собака"), ("cat", "кошка")), TextPair("news", EN, RU, "dog", "он")],
        dataclasses.replace(ALL, frequent=1),
    )

    assert lexicon.hint("dog", EN, RU) == ""
    assert lexicon.hint("cat", EN, RU) == "кошка"


def test_the_dictionary_tells_arabic_and_russian_of_each_other():
    lexicon = learn_lexicon([TextPair("dictionary", RU, AR, "пожар", "حريق")], ALL)

    assert lexicon.hint("пожары", RU, AR) == "حريق"
    assert lexicon.hint("الحريق", AR, RU) == "пожар"


@pytest.mark.usefixtures("all_words")
def test_a_name_that_shares_an_arabic_stem_is_written_as_the_gazetteer_has_it():
    """Stemming takes the first letter of the name for "with" and leaves that of "he took part"."""
    news = [
        *[TextPair("news", EN, AR, "Omar joined", "شارك عمر")] * 4,
        TextPair("news", EN, AR, "Omar slept", "نام عمر"),
        TextPair("news", EN, AR, "Bashar slept", "نام بشار"),
    ]
    gazetteer = [TextPair("gazetteer", EN, AR, "Bashar", "بشار")]

    told, untold = learn_lexicon([*news, *gazetteer], ALL), learn_lexicon(news, ALL)

    assert Stems(AR).of("بشار") == Stems(AR).of("شارك")
    assert told.hint("Bashar", EN, AR) == "بشار"
    assert untold.hint("Bashar", EN, AR) != "بشار"
