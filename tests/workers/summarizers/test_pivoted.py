import pytest

from khabar.errors import EngineFailed, NothingToSummarise
from khabar.languages import Language
from khabar.summary import Length, ModelUse
from tests.workers.summarizers.test_extractive import document
from tests.workers.summarizers.writers import ScriptedEngine, words_fit
from workers.engines.fake import FakeEngine
from workers.protocols import Decoding
from workers.summarizers.abstractive import AbstractiveSummarizer
from workers.summarizers.pivoted import SENTENCES_A_CALL, PivotedSummarizer
from workers.translators.direct import DirectTranslator

EN, RU = Language.ENGLISH, Language.RUSSIAN
DECODING = Decoding(max_length=160)
STORY = (
    "Порт Сфакса открылся в понедельник.",
    "Забастовка докеров длилась девять дней.",
    "Убытки оценили в 40 миллионов динаров.",
    "Профсоюз получил надбавку за ночные смены.",
)


def use(name):
    return ModelUse(role="translation", id=name, revision="1", licence="MIT")


def translator(source, target, engine=None):
    return DirectTranslator(engine or FakeEngine(), source, target, (use(f"{source}-{target}"),))


def last_two(text, _):
    return " ".join(f"{part}." for part in text.rstrip(".").split(". ")[-2:])


def pivoted(answer=last_two, there=None, back=None, **facts):
    writer = AbstractiveSummarizer(
        ScriptedEngine(answer), {EN}, (use("bart"),), DECODING, fits=words_fit(1000)
    )
    return PivotedSummarizer(
        translator(RU, EN, there), writer, translator(EN, RU, back), DECODING, **facts
    )


def test_the_summary_is_in_the_language_of_the_article_and_rests_on_it():
    draft = pivoted().summarise(document(STORY, language=RU, headline="Порт"), Length.SHORT)

    assert draft.headline == "Порт"
    assert [sentence.sources for sentence in draft.sentences] == [(2,), (3,)]
    assert "40" in draft.sentences[0].text
    assert all(not set("abcdefgh") & set(sentence.text) for sentence in draft.sentences)
    assert draft.sentences_read == 4


def test_a_headline_that_was_made_is_translated_back():
    draft = pivoted().summarise(document(STORY, language=RU), Length.SHORT)
    assert draft.headline
    assert not set("abcdefgh") & set(draft.headline)


def test_all_models_are_told_once():
    assert [model.id for model in pivoted().models] == ["ru-en", "bart", "en-ru"]


def test_only_what_is_read_is_translated_and_told():
    there = ScriptedEngine(lambda *_: "The port reopened on Monday.")
    story = document(STORY * 40, language=RU)
    draft = pivoted(there=there, most_sentences=70).summarise(story, Length.SHORT)

    assert draft.sentences_read == 70
    assert [len(texts) for texts, _ in there.calls] == [SENTENCES_A_CALL, SENTENCES_A_CALL, 6]


def test_a_sentence_that_was_copied_is_translated_again():
    def answer(text, decoding):
        return "The strike took nine days." if decoding.no_repeat_ngram else text

    there = ScriptedEngine(answer)
    draft = pivoted(there=there).summarise(document(STORY[:1], language=RU), Length.HEADLINE)
    assert draft.sentences
    assert [decoding.no_repeat_ngram for _, decoding in there.calls] == [0, 3]


def test_a_way_back_that_leads_to_nothing_fails():
    made = pivoted(back=ScriptedEngine(lambda *_: ""))
    with pytest.raises(EngineFailed):
        made.summarise(document(STORY, language=RU), Length.SHORT)


def test_an_article_without_sentences():
    with pytest.raises(NothingToSummarise):
        pivoted().summarise(document((), language=RU), Length.SHORT)


def test_translators_that_do_not_lead_back_are_refused():
    with pytest.raises(ValueError, match="would be written"):
        PivotedSummarizer(translator(RU, EN), pivoted(), translator(EN, Language.ARABIC), DECODING)
