import time
import tracemalloc

import pytest

from khabar.errors import NothingToSummarise
from khabar.languages import Language
from khabar.summary import Length
from workers.summarizers.extractive import ExtractiveSummarizer
from workers.text.document import Document, Sentence

WIRE = (
    "President Amal Haddad met the defence minister of Chad on Tuesday to agree on joint patrols.",
    "The meeting came a day after smugglers attacked a patrol near the border.",
    "He also visited a field hospital that Chad has run since April.",
    '"The patrols will start in spring.',
    "Will the border be quiet by then?",
    "Smugglers have moved fuel and gold across the border for thirty years.",
    "Joint patrols of both armies will watch 400 kilometres of the border, Haddad was told.",
    "Read more about the border in our archive of last year.",
)
SCENE = (
    "Snow was falling on the tram stop at dawn, and a dog slept under the bench.",
    "Pavel Orlov rubbed his hands and looked for the first lamp down the street.",
    "Kazan reopened its oldest tram line on Monday after repairs of the rails that took six years.",
    "The repairs of the line cost 900 million roubles, the Kazan city hall reported.",
    "Pavel Orlov drove the first tram.",
)


def document(texts, language=Language.ENGLISH, headline=None):
    sentences = []
    start = 0
    for paragraph, text in enumerate(texts):
        sentences.append(Sentence(text, start, start + len(text), paragraph))
        start += len(text) + 1
    return Document(language, headline, tuple(sentences), max(start - 1, 0))


def summarise(texts, length=Length.SHORT, **facts):
    return ExtractiveSummarizer().summarise(document(texts, **facts), length)


def test_no_model_takes_part():
    assert ExtractiveSummarizer().models == ()


def test_a_wire_story_keeps_its_lead_and_nothing_unfit():
    draft = summarise(WIRE, headline="Haddad and Chad agree on joint border patrols")

    assert draft.headline == "Haddad and Chad agree on joint border patrols"
    assert draft.sentences[0].text == WIRE[0]
    assert len(draft.sentences) == 2
    assert draft.sentences_read == len(WIRE)


@pytest.mark.parametrize("length", list(Length))
def test_every_sentence_stands_in_order_and_can_be_read(length):
    draft = summarise(WIRE, length)
    places = [sentence.sources[0] for sentence in draft.sentences]

    assert places == sorted(set(places))
    assert not {3, 4, 7} & set(places)
    assert 2 not in places or 1 in places
    assert len(places) < len(WIRE)


def test_a_story_that_opens_with_a_scene_is_told_from_its_news():
    draft = summarise(
        SCENE, Length.HEADLINE, headline="Kazan reopens oldest tram line after repairs"
    )

    assert [sentence.sources for sentence in draft.sentences] == [(2,)]


def test_a_headline_is_made_where_none_came():
    draft = summarise(WIRE, Length.HEADLINE)

    assert draft.headline == WIRE[0].removesuffix(".")
    assert len(draft.headline) <= 100


def test_a_connective_goes_where_the_sentence_before_is_missing():
    draft = summarise(
        ("Is it over?", "However, the port of Sfax reopened on Monday after the strike."),
        Length.HEADLINE,
    )

    assert draft.sentences[0].text == "The port of Sfax reopened on Monday after the strike."
    assert draft.sentences[0].sources == (1,)


def test_an_arabic_summary_does_not_begin_with_and():
    draft = summarise(
        ("ما الذي جرى؟", "وأعلنت وزارة النقل إعادة فتح ميناء صفاقس يوم الاثنين بعد الإضراب."),
        Length.HEADLINE,
        language=Language.ARABIC,
    )

    assert draft.sentences[0].text.startswith("أعلنت وزارة النقل")


@pytest.mark.parametrize(
    "texts", [("He left.",), ("Yes",), ("Why?", "How?"), ("He said so.", "They went on for long.")]
)
def test_a_poor_article_gives_one_sentence_rather_than_none(texts):
    draft = summarise(texts, Length.LONG)

    assert len(draft.sentences) == 1
    assert draft.sentences[0].text in texts
    assert draft.headline


@pytest.mark.parametrize("texts", [(), ("...",), ("—", "***")])
def test_nothing_to_summarise(texts):
    with pytest.raises(NothingToSummarise):
        summarise(texts)


def test_repeated_sentences_are_told_once():
    draft = summarise([WIRE[0]] * 50 + [WIRE[6]] * 50, Length.LONG)

    assert len({sentence.text for sentence in draft.sentences}) == len(draft.sentences)


def test_a_very_long_article_takes_little_time_and_memory():
    texts = [
        f"Councillor {n} of ward {n % 97} voted for bridge {n * 7 % 1009}." for n in range(10_000)
    ]
    long = document(texts)
    tracemalloc.start()
    start = time.perf_counter()

    draft = ExtractiveSummarizer().summarise(long, Length.LONG)

    seconds = time.perf_counter() - start
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(draft.sentences) == 6
    assert seconds < 30
    assert peak_bytes < 200_000_000
