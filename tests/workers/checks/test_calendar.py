import pytest

from khabar.languages import Language
from workers.checks.calendar import MONTHS, WEEKDAYS, certain, possible


@pytest.mark.parametrize("language", list(Language))
def test_the_year_and_the_week_are_whole(language):
    assert len(MONTHS[language]) == 12
    assert len(WEEKDAYS[language]) == 7


@pytest.mark.parametrize(
    ("text", "language", "names"),
    [
        ("from Monday to Sunday", Language.ENGLISH, {"day 1", "day 7"}),
        ("in March or May 2026", Language.ENGLISH, {"month 3", "month 5"}),
        ("they march in a jury in Augusta", Language.ENGLISH, set()),
        ("в сентябрьские субботы", Language.RUSSIAN, {"month 9", "day 6"}),
        ("до конца мая", Language.RUSSIAN, set()),
        ("وفي تموز، مساء الإثنين", Language.ARABIC, {"month 7", "day 1"}),
        ("أَيَّار", Language.ARABIC, {"month 5"}),
    ],
)
def test_what_is_certain(text, language, names):
    assert set(certain(text, language)) == names


@pytest.mark.parametrize(
    ("text", "language", "name"),
    [
        ("it may be", Language.ENGLISH, "month 5"),
        ("до конца мая", Language.RUSSIAN, "month 5"),
        ("хорошая среда", Language.RUSSIAN, "day 3"),
        ("الاثنين", Language.ARABIC, "day 1"),
    ],
)
def test_what_is_only_possible(text, language, name):
    assert name in possible(text, language)
    assert name not in certain(text, language)
