import pytest

from tests.workers.checks.pairs import AR, EN, RU, pair
from workers.checks.untranslated import UntranslatedCheck


@pytest.mark.parametrize(
    ("source", "output", "way"),
    [
        ("The ship left port.", "The ship left port.", (EN, RU)),
        ("The ship left port on Monday.", "Судно left port в понедельник.", (EN, RU)),
        ("Судно вышло из порта.", "The vessel вышло из порта.", (RU, EN)),
        ("غادرت السفينة الميناء.", "غادرت السفينة порт.", (AR, RU)),
    ],
)
def test_copied_words_fail(source, output, way):
    assert not UntranslatedCheck()(pair(source, output, way)).passed


@pytest.mark.parametrize(
    ("source", "output", "way"),
    [
        ("Bank of America sold it.", "Bank of America продал его.", (EN, RU)),
        ("The MSC Daria sailed.", "Вышла MSC Daria.", (EN, RU)),
        ("Судно «Заря» вышло.", "The Заря sailed.", (RU, EN)),
        ("The ship left port.", "The ship left port.", (EN, EN)),
    ],
)
def test_names_and_summaries_do_not(source, output, way):
    assert UntranslatedCheck()(pair(source, output, way)).passed
