import tracemalloc

import pytest

from khabar.errors import EngineFailed, ModelMissing, NothingToSummarise
from khabar.languages import Language
from khabar.summary import Length, ModelUse
from tests.workers.summarizers.test_extractive import WIRE, document
from tests.workers.summarizers.writers import ScriptedEngine, words_fit
from workers.engines.fake import FakeEngine
from workers.protocols import Decoding
from workers.summarizers.abstractive import MOST_PARTS, AbstractiveSummarizer
from workers.summarizers.writing import TEXTS_A_CALL

EN = Language.ENGLISH
USE = ModelUse(role="summarization", id="bart", revision="1", licence="MIT")
LONG = document(
    [f"Councillor {n} of ward {n % 97} voted for bridge {n * 7 % 1009}." for n in range(2_600)]
)


def summarizer(answer, limit=1000, **facts):
    engine = ScriptedEngine(answer)
    made = AbstractiveSummarizer(
        engine, {EN}, (USE,), Decoding(max_length=160), fits=words_fit(limit), **facts
    )
    return made, engine


def texts_of(draft):
    return [sentence.text for sentence in draft.sentences]


def first_sentences(count):
    """Answer as a model would that copies the beginning of what it reads."""
    return lambda text, _: " ".join(f"{part}." for part in text.rstrip(".").split(". ")[:count])


def test_the_models_are_told():
    assert summarizer(first_sentences(1))[0].models == (USE,)


def test_a_short_article_takes_one_call():
    made, engine = summarizer(
        lambda *_: "Haddad and Chad agreed on patrols. Smugglers attacked the border."
    )
    draft = made.summarise(document(WIRE, headline="Border patrols"), Length.SHORT)

    assert texts_of(draft) == [
        "Haddad and Chad agreed on patrols.",
        "Smugglers attacked the border.",
    ]
    assert draft.headline == "Border patrols"
    assert draft.sentences_read == len(WIRE)
    assert engine.texts == [" ".join(WIRE)]


def test_each_sentence_names_what_it_rests_on():
    made, _ = summarizer(lambda *_: "Chad runs a field hospital. Smugglers move gold and fuel.")
    draft = made.summarise(document(WIRE), Length.SHORT)

    assert [sentence.sources[0] for sentence in draft.sentences] == [2, 5]


def test_a_headline_is_made_where_none_came():
    made, _ = summarizer(lambda *_: "Haddad and Chad agreed on joint patrols.")
    assert made.summarise(document(WIRE), Length.HEADLINE).headline == (
        "Haddad and Chad agreed on joint patrols"
    )


@pytest.mark.parametrize(("length", "most"), [("headline", 1), ("short", 2), ("long", 5)])
def test_no_summary_is_longer_than_asked(length, most):
    made, _ = summarizer(first_sentences(8))
    assert len(made.summarise(document(WIRE), Length(length)).sentences) == most


def test_a_model_of_one_sentence_is_asked_for_the_parts_of_the_article():
    made, engine = summarizer(first_sentences(1))
    story = document([f"Ward {name} voted for the bridge of {name}." for name in "abcdefghijkl"])
    draft = made.summarise(story, Length.SHORT)

    assert [sentence.sources for sentence in draft.sentences] == [(0,), (4,), (8,)]
    assert len(engine.calls) == 2


def test_a_summary_that_is_nearly_long_enough_is_not_asked_for_again():
    made, engine = summarizer(first_sentences(2))
    made.summarise(document([f"Ward {n} voted for bridge {n}." for n in range(12)]), Length.SHORT)
    assert len(engine.calls) == 1


def test_a_long_article_is_summarised_in_parts_and_their_summaries_again():
    made, engine = summarizer(first_sentences(2), limit=200)
    story = document([f"Ward {n} voted for bridge {n} on Monday." for n in range(100)])
    draft = made.summarise(story, Length.SHORT)

    *parts, merged = engine.texts
    assert " ".join(parts) == " ".join(sentence.text for sentence in story.sentences)
    assert merged.startswith("Ward 0 voted for bridge 0 on Monday. Ward 1 voted")
    assert len(draft.sentences) == 2
    assert draft.sentences_read == 100


def test_summaries_of_parts_that_are_too_long_together_are_chosen_from():
    made, engine = summarizer(first_sentences(3), limit=40)
    story = document([f"Ward {n} voted for bridge {n} on Monday." for n in range(100)])
    draft = made.summarise(story, Length.LONG)

    assert len(draft.sentences) == 6
    assert len(engine.texts) == 20
    assert all(sentence.sources for sentence in draft.sentences)


def test_a_very_long_article_takes_bounded_calls_and_memory_and_tells_what_was_read():
    made, engine = summarizer(first_sentences(3), limit=512)
    assert LONG.characters > 100_000
    tracemalloc.start()

    draft = made.summarise(LONG, Length.LONG)

    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(engine.calls) <= MOST_PARTS // TEXTS_A_CALL + 2
    assert max(len(text.split()) for text in engine.texts) <= 512
    assert draft.sentences_read < len(LONG.sentences)
    assert len(" ".join(engine.texts).split()) > 512 * (MOST_PARTS - 1)
    assert len(draft.sentences) == 6
    assert peak_bytes < 50_000_000


def test_only_so_many_parts_are_read():
    made, engine = summarizer(first_sentences(2), limit=90, most_parts=3)
    draft = made.summarise(LONG, Length.SHORT)
    assert draft.sentences_read == 30
    assert len(engine.texts) <= 5


def test_sentences_that_say_the_same_are_told_once():
    made, _ = summarizer(lambda *_: "It rained. Haddad came on Tuesday. It rained.")
    draft = made.summarise(document(WIRE), Length.LONG)
    assert texts_of(draft) == ["It rained.", "Haddad came on Tuesday."]


@pytest.mark.parametrize("texts", [(), ("...",), ("—", "***")])
def test_nothing_to_summarise(texts):
    made, engine = summarizer(first_sentences(1))
    with pytest.raises(NothingToSummarise):
        made.summarise(document(texts), Length.SHORT)
    assert engine.calls == []


@pytest.mark.parametrize("answer", ["", "word " * 999])
def test_a_model_that_writes_no_whole_sentence_fails(answer):
    made, _ = summarizer(lambda *_: answer)
    with pytest.raises(EngineFailed):
        made.summarise(document(WIRE), Length.SHORT)


def test_a_language_the_model_does_not_write_is_refused():
    made, _ = summarizer(first_sentences(1))
    with pytest.raises(ModelMissing):
        made.summarise(document(WIRE, language=Language.RUSSIAN), Length.SHORT)


def test_the_engine_without_a_model_will_do():
    made = AbstractiveSummarizer(
        FakeEngine(), frozenset(Language), (), Decoding(max_length=160), fits=words_fit(512)
    )
    draft = made.summarise(document(WIRE), Length.SHORT)
    assert texts_of(draft) == list(WIRE[:2])
    assert [sentence.sources for sentence in draft.sentences] == [(0,), (1,)]
