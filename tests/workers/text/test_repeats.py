from workers.text.document import Sentence
from workers.text.repeats import drop_repeats


def sentences(*texts: str) -> list[Sentence]:
    return [Sentence(text, 0, 0, number) for number, text in enumerate(texts)]


SHORT = "The Syrian president met the Russian defence minister on Tuesday."
FULL = "The Syrian president met the Russian defence minister on Tuesday, state media said."


def test_the_fuller_of_two_is_kept_wherever_it_stands() -> None:
    assert (
        drop_repeats(sentences(SHORT, FULL, "Rain fell.")) == sentences("", FULL, "Rain fell.")[1:]
    )
    assert [s.text for s in drop_repeats(sentences(FULL, SHORT))] == [FULL]


def test_of_two_equal_sentences_the_first_is_kept() -> None:
    kept = drop_repeats(sentences(SHORT, SHORT))

    assert [sentence.paragraph for sentence in kept] == [0]


def test_short_or_different_or_distant_sentences_stay() -> None:
    for texts in (
        ("He smiled.", "He smiled and left the hall."),
        ("The council closed the old bridge.", "The council opened a new school near it."),
        (FULL, "a b c d.", "e f g h.", "i j k l.", "m n o p.", SHORT),
    ):
        assert [s.text for s in drop_repeats(sentences(*texts))] == list(texts)
