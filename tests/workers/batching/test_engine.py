"""A batched engine promises what the engine behind it promises."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from khabar.errors import EngineFailed
from khabar.languages import Language
from tests.models.grammar import lessons
from tests.models.tiny_marian import CARD, tiny_model
from workers.batching.batcher import Batcher
from workers.batching.engine import BatchedModel, BatchingEngine
from workers.batching.limits import Limits
from workers.engines.ct2 import load_engine
from workers.engines.fake import FakeEngine
from workers.models.store import ModelStore
from workers.protocols import Decoding

pytestmark = pytest.mark.timeout(600)  # The first run trains the model.

GREEDY = Decoding(beam_size=1)
SENTENCES = [triple.en for triple in lessons()[:24]]


@pytest.fixture(scope="module")
def ct2():
    return load_engine(ModelStore(tiny_model()).find(CARD.id))


@pytest.fixture(params=["fake", "ct2"])
def inner(request):
    return FakeEngine() if request.param == "fake" else request.getfixturevalue("ct2")


@pytest.fixture
def batcher():
    with Batcher(Limits(calls_at_once=2, batch_sentences=8)) as one:
        yield one


def test_it_says_what_the_engine_says(inner, batcher):
    found = BatchingEngine(inner, batcher).generate(SENTENCES, GREEDY, target=Language.RUSSIAN)
    alone = inner.generate(SENTENCES, GREEDY, target=Language.RUSSIAN)
    assert [item.text for item in found] == [item.text for item in alone]
    assert [item.tokens for item in found] == [item.tokens for item in alone]
    assert [item.score for item in found] == pytest.approx([item.score for item in alone], abs=1e-4)


def test_sixteen_threads_get_what_one_gets(inner, batcher):
    batching = BatchingEngine(inner, batcher)
    jobs = [
        (SENTENCES[start : start + 1 + start % 5], target)
        for start in range(16)
        for target in (Language.RUSSIAN, Language.ARABIC)
    ]
    with ThreadPoolExecutor(16) as threads:
        found = list(
            threads.map(lambda job: batching.generate(job[0], GREEDY, target=job[1]), jobs)
        )
    for (texts, target), hypotheses in zip(jobs, found, strict=True):
        expected = inner.generate(texts, GREEDY, target=target)
        assert [item.text for item in hypotheses] == [item.text for item in expected]


@pytest.mark.parametrize("texts", [[], ["", " \n "]])
def test_white_space_gives_nothing_and_costs_no_call(batcher, texts):
    calls: list[int] = []
    batching = BatchingEngine(FakeEngine(calls.append), batcher)
    hypotheses = batching.generate(texts, GREEDY, target=Language.RUSSIAN)
    assert [(item.text, item.finished) for item in hypotheses] == [("", True)] * len(texts)
    assert calls == []


def test_the_token_limit_cuts_and_is_told(inner, batcher):
    (short,) = BatchingEngine(inner, batcher).generate(
        SENTENCES[:1], replace(GREEDY, max_length=4), target=Language.RUSSIAN
    )
    assert (short.tokens, short.finished) == (4, False)


def test_what_the_engine_cannot_do_is_an_engine_failure(inner, batcher):
    with pytest.raises(EngineFailed):
        BatchingEngine(inner, batcher).generate(
            SENTENCES[:1], replace(GREEDY, beam_size=0), target=Language.RUSSIAN
        )


def test_a_model_gives_each_language_one_view(ct2, batcher):
    model = BatchedModel(ct2, batcher)
    assert model.reading(Language.ENGLISH) is model.reading(Language.ENGLISH)
    assert model.reading(Language.ENGLISH) is not model.reading(Language.RUSSIAN)
    (hypothesis,) = model.reading(Language.ENGLISH).generate(
        SENTENCES[:1], GREEDY, target=Language.ARABIC
    )
    assert hypothesis.text == lessons()[0].ar
