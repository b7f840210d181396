from khabar.summary import Check
from workers.checks.outcome import outcome


def test_a_problem_fails_the_check_and_is_its_message():
    assert outcome("any", None) == Check(name="any", passed=True)
    assert outcome("any", "Bad.") == Check(name="any", passed=False, message="Bad.")
