from dataclasses import replace

import pytest

from khabar.errors import EngineFailed
from tests.models.grammar import lessons
from workers.engines.load import load_generator
from workers.protocols import Decoding

pytestmark = pytest.mark.timeout(600)  # The first run makes the models.

PROMPTS = [triple.en for triple in lessons()[:6]]
GREEDY = Decoding(beam_size=1, max_length=40)


@pytest.fixture(params=["ct2", "hf"])
def model(request, both):
    return both("qwen3")[request.param == "hf"]


def test_prompts_together_give_what_each_gives_alone(model):
    generator = load_generator(model)
    together = generator.complete(PROMPTS, GREEDY)
    alone = [generator.complete([prompt], GREEDY)[0] for prompt in PROMPTS]
    assert [one.text for one in together] == [one.text for one in alone]
    assert all(one.score <= 0 for one in together)


def test_the_prompt_and_the_marks_of_the_conversation_are_not_in_the_answer(model):
    for prompt, answer in zip(
        PROMPTS, load_generator(model).complete(PROMPTS, GREEDY), strict=True
    ):
        assert prompt not in answer.text
        assert "<|" not in answer.text


def test_the_limit_of_tokens_cuts_and_is_told(model):
    (answer,) = load_generator(model).complete(PROMPTS[:1], replace(GREEDY, max_length=8))
    assert (answer.tokens, answer.finished) == (8, False)


def test_calls_are_counted_with_their_prompts(model):
    calls: list[int] = []
    generator = load_generator(model, on_call=calls.append)
    assert generator.complete([], GREEDY) == []
    generator.complete(PROMPTS[:2], GREEDY)
    assert calls == [2]


def test_a_prompt_that_is_too_long_is_never_cut(model):
    small = replace(model, manifest=model.manifest.model_copy(update={"max_source_tokens": 20}))
    with pytest.raises(EngineFailed) as caught:
        load_generator(small).complete(PROMPTS[:1], GREEDY)
    assert caught.value.limit == 20
    assert caught.value.given > 20


def test_what_it_cannot_do_is_an_engine_failure(model):
    with pytest.raises(EngineFailed):
        load_generator(model).complete(PROMPTS[:1], replace(GREEDY, beam_size=0))
