"""Recipes whose language model runs in the worker itself."""

from pathlib import Path

import pytest

from khabar.errors import EngineFailed
from khabar.languages import Language
from khabar.recipe import ModelChoice, Recipe
from khabar.settings import Settings
from khabar.summary import Length
from tests.models.tiny_architectures import tiny_checkpoints
from tests.workers.builders import TEXT, registry_of
from tests.workers.llm.program import first_sentences, transliterated
from tests.workers.summarizers.test_extractive import document
from workers import loader as loader_module
from workers.llm.summarizer import LlmSummarizer
from workers.llm.translator import LlmTranslator
from workers.loader import ModelLoader
from workers.models.card import card_of
from workers.models.install import install_from_folder
from workers.models.store import ModelStore
from workers.protocols import Decoding, Hypothesis

pytestmark = pytest.mark.timeout(600)  # The first run makes the models.
EN, RU = Language.ENGLISH, Language.RUSSIAN


def language_model(engine: str, **stated: object) -> Recipe:
    model = {"id": "desk/qwen3", "revision": "1", "licence": "Apache-2.0", "engine": engine}
    model |= {"max_source_tokens": 4000, "max_target_tokens": 4000, **stated}
    return Recipe.model_validate(
        {
            "name": "local",
            "summarizer": {"kind": "abstractive"},
            "models": [
                {**model, "role": "summarization", "pairs": [["en", "en"]]},
                {**model, "pairs": [["en", "ru"]]},
            ],
        }
    )


def install(choice: ModelChoice, var: Path) -> None:
    folder = tiny_checkpoints() / "qwen3"
    store = ModelStore(Settings(var_folder=var).models_folder)
    install_from_folder(folder, store, card_of(choice, folder), quantization="float32")


@pytest.fixture(params=["ct2", "hf"])
def recipe(request: pytest.FixtureRequest, tmp_path: Path) -> Recipe:
    recipe = language_model(request.param)
    install(recipe.models[0], tmp_path)
    return recipe


@pytest.mark.filterwarnings("ignore")  # torch and transformers warn about each other.
def test_an_untaught_model_is_asked_and_its_answer_refused(recipe: Recipe, tmp_path: Path):
    registry = registry_of(recipe, tmp_path)
    with pytest.raises(EngineFailed, match="answer cannot be used"):
        registry.translator(recipe, EN, RU).translate(["The port is open."], Decoding(max_length=8))


@pytest.mark.filterwarnings("ignore")
def test_one_model_serves_all_that_a_recipe_has_it_for(recipe: Recipe, tmp_path: Path):
    loader = ModelLoader(Settings(var_folder=tmp_path))
    writer, translator = (loader.chat(choice, recipe.name) for choice in recipe.models)
    assert writer is not None
    assert writer is translator
    with pytest.raises(EngineFailed, match="continues prompts"):
        loader.model(recipe.models[0], recipe.name)
    loader.close()


class TaughtGenerator:
    """Answers in the place of a model that was taught to follow instructions."""

    def complete(self, prompts: list[str], _: Decoding) -> list[Hypothesis]:
        (prompt,) = prompts
        request = {"messages": [{"content": prompt}, {"content": prompt}]}
        answer = transliterated if "You are a translator" in prompt else first_sentences
        return [Hypothesis(answer(request), 40, finished=True, score=-1.0)]


def test_what_a_taught_model_answers_becomes_summaries_and_translations(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    recipe = language_model("ct2")
    install(recipe.models[0], tmp_path)
    monkeypatch.setattr(loader_module, "load_generator", lambda *_: TaughtGenerator())
    registry = registry_of(recipe, tmp_path)
    summarizer, translator = registry.summarizer(recipe, EN), registry.translator(recipe, EN, RU)
    assert isinstance(summarizer, LlmSummarizer)
    assert isinstance(translator, LlmTranslator)
    draft = summarizer.summarise(document(TEXT.splitlines()), Length.SHORT)
    assert draft.sentences[0].text.startswith("The harbour authority")
    assert draft.sentences[0].sources == (0,)
    (found,) = translator.translate([draft.sentences[0].text], Decoding())
    assert found.text.startswith("Т")


def test_a_prompt_that_is_too_long_says_what_to_state(tmp_path: Path):
    recipe = language_model("ct2", max_source_tokens=64)
    install(recipe.models[0], tmp_path)
    translator = registry_of(recipe, tmp_path).translator(recipe, EN, RU)
    with pytest.raises(EngineFailed) as caught:
        translator.translate(["The port is open."], Decoding())
    assert (caught.value.limit, "max_source_tokens" in str(caught.value.hint)) == (64, True)
