import pytest

from tests.workers.checks.pairs import pair
from workers.checks.quotation import QuotationCheck

SOURCE = 'He said: "We agreed."'


@pytest.mark.parametrize(
    "output",
    [
        "Он сказал: «Мы договорились».",
        "Он сказал: «Мы назвали это „Миром“».",
        'قال: "اتفقنا".',
        "He said: “We agreed.”",
        "Он сказал, что они договорились.",
    ],
)
def test_whole_quotations_pass(output):
    assert QuotationCheck()(pair(SOURCE, output)).passed


@pytest.mark.parametrize(
    ("output", "message"),
    [
        ("Он сказал: «Мы договорились.", "A quotation is not closed, or not opened."),
        ("Он сказал: Мы договорились».", "A quotation is not closed, or not opened."),
        ('Он сказал: "Мы договорились.', "A quotation is not closed, or not opened."),
        ("He said: “We agreed.", "A quotation is not closed, or not opened."),
        ("Он сказал: ««Мы договорились»».", "A quotation mark is doubled."),
        ("Он сказал: «» мы договорились.", "A quotation mark is doubled."),
    ],
)
def test_broken_ones_fail(output, message):
    check = QuotationCheck()(pair(SOURCE, output))
    assert check.message == message


def test_a_quotation_that_runs_on_may_stay_open():
    assert QuotationCheck()(pair('"We agreed. ', "«Мы договорились.")).passed
