from dataclasses import replace

import pytest

from khabar.errors import ArticleUnknown, ModelMissing, RecipeDiffers, SourceFailed
from khabar.glossary import Entry, Glossary
from khabar.languages import Language
from khabar.recipe import DecodingChoice
from tests.workers.builders import (
    ARTICLE,
    ScriptedTranslator,
    computation_of,
    fake_recipe,
    registry_of,
)
from workers.decoding import firmer
from workers.leases import Abandoned
from workers.pipeline import Log, Pipeline, Task, _check_draft, _translate
from workers.protocols import Certainty, Decoding, Draft, DraftSentence, Hypothesis
from workers.text.prepare import prepare

RECIPE = fake_recipe("en-ru", "en-ar")
ARTICLE_JSON = ARTICLE.model_dump_json()


def nothing() -> None:
    """Let the work go on."""


def summarise(pipeline: Pipeline, log: Log | None = None):
    return pipeline.summarise(computation_of(RECIPE), ARTICLE_JSON, log or Log(), nothing)


def test_a_summary_rests_on_characters_of_the_article():
    log = Log()
    summary = summarise(Pipeline(registry_of(RECIPE)), log)
    assert summary.headline == "Ferry terminal opens later"
    assert 1 <= len(summary.sentences) <= 3
    for sentence in summary.sentences:
        (span,) = sentence.sources
        assert ARTICLE.body[span.start : span.end] == sentence.text
        assert {check.passed for check in sentence.checks} == {True}
    assert not summary.needs_review
    assert summary.read.characters_read == summary.read.characters_total == len(ARTICLE.body)
    assert log.model_calls == 1
    assert set(summary.timings_ms) == {"prepare", "load", "summarise", "check"}


def test_a_translation_keeps_the_evidence_and_names_its_model():
    pipeline = Pipeline(registry_of(RECIPE))
    source = summarise(pipeline)
    translated = pipeline.translate(
        computation_of(RECIPE, Language.RUSSIAN), source.model_dump_json(), Log(), nothing
    )
    assert translated.language is Language.RUSSIAN
    assert [sentence.sources for sentence in translated.sentences] == [
        sentence.sources for sentence in source.sentences
    ]
    assert [use.id for use in translated.models] == ["fake"]
    assert translated.read == source.read


def test_a_language_without_a_model_says_what_to_install():
    recipe = fake_recipe("en-ru")
    pipeline = Pipeline(registry_of(recipe))
    source = pipeline.summarise(computation_of(recipe), ARTICLE_JSON, Log(), nothing)
    with pytest.raises(ModelMissing) as missing:
        pipeline.translate(
            computation_of(recipe, Language.ARABIC), source.model_dump_json(), Log(), nothing
        )
    assert "khabar models pull" in str(missing.value.hint)


def test_what_was_withdrawn_meanwhile_is_told():
    pipeline = Pipeline(registry_of(RECIPE))
    with pytest.raises(ArticleUnknown):
        pipeline.summarise(computation_of(RECIPE), "", Log(), nothing)
    with pytest.raises(SourceFailed):
        pipeline.translate(computation_of(RECIPE, Language.RUSSIAN), "", Log(), nothing)


def test_another_recipe_by_the_same_name_is_refused():
    pipeline = Pipeline(registry_of(fake_recipe("en-ar")))
    with pytest.raises(RecipeDiffers):
        summarise(pipeline)


def test_work_that_is_no_longer_wanted_stops_between_its_steps():
    def abandon() -> None:
        from khabar.store.ledger import Beat

        raise Abandoned(Beat.UNWANTED)

    log = Log()
    with pytest.raises(Abandoned):
        Pipeline(registry_of(RECIPE)).summarise(computation_of(RECIPE), ARTICLE_JSON, log, abandon)
    assert log.model_calls == 0


def test_a_headline_that_was_made_is_checked_against_the_article():
    document = prepare(ARTICLE.body, None, Language.ENGLISH)
    (told,) = [s for s in document.sentences if "400" in s.text]
    position = document.sentences.index(told)
    sentence = DraftSentence(told.text, (position,))
    right, wrong = (
        _check_draft(Draft(headline, (sentence,), 4), document, ())[0]
        for headline in ("About 400 people will work there", "About 900 people will work there")
    )
    assert all(check.passed for check in right.checks)
    assert "numbers" in {check.name for check in wrong.checks if not check.passed}


GOOD = Hypothesis("Около 400 человек будут работать на терминале.", 10, True, -0.1)
LOOP = Hypothesis("работать " * 30, 30, False, -0.1)
SENTENCE = "About 400 people will work at the terminal."


def task(translator: ScriptedTranslator) -> Task:
    return Task(translator, (), Log())


def test_degenerate_output_is_decoded_again_with_firmer_settings():
    translator = ScriptedTranslator([[GOOD, LOOP], [GOOD]])
    lines = _translate([SENTENCE, SENTENCE], task(translator), Decoding(beam_size=1), nothing)
    assert [line.text for line in lines] == [GOOD.text, GOOD.text]
    (_, first), (again, firmer) = translator.asked
    assert again == (SENTENCE,), "only the bad sentence is translated again"
    assert firmer.repetition_penalty > first.repetition_penalty
    assert firmer.no_repeat_ngram > 0


def test_output_that_stays_degenerate_is_reported_and_not_hidden():
    translator = ScriptedTranslator([[LOOP], [LOOP]])
    (line,) = _translate([SENTENCE], task(translator), Decoding(), nothing)
    failed = {check.name for check in line.checks if not check.passed}
    assert {"repetition", "finished"} <= failed


