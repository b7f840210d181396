import random

from khabar.languages import Language
from training.carriers import Substitution, lists
from training.gazetteer import Entry
from training.items import COLUMNS


def triple(en, ru, ar):
    return dict(zip(COLUMNS, (en, ru, ar), strict=True))


def entry(kind, *texts):
    return Entry(kind, dict(zip(COLUMNS, texts, strict=True)))


TOKYO = entry("capital", "Tokyo", "Токио", "طوكيو")
OSLO = entry("capital", "Oslo", "Осло", "أوسلو")
AMMAN = entry("capital", "Amman", "Амман", "عمان")
SARAJEVO = entry("capital", "Sarajevo", "Сараево", "سراييفو")
DOMODEDOVO = entry("city", "Domodedovo", "Домодедово", "دوموديدوفو")
CAIRO = entry("capital", "Cairo", "Каир", "القاهرة")


def varied(sentence, entries, seed=1):
    return Substitution(entries, random.Random(seed)).vary(sentence)


def test_an_uninflected_name_gives_way_to_another_such():
    sentence = triple(
        "Talks in Tokyo ended.", "Переговоры в Токио завершились.", "انتهت محادثات بطوكيو."
    )

    results = [varied(sentence, [TOKYO, OSLO, AMMAN], seed) for seed in range(20)]

    made = next(result for result in results if result)
    assert made == triple(
        "Talks in Oslo ended.", "Переговоры в Осло завершились.", "انتهت محادثات بأوسلو."
    )


def test_an_inflected_name_is_left_alone():
    sentence = triple(
        "Talks in Amman ended.", "Переговоры в Аммане завершились.", "انتهت محادثات عمان."
    )

    assert varied(sentence, [TOKYO, OSLO, AMMAN]) is None


def test_a_name_that_only_looks_uninflected_is_left_alone():
    sentence = triple("Sarajevo is calm.", "Сараево спокойно.", "سراييفو هادئة.")

    assert varied(sentence, [TOKYO, OSLO, SARAJEVO]) is None
    sentence = triple("Tokyo is calm.", "Токио спокоен.", "طوكيو هادئة.")
    assert varied(sentence, [TOKYO, DOMODEDOVO, SARAJEVO]) is None


def test_a_name_inside_another_word_is_left_alone():
    sentence = triple("A Tokyo-based firm.", "Фирма из Токио.", "شركة في طوكيو.")

    assert varied(sentence, [TOKYO, OSLO]) is None


def test_a_dateline_takes_any_place():
    sentence = triple("AMMAN — Rain fell.", "АММАН — Шёл дождь.", "عمان — هطل المطر.")

    results = [varied(sentence, [AMMAN, CAIRO], seed) for seed in range(20)]

    assert triple("CAIRO — Rain fell.", "КАИР — Шёл дождь.", "القاهرة — هطل المطر.") in results


def test_a_number_changes_alike_and_keeps_its_last_two_digits():
    sentence = triple("It fed 85,321 people.", "Накормили 85 321 человека.", "أطعم 85,321 شخصا.")

    made = varied(sentence, [])

    digits = {"".join(filter(str.isdigit, text)) for text in made.values()}
    assert len(digits) == 1
    (number,) = digits
    assert number != "85321"
    assert number[-2:] == "21"
    assert "," in made[Language.ENGLISH]
    assert "," not in made[Language.RUSSIAN]


def test_years_and_small_numbers_are_left_alone():
    sentence = triple(
        "In 2024, 15 people came.", "В 2024 году пришли 15 человек.", "جاء 15 عام 2024."
    )

    assert varied(sentence, []) is None


def test_lists_are_alike_in_all_languages():
    entries = [TOKYO, OSLO, AMMAN, CAIRO]

    made = list(lists(entries, 30, random.Random(1)))

    assert len(made) == 30
    for one in made:
        for known in entries:
            assert len({known.texts[language] in one[language] for language in COLUMNS}) == 1


def test_no_names_no_lists():
    assert list(lists([], 5, random.Random(1))) == []
