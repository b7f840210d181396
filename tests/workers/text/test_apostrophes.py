import pytest

from workers.text.apostrophes import mend_apostrophes


@pytest.mark.parametrize(
    ("lost", "mended"),
    [
        ("Russia s defence minister", "Russia's defence minister"),
        ("since Assad s regime fell", "since Assad's regime fell"),
        ("the government s control", "the government's control"),
        ("Damascus s ally", "Damascus's ally"),
        ("It doesn t matter and won t help.", "It doesn't matter and won't help."),
        ("I m sure they ve left; we ll see", "I'm sure they've left; we'll see"),
        ("It s over, he said", "It's over, he said"),
        ("Russia?s army, Syria`s border", "Russia's army, Syria's border"),
        ("José s shop", "José's shop"),
    ],
)
def test_lost_apostrophes_come_back(lost: str, mended: str) -> None:
    assert mend_apostrophes(lost) == mended
    assert mend_apostrophes(mended) == mended


@pytest.mark.parametrize(
    "text",
    [
        "the letter s is silent",
        "words with s or z",
        "a capital s at the end",
        "Russia's defence minister",
        "the 1990 s record",
        "in 10 s flat",
        "plan t and plan d",
        "Is Asia set? Sure.",
        "q r s t u",
    ],
)
def test_what_was_not_lost_stays(text: str) -> None:
    assert mend_apostrophes(text) == text
