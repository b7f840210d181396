from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from khabar.languages import Language
from khabar.summary import ModelUse
from tests.models.grammar import lessons
from tests.models.tiny_marian import CARD, tiny_model
from tests.workers.translators.engines import AR, EN, RU, fake, use
from workers.engines.ct2 import load_engine
from workers.models.store import ModelStore
from workers.protocols import Certainty, Decoding, Hypothesis
from workers.translators.direct import DirectTranslator
from workers.translators.pivot import PivotTranslator


@dataclass(frozen=True)
class Fixed:
    """A translator that says one thing."""

    source: Language
    target: Language
    hypothesis: Hypothesis
    models: tuple[ModelUse, ...] = ()

    def translate(self, sentences: Sequence[str], _: Decoding) -> list[Hypothesis]:
        return [self.hypothesis for _ in sentences]


def test_the_second_reads_what_the_first_wrote():
    first, second = fake(RU, EN), fake(EN, AR)
    texts = ["Министр прибыл.", "", "Шёл дождь."]
    middle = [step.text for step in first.translate(texts, Decoding())]
    expected = [step.text for step in second.translate(middle, Decoding())]
    pivot = PivotTranslator(first, second)
    assert [step.text for step in pivot.translate(texts, Decoding())] == expected
    assert (pivot.source, pivot.target) == (RU, AR)


def test_a_step_that_was_cut_is_told():
    pivot = PivotTranslator(
        Fixed(RU, EN, Hypothesis("cut", 4, False, -0.2)),
        Fixed(EN, AR, Hypothesis("done", 1, True, -1.2)),
    )
    (both,) = pivot.translate(["Текст."], Decoding())
    assert (both.text, both.tokens, both.finished) == ("done", 1, False)
    assert both.score == pytest.approx(-0.4)


def test_what_else_the_second_step_found_is_what_was_found():
    cut = Hypothesis("passed over", 4, True, -0.3)
    other = Hypothesis("also", 1, True, -2.2)
    pivot = PivotTranslator(
        Fixed(RU, EN, Hypothesis("cut", 4, False, -0.2, others=(cut,))),
        Fixed(EN, AR, Hypothesis("done", 1, True, -1.2, others=(other,))),
    )
    (both,) = pivot.translate(["Текст."], Decoding())
    assert [(one.text, one.finished) for one in both.others] == [("also", False)]
    assert both.others[0].score == pytest.approx(-0.6)


SURE, UNSURE, WORSE = (
    Certainty(-0.2, least=-0.6),
    Certainty(-0.7, least=-0.6),
    Certainty(-0.8, -0.6),
)


@pytest.mark.parametrize(
    ("first", "second", "both"),
    [
        (None, None, None),
        (SURE, None, SURE),
        (None, UNSURE, UNSURE),
        (UNSURE, SURE, UNSURE),
        (UNSURE, WORSE, WORSE),
    ],
)
def test_it_is_as_certain_as_the_worse_of_its_steps(first, second, both):
    pivot = PivotTranslator(
        Fixed(RU, EN, Hypothesis("one", 1, True, -0.2, first)),
        Fixed(EN, AR, Hypothesis("two", 1, True, -0.2, second)),
    )
    assert pivot.translate(["Текст."], Decoding())[0].certainty is both


def test_one_model_for_both_steps_is_named_once():
    assert PivotTranslator(fake(RU, EN), fake(EN, AR)).models == (use("fake"),)
    two = PivotTranslator(fake(RU, EN, "one"), fake(EN, AR, "two"))
    assert two.models == (use("one"), use("two"))


def test_two_that_do_not_meet_make_no_pivot():
    with pytest.raises(ValueError, match="would be read"):
        PivotTranslator(fake(RU, EN), fake(AR, EN))


@pytest.mark.timeout(600)  # The first run trains the model.
def test_a_real_model_goes_from_russian_to_arabic_by_way_of_english():
    engine = load_engine(ModelStore(tiny_model()).find(CARD.id))
    pivot = PivotTranslator(
        DirectTranslator(engine, RU, EN, (use("tiny"),)),
        DirectTranslator(engine, EN, AR, (use("tiny"),)),
    )
    triples = lessons()[:21]
    steps = pivot.translate([triple.ru for triple in triples], Decoding(beam_size=1))
    assert [step.text for step in steps] == [triple.ar for triple in triples]
