import pytest

from khabar.languages import Language
from workers.checks.counts import counts


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("Three ships and twelve boats", Language.ENGLISH, {3: "Three", 12: "twelve"}),
        ("twenty-three ships, six hundred boats", Language.ENGLISH, {}),
        ("they reached the last eight", Language.ENGLISH, {}),
        ("о трёх кораблях", Language.RUSSIAN, {3: "трёх"}),
        ("со своею семью", Language.RUSSIAN, {}),
        ("بثلاثة قوارب", Language.ARABIC, {3: "بثلاثة"}),
        ("ثلاثة عشر قاربا", Language.ARABIC, {}),
        ("يوم الثلاثاء", Language.ARABIC, {}),
    ],
)
def test_counts_in_words(text, language, found):
    assert counts(text, language) == found
