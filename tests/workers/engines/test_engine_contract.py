"""What every engine promises, tried on each of them."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import pytest

from khabar.errors import EngineFailed
from khabar.languages import Language
from tests.models.grammar import lessons
from workers.checks.letters import all_letters, letters_of
from workers.engines.fake import FakeEngine
from workers.engines.load import load_engine
from workers.models.store import InstalledModel
from workers.protocols import Decoding, Engine

LONG_ENOUGH = 20

pytestmark = pytest.mark.timeout(600)  # The first run trains the model.

GREEDY = Decoding(beam_size=1)
SENTENCES = [triple.en for triple in lessons()[:24]]
TARGETS = (Language.RUSSIAN, Language.ARABIC)


@dataclass
class Subject:
    """An engine, one like it that reads little at once, and the sizes of the calls of both."""

    engine: Engine
    narrow: Engine
    calls: list[int]


@pytest.fixture(params=["fake", "ct2", "hf"])
def subject(request: pytest.FixtureRequest) -> Subject:
    calls: list[int] = []
    return _MAKERS[request.param](request, calls)


def _fake(_: pytest.FixtureRequest, calls: list[int]) -> Subject:
    targets = frozenset(TARGETS)
    return Subject(
        FakeEngine(calls.append, targets=targets),
        FakeEngine(calls.append, targets=targets, max_source_tokens=14),
        calls,
    )


def _ct2(request: pytest.FixtureRequest, calls: list[int]) -> Subject:
    return _loaded(request.getfixturevalue("tiny"), calls)


def _hf(request: pytest.FixtureRequest, calls: list[int]) -> Subject:
    return _loaded(request.getfixturevalue("tiny_hf"), calls)


def _loaded(tiny: InstalledModel, calls: list[int]) -> Subject:
    pairs = tuple(pair for pair in tiny.manifest.pairs if pair.target in TARGETS)
    model = replace(tiny, manifest=tiny.manifest.model_copy(update={"pairs": pairs}))
    small = model.manifest.model_copy(update={"max_source_tokens": 34})
    return Subject(
        load_engine(model, on_call=calls.append),
        load_engine(replace(model, manifest=small), on_call=calls.append),
        calls,
    )


_MAKERS: dict[str, Callable[[pytest.FixtureRequest, list[int]], Subject]] = {
    "fake": _fake,
    "ct2": _ct2,
    "hf": _hf,
}


def numbers(text: str) -> list[str]:
    return re.findall(r"\d+", text)


@pytest.mark.parametrize("target", TARGETS)
def test_a_batch_gives_what_its_sentences_give_alone(subject, target):
    batch = subject.engine.generate(SENTENCES, GREEDY, target=target)
    alone = [subject.engine.generate([text], GREEDY, target=target)[0] for text in SENTENCES]
    assert [hypothesis.text for hypothesis in batch] == [hypothesis.text for hypothesis in alone]
    assert len({hypothesis.text for hypothesis in batch}) == len(set(SENTENCES))


@pytest.mark.parametrize("target", TARGETS)
def test_the_output_is_in_the_script_of_the_target_and_keeps_the_numbers(subject, target):
    for source, hypothesis in zip(
        SENTENCES, subject.engine.generate(SENTENCES, GREEDY, target=target), strict=True
    ):
        assert letters_of(hypothesis.text, target) == all_letters(hypothesis.text) > 0
        assert numbers(hypothesis.text) == numbers(source)
        assert hypothesis.finished
        assert hypothesis.tokens > 0
        assert hypothesis.score <= 0


def test_eight_threads_get_what_one_gets(subject):
    expected = subject.engine.generate(SENTENCES, GREEDY, target=Language.RUSSIAN)
    with ThreadPoolExecutor(8) as threads:
        results = list(
            threads.map(
                lambda _: subject.engine.generate(SENTENCES, GREEDY, target=Language.RUSSIAN),
                range(16),
            )
        )
    for result in results:
        assert [item.text for item in result] == [item.text for item in expected]


def test_white_space_gives_nothing_and_costs_no_call(subject):
    hypotheses = subject.engine.generate(["", " \n "], GREEDY, target=Language.RUSSIAN)
    assert [(item.text, item.tokens, item.finished) for item in hypotheses] == [("", 0, True)] * 2
    assert subject.engine.generate([], GREEDY, target=Language.RUSSIAN) == []
    assert subject.calls == []


def test_an_empty_sentence_moves_no_other(subject):
    first, second = SENTENCES[:2]
    hypotheses = subject.engine.generate([first, "", second], GREEDY, target=Language.RUSSIAN)
    expected = subject.engine.generate([first, second], GREEDY, target=Language.RUSSIAN)
    assert [item.text for item in hypotheses] == [expected[0].text, "", expected[1].text]


def test_a_call_is_counted_once_with_its_segments(subject):
    subject.engine.generate(SENTENCES[:3], GREEDY, target=Language.RUSSIAN)
    assert subject.calls == [3]


def test_the_token_limit_cuts_and_is_told(subject):
    (whole,) = subject.engine.generate(SENTENCES[:1], GREEDY, target=Language.RUSSIAN)
    (short,) = subject.engine.generate(
        SENTENCES[:1], replace(GREEDY, max_length=4), target=Language.RUSSIAN
    )
    assert whole.finished
    assert not short.finished
    assert short.tokens == 4
    assert 0 < len(short.text) < len(whole.text)


def test_a_long_text_is_split_and_nothing_of_it_is_lost(subject):
    sentences = [text for text in SENTENCES if text.startswith("At least")]
    assert len(sentences) > 2
    parts = subject.engine.generate(sentences, GREEDY, target=Language.RUSSIAN)
    (joined,) = subject.narrow.generate([" ".join(sentences)], GREEDY, target=Language.RUSSIAN)
    assert joined.text == " ".join(part.text for part in parts)
    assert joined.tokens == sum(part.tokens for part in parts)
    assert joined.finished


def test_a_search_with_a_beam_finds_the_same_sentences(subject):
    greedy = subject.engine.generate(SENTENCES, GREEDY, target=Language.ARABIC)
    beam = subject.engine.generate(SENTENCES, Decoding(beam_size=4), target=Language.ARABIC)
    assert [item.text for item in beam] == [item.text for item in greedy]


def test_what_else_was_found_comes_where_it_is_asked_for(subject):
    beam = Decoding(beam_size=4)
    best = subject.engine.generate(SENTENCES, beam, target=Language.ARABIC)
    assert not any(item.others for item in best)
    asked = replace(beam, n_best=3)
    several = subject.engine.generate(SENTENCES, asked, target=Language.ARABIC)
    assert [item.text for item in several] == [item.text for item in best]
    assert all(len(item.others) <= 2 for item in several)
    assert not any(item.text == other.text for item in several for other in item.others)


@pytest.mark.parametrize("library", ["ct2", "hf"])
def test_a_model_with_a_beam_finds_more_than_one_output(
    request: pytest.FixtureRequest, library: str
) -> None:
    engine = _MAKERS[library](request, []).engine
    asked = Decoding(beam_size=4, n_best=9)
    found = engine.generate(SENTENCES, asked, target=Language.RUSSIAN)
    assert any(item.others for item in found)
    assert all(len(item.others) < asked.beam_size for item in found)
    for item in found:
        scores = [item.score, *(other.score for other in item.others)]
        assert scores == sorted(scores, reverse=True), "at a length penalty of 1"


def test_a_language_it_does_not_write_is_refused(subject):
    with pytest.raises(EngineFailed):
        subject.engine.generate(SENTENCES[:1], GREEDY, target=Language.ENGLISH)


def test_what_the_engine_cannot_do_is_an_engine_failure(subject):
    with pytest.raises(EngineFailed):
        subject.engine.generate(
            SENTENCES[:1], replace(GREEDY, beam_size=0), target=Language.RUSSIAN
        )


@pytest.mark.parametrize("library", ["ct2", "hf"])
def test_a_model_does_not_end_before_the_least_length(
    request: pytest.FixtureRequest, library: str
) -> None:
    engine = _MAKERS[library](request, []).engine
    longer = replace(GREEDY, min_length=LONG_ENOUGH, max_length=2 * LONG_ENOUGH)
    (free,) = engine.generate(SENTENCES[:1], GREEDY, target=Language.RUSSIAN)
    (held,) = engine.generate(SENTENCES[:1], longer, target=Language.RUSSIAN)
    assert free.tokens < LONG_ENOUGH <= held.tokens
