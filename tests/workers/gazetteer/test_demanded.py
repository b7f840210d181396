import pytest

from khabar.languages import Language
from workers.gazetteer.demanded import is_demanded
from workers.gazetteer.finder import find

EN, RU, AR = Language.ENGLISH, Language.RUSSIAN, Language.ARABIC


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Syria", EN),
        ("Syrian", EN),
        ("Angela Merkel", EN),
        ("Lake Baikal", EN),
        ("Москва", RU),
        ("بغداد", AR),
        ("مصر", AR),
    ],
)
def test_names_that_a_translation_must_keep(text, language):
    (found,) = find(text, language)
    assert is_demanded(found, language)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("ceasefire", EN),
        ("president", EN),
        ("Muslims", EN),
        ("Supreme Court", EN),
        ("Van", EN),
        ("По", RU),
        ("علي", AR),
        ("كان", AR),
        ("ليل", AR),
    ],
)
def test_words_that_can_be_said_in_many_ways_or_may_be_no_names(text, language):
    assert not any(is_demanded(found, language) for found in find(text, language))
