from benchmarks.hints import Counted, count
from khabar.languages import Language
from workers.hints.lexicon import Lexicon
from workers.hints.stems import Stems

EN, RU = Language.ENGLISH, Language.RUSSIAN


def test_hints_are_counted_and_held_against_the_reference():
    stems = Stems(EN)
    lexicon = Lexicon.of(
        (EN, RU, stems.of(word), hint) for word, hint in (("storm", "буря"), ("river", "ручей"))
    )
    rows = [{EN: "the storm hit the rivers", RU: "Бури обрушились на реки"}]

    assert count(lexicon, rows, EN, RU) == Counted(words=5, hinted=2, chosen=1)
