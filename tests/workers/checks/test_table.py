from tests.workers.checks.pairs import pair
from workers.checks.table import is_degenerate, run_checks

NAMES = [
    "numbers",
    "dates",
    "names",
    "script",
    "language",
    "length",
    "repetition",
    "untranslated",
    "quotation",
    "ending",
    "supported",
]


def test_every_check_reports_on_every_pair():
    checks = run_checks(pair("The minister arrived on Monday.", "Министр прибыл в понедельник."))
    assert [check.name for check in checks] == NAMES
    assert all(check.passed and check.message is None for check in checks)


def test_a_copied_sentence_is_degenerate():
    sentence = "The minister arrived on Monday."
    assert is_degenerate(run_checks(pair(sentence, sentence)))


def test_a_wrong_number_is_a_matter_for_a_reader():
    checks = run_checks(pair("In all 37 ministers arrived.", "Всего прибыли 38 министров."))
    assert not all(check.passed for check in checks)
    assert not is_degenerate(checks)
