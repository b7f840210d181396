import pytest

from tests.workers.checks.pairs import pair
from workers.checks.repetition import RepetitionCheck


@pytest.mark.parametrize(
    "output",
    [
        "Он сказал, что что что что что.",
        "في القاهرة في القاهرة في القاهرة",
        "Встреча прошла в Каире, встреча прошла в Каире.",
        "Ахахахахахахаха.",
        "Министр прибыл. Министр прибыл. Министр прибыл.",
    ],
)
def test_a_loop_fails(output):
    assert not RepetitionCheck()(pair("He said it.", output)).passed


@pytest.mark.parametrize(
    "output",
    [
        "Шаг за шагом, очень, очень медленно.",
        "Счёт 25:20, 25:20, 25:20.",
        "Он был в Каире, и она была в Каире.",
        "Ждите......",
        "",
    ],
)
def test_emphasis_does_not(output):
    assert RepetitionCheck()(pair("He said it.", output)).passed


def test_what_the_source_repeats_may_be_repeated():
    assert RepetitionCheck()(pair("No, no, no, no, no!", "Нет, нет, нет, нет, нет!")).passed
