"""The choice by the model of the other direction: what it chooses, and that a real one serves."""

from dataclasses import dataclass, field
from itertools import islice

import pytest

from benchmarks.sentence_pairs import body_lines
from khabar.languages import Language
from tests.models.grammar import lessons
from training.engines import load_directions
from workers.engines.channel import CANDIDATES, ChannelEngine, with_channels
from workers.engines.ct2 import load_engine
from workers.models.store import SHIPPED, ModelStore
from workers.protocols import Decoding, Hypothesis

EN, RU, AR = Language.ENGLISH, Language.RUSSIAN, Language.ARABIC
BEAM = Decoding(beam_size=5, n_best=5)


def found(*outputs):
    first, *others = (Hypothesis(text, 1, True, score) for text, score in outputs)
    return Hypothesis(first.text, 1, True, first.score, others=tuple(others))


@dataclass
class Direct:
    """Finds what it was given."""

    outputs: dict[str, Hypothesis]

    def generate(self, sentences, decoding, *, target):
        assert target is RU
        assert decoding.n_best >= CANDIDATES
        return [self.outputs[sentence] for sentence in sentences]


@dataclass
class Back:
    """Gives each text the score it was given."""

    scores: dict[str, float | None]
    asked: list[tuple[str, str]] = field(default_factory=list)

    def score(self, texts, outputs, *, target):
        assert target is EN
        self.asked += zip(texts, outputs, strict=True)
        return [self.scores[text] for text in texts]


def texts_of(outputs, scores, *, weight=0.5, decoding=BEAM):
    engine = ChannelEngine(Direct({"one": outputs}), Back(scores), EN, weight)
    (chosen,) = engine.generate(["one"], decoding, target=RU)
    assert not any(other.others for other in chosen.others)
    return [chosen.text, *(other.text for other in chosen.others)]


THREE = found(("a", -0.3), ("b", -0.4), ("c", -0.5))


def test_what_the_source_is_probable_after_is_liked_best():
    assert texts_of(THREE, {"a": -1.0, "b": -0.9, "c": -0.1}) == ["c", "a", "b"]


def test_the_weight_says_how_much_it_counts():
    scores = {"a": -1.0, "b": -0.6, "c": -0.5}
    assert texts_of(THREE, scores, weight=0.1) == ["a", "b", "c"]
    assert texts_of(THREE, scores, weight=0.5) == ["b", "c", "a"]


def test_a_tie_leaves_the_order_of_the_search_even_between_equals():
    alike = found(("a", -0.3), ("a", -0.3), ("b", -0.3))
    assert texts_of(alike, {"a": -1.0, "b": -1.0}) == ["a", "a", "b"]


def test_scores_stay_those_of_the_search():
    engine = ChannelEngine(Direct({"one": THREE}), Back({"a": -9.0, "b": -8.0, "c": 0.0}), EN, 1.0)
    (chosen,) = engine.generate(["one"], BEAM, target=RU)
    assert (chosen.text, chosen.score) == ("c", -0.5)
    assert [(one.text, one.score) for one in chosen.others] == [("b", -0.4), ("a", -0.3)]


def test_what_cannot_be_scored_stays_behind_and_without_scores_the_search_decides():
    assert texts_of(THREE, {"a": None, "b": -1.0, "c": -0.1}) == ["c", "b", "a"]
    assert texts_of(THREE, dict.fromkeys("abc")) == ["a", "b", "c"]


def test_no_more_are_scored_than_are_candidates_and_the_rest_stays_behind():
    many = found(*((letter, -0.1 * place) for place, letter in enumerate("abcde")))
    scores = dict.fromkeys("abcde"[:CANDIDATES], -9.0) | {"abcde"[CANDIDATES - 1]: 0.0}
    assert texts_of(many, scores) == ["c", "a", "b", "d", "e"]


@pytest.mark.parametrize("wanted", [1, 2])
def test_as_many_come_back_as_were_asked_for(wanted):
    scores = {"a": -1.0, "b": -0.9, "c": -0.1}
    decoding = Decoding(beam_size=5, n_best=wanted)
    assert texts_of(THREE, scores, decoding=decoding) == ["c", "a", "b"][:wanted]


def test_what_has_no_other_is_not_scored():
    back = Back({"b": -0.2, "c": -0.1})
    outputs = {"one": found(("a", -0.5)), "two": found(("b", -0.5), ("c", -0.5))}
    engine = ChannelEngine(Direct(outputs), back, EN, 1.0)
    chosen = engine.generate(["one", "two", "one"], BEAM, target=RU)
    assert [one.text for one in chosen] == ["a", "c", "a"]
    assert back.asked == [("b", "two"), ("c", "two")]


def test_only_a_direction_that_can_be_gone_back_has_a_channel():
    one, other, third = Back({}), Back({}), Back({})
    engines = {(EN, RU): one, (RU, EN): other, (AR, EN): third}
    found = with_channels(engines, {(EN, RU): 0.3, (RU, EN): 0.5, (AR, EN): 0.3})
    assert found[AR, EN] is third
    assert (found[EN, RU].direct, found[EN, RU].channel) == (one, other)
    assert (found[RU, EN].source, found[RU, EN].weight) == (RU, 0.5)
    assert with_channels(engines, {(EN, RU): 0.0}) == engines


@pytest.mark.timeout(600)  # The first run trains the model.
def test_a_real_model_prefers_the_translation_to_that_of_another_sentence(tiny):
    texts = lessons()[:20]
    wrong = [texts[place - 1] for place in range(len(texts))]
    engine = load_engine(tiny)
    outputs = {
        text.en: found((other.ru, -0.2), (text.ru, -0.3))
        for text, other in zip(texts, wrong, strict=True)
    }
    chosen = ChannelEngine(Direct(outputs), engine.reading(RU), EN, 1.0).generate(
        [text.en for text in texts], BEAM, target=RU
    )
    assert [one.text for one in chosen] == [text.ru for text in texts]


def test_shipped_models_choose_what_both_like_best_of_what_was_found():
    engines = load_directions(ModelStore(SHIPPED).installed())
    texts = [line.texts[RU] for line in islice(body_lines(), 24)]
    searched = engines[RU, EN].generate(texts, BEAM, target=EN)
    chosen = with_channels(engines, {(RU, EN): 1.0})[RU, EN].generate(texts, BEAM, target=EN)
    moved = 0
    for text, before, after in zip(texts, searched, chosen, strict=True):
        outputs = [before, *before.others][:CANDIDATES]
        written = [one.text for one in outputs]
        back = engines[EN, RU].score(written, [text] * len(written), target=RU)
        totals = {one.text: one.score + score for one, score in zip(outputs, back, strict=True)}
        assert totals[after.text] == pytest.approx(max(totals.values()), abs=0.01)
        moved += after.text != before.text
    assert moved


@pytest.mark.timeout(600)
def test_a_sentence_in_pieces_is_left_as_it_was_found(tiny):
    long = " ".join(text.en for text in lessons()[:12])
    engines = {(EN, RU): load_engine(tiny).reading(EN), (RU, EN): load_engine(tiny).reading(RU)}
    assert not engines[EN, RU].fits(long, RU)
    searched = engines[EN, RU].generate([long, " "], BEAM, target=RU)
    weighed = with_channels(engines, {(EN, RU): 5.0})[EN, RU]
    assert weighed.generate([long, " "], BEAM, target=RU) == searched
