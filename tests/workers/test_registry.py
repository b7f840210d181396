import threading
from pathlib import Path

import pytest

from khabar.errors import GlossaryMissing, ModelMissing, RecipeDiffers
from khabar.glossary import Entry, Glossary
from khabar.languages import Language
from khabar.recipe import Recipe, RecipeBook
from khabar.settings import Settings
from tests.workers.builders import computation_of, fake_recipe, registry_of
from workers.loader import ModelLoader
from workers.protocols import Translator

EN, RU, AR = Language.ENGLISH, Language.RUSSIAN, Language.ARABIC


def test_a_translator_is_built_once_for_all_threads():
    recipe = fake_recipe("en-ru")
    registry = registry_of(recipe)
    found: list[Translator] = []
    threads = [
        threading.Thread(target=lambda: found.append(registry.translator(recipe, EN, RU)))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len({id(translator) for translator in found}) == 1


def test_russian_reaches_arabic_through_english():
    recipe = fake_recipe("ru-en", "en-ar")
    translator = registry_of(recipe).translator(recipe, RU, AR)
    assert (translator.source, translator.target) == (RU, AR)


def test_a_model_that_is_not_installed_is_named_with_the_command(tmp_path: Path):
    recipe = Recipe.model_validate(
        {
            "name": "desk",
            "summarizer": {"kind": "extractive"},
            "models": [
                {"id": "desk/en-ru", "revision": "1", "licence": "MIT", "pairs": [["en", "ru"]]}
            ],
        }
    )
    registry = registry_of(recipe, tmp_path)
    with pytest.raises(ModelMissing, match="desk/en-ru") as missing:
        registry.translator(recipe, EN, RU)
    assert "khabar models pull desk" in str(missing.value.hint)


def terms(word: str) -> Glossary:
    return Glossary([Entry({EN: (word,), RU: ("слово",)})])


def test_work_is_done_with_the_glossary_it_names_whatever_the_file_says_here():
    recipe, uploaded = fake_recipe("en-ru"), terms("one")
    read: list[str] = []

    def read_glossary(digest: str) -> Glossary:
        read.append(digest)
        return {uploaded.digest: uploaded}[digest]

    registry = registry_of(recipe.with_terms(terms("two")), read_glossary=read_glossary)
    asked = computation_of(recipe, glossary=uploaded.digest)
    for _ in range(2):
        found = registry.recipe(asked)
        assert found.terms is uploaded
        assert found.fingerprint == asked.fingerprint
    assert read == [uploaded.digest]
    with pytest.raises(RecipeDiffers):
        # This one names no upload, and the file here is another than the service's.
        registry.recipe(computation_of(recipe))


def test_another_recipe_is_refused_with_the_same_glossary_before_it_is_read():
    registry = registry_of(fake_recipe("en-ar"))
    with pytest.raises(RecipeDiffers):
        registry.recipe(computation_of(fake_recipe("en-ru"), glossary=terms("one").digest))


def test_a_glossary_that_is_gone_is_told():
    recipe = fake_recipe("en-ru")
    with pytest.raises(GlossaryMissing):
        registry_of(recipe).recipe(computation_of(recipe, glossary=terms("one").digest))


def test_what_is_doubted_of_a_model_opens_no_second_copy(tmp_path: Path):
    choice = RecipeBook.load(None, "builtin").default.models[0]
    doubted, trusted = (
        choice.model_copy(update={"doubt_below": bounds}) for bounds in ({RU: -0.5}, {})
    )
    loader = ModelLoader(Settings(var_folder=tmp_path))
    assert loader.model(doubted, "one") is loader.model(trusted, "two")
    loader.close()


def test_a_translator_doubts_what_the_recipe_says():
    recipe = fake_recipe("en-ru", "en-ar")
    (model,) = recipe.models
    doubting = model.model_copy(update={"doubt_below": {RU: -0.5}})
    registry = registry_of(recipe.model_copy(update={"models": (doubting,)}))
    recipe = recipe.model_copy(update={"models": (doubting,)})
    assert registry.translator(recipe, EN, RU).doubt_below == -0.5
    assert registry.translator(recipe, EN, AR).doubt_below is None
