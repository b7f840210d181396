import threading
from contextlib import closing
from itertools import islice
from pathlib import Path

import pytest

from benchmarks.sentence_pairs import body_lines
from khabar.errors import GlossaryMissing, ModelMissing, RecipeDiffers
from khabar.glossary import Entry, Glossary
from khabar.languages import Language
from khabar.recipe import Recipe, RecipeBook
from khabar.settings import Settings
from tests.workers.builders import computation_of, fake_recipe, no_glossaries, registry_of
from workers.loader import ModelLoader
from workers.protocols import Decoding, Translator
from workers.registry import Registry

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
        choice.model_copy(update={"doubt_below": bounds, "channel_weight": weight})
        for bounds, weight in (({RU: -0.5}, 0.3), ({}, 0.0))
    )
    loader = ModelLoader(Settings(var_folder=tmp_path))
    assert loader.model(doubted, "one") is loader.model(trusted, "two")
    loader.close()


def test_the_recipe_says_whether_the_model_of_the_way_back_has_its_say(tmp_path: Path):
    both = RecipeBook.load(None, "builtin").default
    models = tuple(model.model_copy(update={"channel_weight": 0.0}) for model in both.models)
    alone = both.model_copy(update={"models": models})
    sentences = [line.texts[RU] for line in islice(body_lines(), 24)]
    with closing(ModelLoader(Settings(var_folder=tmp_path))) as loader:
        translators = [
            Registry(
                RecipeBook({recipe.name: recipe}, recipe.name), loader, no_glossaries
            ).translator(recipe, RU, EN)
            for recipe in (alone, both)
        ]
        searched, chosen = (
            translator.translate(sentences, Decoding(beam_size=5, n_best=5))
            for translator in translators
        )
    moved = [
        (one.text, {other.text for other in before.others})
        for before, one in zip(searched, chosen, strict=True)
        if one.text != before.text
    ]
    assert moved
    assert all(text in found for text, found in moved)
    named = [[model.id for model in translator.models] for translator in translators]
    assert named == [[both.models[1].id], [model.id for model in reversed(both.models)]]


def test_all_who_ask_for_the_same_choice_share_its_calls(tmp_path: Path):
    recipe = RecipeBook.load(None, "builtin").default
    with closing(ModelLoader(Settings(var_folder=tmp_path))) as loader:
        registry = Registry(RecipeBook({recipe.name: recipe}, recipe.name), loader, no_glossaries)
        direct = registry.translator(recipe, RU, EN)
        other = registry.translator(recipe.with_terms(terms("one")), RU, EN)
        by_english = registry.translator(recipe, RU, AR)
        assert direct is not other
        assert direct.engine is other.engine is by_english.first.engine
        assert registry.translator(recipe, AR, EN).engine is not direct.engine


def test_a_translator_doubts_what_the_recipe_says():
    recipe = fake_recipe("en-ru", "en-ar")
    (model,) = recipe.models
    doubting = model.model_copy(update={"doubt_below": {RU: -0.5}})
    registry = registry_of(recipe.model_copy(update={"models": (doubting,)}))
    recipe = recipe.model_copy(update={"models": (doubting,)})
    assert registry.translator(recipe, EN, RU).doubt_below == -0.5
    assert registry.translator(recipe, EN, AR).doubt_below is None
