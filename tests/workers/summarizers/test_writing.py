import pytest

from khabar.languages import Language
from tests.workers.summarizers.writers import ScriptedEngine
from workers.protocols import Decoding
from workers.summarizers.writing import TEXTS_A_CALL, Writer

EN = Language.ENGLISH
DECODING = Decoding(beam_size=4, min_length=20, max_length=40)


def written(answer, texts=("An article.",), tokens=10, language=EN):
    engine = ScriptedEngine(answer)
    return Writer(engine, language, DECODING, tokens).write(texts), engine


def test_sentences_come_apart_and_loose_marks_close_up():
    (found,), engine = written(lambda *_: " The port reopened .  Ships came , slowly .")
    assert found == ("The port reopened.", "Ships came, slowly.")
    assert engine.targets == [EN]


def test_the_first_try_is_bounded_by_the_length_and_by_the_recipe():
    _, engine = written(lambda *_: "It ended.", tokens=10)
    assert (engine.calls[0][1].min_length, engine.calls[0][1].max_length) == (10, 10)
    _, engine = written(lambda *_: "It ended.", tokens=999)
    assert (engine.calls[0][1].min_length, engine.calls[0][1].max_length) == (20, 40)


def test_the_incomplete_last_sentence_of_a_cut_summary_goes():
    (found,), _ = written(
        lambda *_: "The port of Sfax reopened on Monday. Ships came in slowly again."
    )
    assert found == ("The port of Sfax reopened on Monday.",)


def test_a_summary_cut_within_its_first_sentence_is_written_again_longer():
    sentence = "The port of Sfax in Tunisia reopened on Monday after a strike of nine days."
    (found,), engine = written(lambda *_: sentence)
    assert found == (sentence,)
    assert [decoding.max_length for _, decoding in engine.calls] == [10, 40]


@pytest.mark.parametrize(
    "bad",
    ["", "the the the the the the", "Порт снова открыт в понедельник.", "He won. He won. He won."],
)
def test_a_bad_summary_is_written_again_firmer(bad):
    (found,), engine = written(lambda _, d: "Fine." if d.no_repeat_ngram else bad)
    assert found == ("Fine.",)
    assert engine.calls[1][1].repetition_penalty > 1


def test_a_loop_that_stays_is_handed_on_for_the_checks_to_tell():
    (found,), engine = written(lambda *_: "so so so so so.")
    assert found == ("so so so so so.",)
    assert len(engine.calls) == 2


def test_nothing_stays_nothing():
    (found,), _ = written(lambda *_: "")
    assert found == ()


def test_only_the_bad_ones_are_written_again_and_the_order_stays():
    def answer(text, decoding):
        return "" if text == "b" and not decoding.no_repeat_ngram else f"It is {text}."

    found, engine = written(answer, ["a", "b", "c"])
    assert found == [("It is a.",), ("It is b.",), ("It is c.",)]
    assert engine.texts == ["a", "b", "c", "b"]


def test_no_call_takes_more_texts_than_its_memory_allows():
    _, engine = written(lambda *_: "Fine.", ["text"] * (2 * TEXTS_A_CALL + 1))
    assert [len(texts) for texts, _ in engine.calls] == [TEXTS_A_CALL, TEXTS_A_CALL, 1]