def test_a_wrong_number_is_reported():
    wrong = Hypothesis("Около 500 человек будут работать на терминале.", 10, True, -0.1)
    (line,) = _translate([SENTENCE], task(ScriptedTranslator([[wrong]])), Decoding(), nothing)
    assert [check.name for check in line.checks if not check.passed] == ["numbers"]


def test_what_passes_more_checks_is_taken_before_what_the_model_likes_best():
    wrong = WRONG
    worse = "Около 500 человек будут работать на терминале 600 дней"
    others = (replace(GOOD, text=worse), GOOD, replace(GOOD, text=GOOD.text + "."))
    hypothesis = replace(GOOD, text=wrong, others=others)
    (line,) = _translate([SENTENCE], task(ScriptedTranslator([[hypothesis]])), Decoding(), nothing)
    assert line.text == GOOD.text
    assert all(check.passed for check in line.checks)


@pytest.mark.parametrize(
    ("best", "other"),
    [
        (GOOD.text, "Примерно 400 человек будут работать на терминале."),
        ("Около 500 человек будут работать на терминале.", "Около 600 человек будут работать там."),
    ],
    ids=["all passed", "none better"],
)
def test_what_the_model_likes_best_stays_where_nothing_passes_more(best, other):
    hypothesis = replace(GOOD, text=best, others=(replace(GOOD, text=other),))
    (line,) = _translate([SENTENCE], task(ScriptedTranslator([[hypothesis]])), Decoding(), nothing)
    assert line.text == best


def test_a_whole_output_is_taken_before_one_that_was_cut():
    hypothesis = replace(GOOD, text="Около 400 человек будут", finished=False, others=(GOOD,))
    (line,) = _translate([SENTENCE], task(ScriptedTranslator([[hypothesis]])), Decoding(), nothing)
    assert line.text == GOOD.text


WRONG = "Около 500 человек будут работать на терминале."


def failed(line) -> set[str]:
    return {check.name for check in line.checks if not check.passed}


@pytest.mark.parametrize(
    ("certainty", "outcomes"),
    [(None, []), (Certainty(-0.5, least=-0.6), [True]), (Certainty(-0.83, least=-0.6), [False])],
    ids=str,
)
def test_a_translation_the_model_was_not_sure_of_needs_review(certainty, outcomes):
    hypothesis = replace(GOOD, certainty=certainty)
    (line,) = _translate([SENTENCE], task(ScriptedTranslator([[hypothesis]])), Decoding(), nothing)
    checks = [check for check in line.checks if check.name == "certain"]
    assert [check.passed for check in checks] == outcomes
    assert all("-0.83, under -0.60" in check.message for check in checks if not check.passed)


def test_what_is_right_is_taken_though_the_model_was_less_sure_of_it():
    right = replace(GOOD, certainty=Certainty(-0.61, least=-0.6))
    sure = Certainty(-0.59, least=-0.6)
    wrong = replace(GOOD, text=WRONG, certainty=sure, others=(right,))
    (line,) = _translate([SENTENCE], task(ScriptedTranslator([[wrong]])), Decoding(), nothing)
    assert (line.text, failed(line)) == (GOOD.text, {"certain"})


def test_what_is_degenerate_is_not_taken_for_having_fewer_faults():
    copied = replace(GOOD, text="Около 400 человек will work at the terminal with us.")
    poor = replace(GOOD, text="Около 500 человек будут работать", others=(copied,))
    translator = ScriptedTranslator([[poor]])
    (line,) = _translate([SENTENCE], task(translator), Decoding(), nothing)
    assert line.text == poor.text
    assert len(failed(line)) > 1
    assert len(translator.asked) == 1, "what stands is not degenerate, so nothing is asked again"


def test_a_better_one_that_was_found_spares_a_second_search():
    translator = ScriptedTranslator([[replace(LOOP, finished=True, others=(GOOD,))]])
    (line,) = _translate([SENTENCE], task(translator), Decoding(), nothing)
    assert (line.text, len(translator.asked)) == (GOOD.text, 1)


@pytest.mark.parametrize("beam", [1, 8])
def test_the_whole_beam_is_asked_for_when_a_summary_is_translated(beam):
    wide = RECIPE.model_copy(update={"decoding": DecodingChoice(beam_size=beam)})
    decoding = registry_of(wide).decoding(wide)
    assert decoding.n_best >= firmer(decoding).beam_size >= decoding.beam_size == beam


def test_a_summary_names_the_terms_it_was_made_with():
    uploaded = Glossary([Entry({Language.ENGLISH: ("ferry",), Language.RUSSIAN: ("паром",)})])
    pipeline = Pipeline(registry_of(RECIPE, read_glossary=lambda _: uploaded))
    source = pipeline.summarise(
        computation_of(RECIPE, glossary=uploaded.digest), ARTICLE_JSON, Log(), nothing
    )
    russian = computation_of(RECIPE, Language.RUSSIAN, uploaded.digest)
    translated = pipeline.translate(russian, source.model_dump_json(), Log(), nothing)
    for summary in (source, translated):
        assert summary.glossary == uploaded.digest
        assert summary.fingerprint == RECIPE.fingerprint_with(uploaded.digest)
    # The fake engine leaves the words as they are.
    failed = {check.name for check in translated.headline_checks if not check.passed}
    assert "glossary" in failed
    assert summarise(Pipeline(registry_of(RECIPE))).glossary is None
