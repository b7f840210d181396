import time

import pytest

from tests.workers.checks.pairs import AR, EN, RU, pair
from workers.checks.numbers import NumbersCheck

CHECK = NumbersCheck()


@pytest.mark.parametrize("piece", ["%", "процент ", "a% ", "1% "])
def test_a_text_of_percent_signs_takes_no_time(piece):
    began = time.process_time()
    CHECK(pair(piece * (10_000 // len(piece)), "Выросло.", (EN, RU)))
    assert time.process_time() - began < 3


@pytest.mark.parametrize(
    ("source", "output", "way"),
    [
        ("It cost 1,250 euros.", "Это стоило 1250 евро.", (EN, RU)),
        ("It cost 31,250.5 euros.", "Это стоило 31 250,5 евро.", (EN, RU)),
        ("It cost 31,250 euros.", "Это стоило 31\u00a0250 евро.", (EN, RU)),
        ("Growth was 6.3%.", "Рост составил 6,3 процента.", (EN, RU)),
        ("Growth was 6.3 percent.", "بلغ النمو ٦٫٣ بالمئة.", (EN, AR)),
        ("It cost 12,000 euros.", "بلغت كلفته ١٢٬٠٠٠ يورو.", (EN, AR)),
        ("It cost 27,000 euros.", "Это стоило 27 тысяч евро.", (EN, RU)),
        ("From 3 to 5 million came.", "Пришли от 3 млн до 5 млн.", (EN, RU)),
        ("They lost $2 billion.", "خسروا ملياري دولار.", (EN, AR)),
        ("Nine million came.", "Пришли 9 миллионов.", (EN, RU)),
        ("Он вернул долг с процентами.", "He paid the debt back with interest.", (RU, EN)),
        ("Выросло в 9 раз.", "It grew ninefold.", (RU, EN)),
        ("تضاعف ست مرات.", "It rose sixfold.", (AR, EN)),
        ("لست خائفا.", "I am not afraid.", (AR, EN)),
        ("It began at 6.40 a.m.", "بدأ عند الساعة 6.40 صباحا.", (EN, AR)),
        ("It began at 6.40 a.m.", "بدأ عند الساعة 6.40.", (EN, AR)),
        ("It began at 11.52 a.m.", "Началось в 11:52.", (EN, RU)),
        ("It took 30 millionths of a second.", "Это заняло 30 миллионных секунды.", (EN, RU)),
        ("They slept four to a room.", "Они спали вчетвером.", (EN, RU)),
        ("Up to six months in jail.", "До полугода тюрьмы.", (EN, RU)),
        ("It began at 2:40 p.m. on Friday.", "Всё началось в пятницу в 14:40.", (EN, RU)),
        ("It began at 9.15pm.", "Всё началось в 21:15.", (EN, RU)),
        ("It began at 2 p.m.", "Всё началось в 14:00.", (EN, RU)),
        ("They won 2-1.", "Они победили 2:1.", (EN, RU)),
        ("Since the 1980s it grew.", "نما منذ ثمانينيات القرن الماضي.", (EN, AR)),
        ("In the 19th century it burned.", "В XIX веке он сгорел.", (EN, RU)),
        ("The 7 ministers met.", "Встретились семь министров.", (EN, RU)),
        ("Seven ministers met.", "اجتمع 7 وزراء.", (EN, AR)),
        ("Встретились трое.", "Three met.", (RU, EN)),
        ("اجتمع سبعة وزراء.", "Seven ministers met.", (AR, EN)),
        ("The G7 met.", "Встретилась «Большая семёрка».", (EN, RU)),
        ("A week passed.", "Прошла 1 неделя.", (EN, RU)),
        ("The 60-year-old fell.", "Шестидесятилетняя женщина упала.", (EN, RU)),
        ("A 25-year-old fell.", "Двадцатипятилетний водитель упал.", (EN, RU)),
        ("Some 300 came.", "حضر نحو ثلاثمئة.", (EN, AR)),
        ("A percentage was paid.", "دفعت نسبة.", (EN, AR)),
    ],
)
def test_the_same_number_in_another_form_passes(source, output, way):
    assert CHECK(pair(source, output, way)).passed


@pytest.mark.parametrize(
    ("source", "output", "way", "message"),
    [
        ("It cost 1,250 euros.", "Это стоило 1260 евро.", (EN, RU), "Missing: 1,250."),
        ("It cost 1,250 euros.", "Это стоило 1,250 евро.", (EN, RU), "Missing: 1,250."),
        ("It cost 5 million.", "Это стоило 5 миллиардов.", (EN, RU), "Missing: 5."),
        ("Growth was 6.3%.", "Рост составил 6,3.", (EN, RU), "Missing: the percent sign."),
        ("Growth was 6.3%.", "بلغت نسبة النمو 6.3.", (EN, AR), "Missing: the percent sign."),
        ("Рост — пять процентов.", "Growth was five.", (RU, EN), "Missing: the percent sign."),
        ("It fell sixfold.", "Упало в 4 раза.", (EN, RU), "Not in the source: 4."),
        ("A 25-year-old fell.", "Тридцатипятилетний упал.", (EN, RU), "Missing: 25."),
        ("Some 300 came.", "حضر نحو أربعمئة.", (EN, AR), "Missing: 300."),
        ("Growth was strong.", "Рост составил 14 пунктов.", (EN, RU), "Not in the source: 14."),
        ("Seven ministers met.", "Встретились восемь министров.", (EN, RU), "Missing: Seven."),
        ("Встретились трое.", "Four met.", (RU, EN), "Missing: трое."),
        ("اجتمع سبعة وزراء.", "Eight ministers met.", (AR, EN), "Missing: سبعة."),
        ("It began at 2:40 p.m.", "Всё началось в 15:40.", (EN, RU), "Not in the source: 15."),
    ],
)
def test_another_number_fails_and_is_named(source, output, way, message):
    check = CHECK(pair(source, output, way))
    assert not check.passed
    assert check.message == message


def test_a_summary_may_leave_numbers_out_but_not_make_them_up():
    assert CHECK(pair("In all 37 of 90 came.", "Some came.", (EN, EN))).passed
    assert not CHECK(pair("In all 37 of 90 came.", "In all 38 came.", (EN, EN))).passed
