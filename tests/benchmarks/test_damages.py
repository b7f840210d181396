import random

import pytest

from benchmarks.damages import DAMAGES, Good
from benchmarks.sentence_pairs import Line
from khabar.languages import Language

TEXTS = {
    Language.ENGLISH: 'In Syria, 37 percent voted on Monday, 5 June: "it was calm in Damascus".',
    Language.RUSSIAN: "Сирия: 37% голосовали в понедельник, 5 июня: «в городе Дамаск спокойно».",
    Language.ARABIC: 'سوريا: صوت 37 في المئة الاثنين 5 يونيو: "كان الهدوء يسود دمشق".',
}
LINE = Line(TEXTS, held_out=False)
PLAIN = Line(dict.fromkeys(Language, "It rained all day long."), held_out=False)
SELDOM = {
    "a digit changed",
    "a number dropped",
    "the percent sign dropped",
    "another month",
    "another day of the week",
    "another place",
    "a quotation mark lost",
}


@pytest.mark.parametrize("kind", DAMAGES)
@pytest.mark.parametrize("target", [Language.RUSSIAN, Language.ARABIC])
def test_every_damage_changes_the_output(kind, target):
    good = Good(LINE.pair(Language.ENGLISH, target), LINE)
    output = DAMAGES[kind].damage(good, random.Random(1))
    assert output
    assert output != good.output


@pytest.mark.parametrize("kind", sorted(SELDOM))
def test_what_is_not_there_cannot_be_damaged(kind):
    good = Good(PLAIN.pair(Language.RUSSIAN, Language.ENGLISH), PLAIN)
    assert DAMAGES[kind].damage(good, random.Random(1)) is None


def test_a_word_that_the_english_line_does_not_name_is_left():
    line = Line({**TEXTS, Language.ENGLISH: "It rained."}, held_out=False)
    good = Good(line.pair(Language.RUSSIAN, Language.ARABIC), line)
    for kind in ("another month", "another day of the week", "another place"):
        assert DAMAGES[kind].damage(good, random.Random(1)) is None
