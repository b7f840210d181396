from dataclasses import replace

import pytest

from khabar.errors import EngineFailed
from workers.engines.ct2 import CT2Engine
from workers.engines.ct2_prompts import CT2PromptEngine
from workers.engines.hf import HFEngine
from workers.engines.hf_prompts import HFPromptEngine
from workers.engines.load import load_engine, load_generator

pytestmark = pytest.mark.timeout(600)  # The first run makes the models.


def test_the_manifest_names_the_engine(tiny, tiny_hf):
    assert isinstance(load_engine(tiny), CT2Engine)
    assert isinstance(load_engine(tiny_hf), HFEngine)


def test_the_manifest_names_what_continues_prompts(both):
    converted, checkpoint = both("qwen3")
    assert isinstance(load_generator(converted), CT2PromptEngine)
    assert isinstance(load_generator(checkpoint), HFPromptEngine)


def test_one_kind_does_not_do_the_work_of_the_other(tiny, both):
    with pytest.raises(EngineFailed, match="continues prompts"):
        load_engine(both("qwen3")[0])
    with pytest.raises(EngineFailed, match="rewrites sentences"):
        load_generator(tiny)


def test_an_unknown_kind_of_model_is_told(tiny):
    manifest = tiny.manifest.model_copy(update={"architecture": "RobotModel"})
    with pytest.raises(EngineFailed) as caught:
        load_engine(replace(tiny, manifest=manifest))
    assert caught.value.given == "RobotModel"
    assert "MarianMTModel" in caught.value.limit


def test_a_kind_that_is_not_converted_is_not_looked_for_in_ctranslate2(both):
    converted, _ = both("llama")
    manifest = converted.manifest.model_copy(update={"architecture": "Gemma3ForCausalLM"})
    with pytest.raises(EngineFailed, match="CTranslate2 does not run"):
        load_generator(replace(converted, manifest=manifest))
