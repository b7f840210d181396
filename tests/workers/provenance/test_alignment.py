import time

import pytest

from khabar.languages import Language
from tests.workers.summarizers.test_extractive import SCENE, WIRE, document
from workers.provenance.alignment import MOST_SOURCES, align

RU = (
    "Суд уволил главу дорожного ведомства из-за моста через Пинегу.",
    "Строительство отстаёт от графика на 14 месяцев.",
    "Губернатор Жариков выступил на совещании.",
)
AR = (
    "استقبل ضباط عراقيون وفدا عسكريا من بلجيكا.",
    "وبلغت تكلفة الرادارات 60 مليون دولار.",
    "وسيبدأ التدريب في البصرة خلال الربيع.",
)


def test_a_sentence_of_the_article_is_its_own_source_alone():
    assert align(WIRE, document(WIRE)) == [(place,) for place in range(len(WIRE))]


def test_the_first_of_equal_sentences_is_the_source():
    assert align([WIRE[1]], document([WIRE[0], WIRE[1], WIRE[1]])) == [(1,)]


@pytest.mark.parametrize(
    ("sentence", "texts", "language", "source"),
    [
        ("Kazan paid 900 million roubles.", SCENE, Language.ENGLISH, 3),
        ("A dog was sleeping at the stop.", SCENE, Language.ENGLISH, 0),
        ("Chad runs a hospital.", WIRE, Language.ENGLISH, 2),
        ("Мост строят дольше на четырнадцать месяцев.", RU, Language.RUSSIAN, 1),
        ("На совещании говорил губернатор.", RU, Language.RUSSIAN, 2),
        ("وكلفت الرادارات ٦٠ مليونا.", AR, Language.ARABIC, 1),
        ("التدريبات ستجري بالبصرة.", AR, Language.ARABIC, 2),
    ],
)
def test_the_first_source_shares_most(sentence, texts, language, source):
    assert align([sentence], document(texts, language=language))[0][0] == source


def test_a_sentence_that_joins_two_facts_rests_on_both():
    (sources,) = align(["A dog slept while Kazan reopened its tram line."], document(SCENE))
    assert set(sources) == {0, 2}


def test_no_sentence_rests_on_more_than_a_reader_would_look_at():
    (sources,) = align([" ".join(WIRE)], document(WIRE))
    assert len(sources) == MOST_SOURCES


@pytest.mark.parametrize(
    "sentence", ["Penguins elected a chancellor.", "It was that of the and.", "", "..."]
)
def test_nothing_supports_it(sentence):
    assert align([sentence], document(WIRE)) == [()]


def test_an_article_without_sentences_supports_nothing():
    assert align(["Anything."], document(())) == [()]


def test_a_very_long_article_takes_little_time():
    long = document([f"Councillor {n} of ward {n % 97} backed {n * 7}." for n in range(3_000)])
    start = time.perf_counter()

    found = align([f"Ward {n % 97} heard councillor {n}." for n in range(0, 3_000, 500)], long)

    assert all(found)
    assert time.perf_counter() - start < 10
