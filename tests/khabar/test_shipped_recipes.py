"""The recipes that come with Khabar, as far as they can be judged without their models."""

import re
from itertools import permutations
from pathlib import Path

import pytest

from khabar.languages import Language
from khabar.licences import refused_models
from khabar.recipe import Recipe, RecipeBook

BOOK = {recipe.name: recipe for recipe in RecipeBook.load(None, "builtin").all()}
WITH_MODELS = [recipe for recipe in BOOK.values() if recipe.models]
FETCHED = [recipe for recipe in WITH_MODELS if recipe.name != "builtin"]
HUB_ENGINES = {"ct2", "hf"}


def test_these_are_shipped():
    assert BOOK.keys() >= {"builtin", "m2m", "madlad", "opus", "opus-abstractive", "xlsum"}


@pytest.mark.parametrize("recipe", FETCHED, ids=lambda recipe: recipe.name)
def test_models_of_the_hub_are_pinned_to_commits(recipe: Recipe):
    for model in recipe.models:
        if model.engine in HUB_ENGINES:
            assert re.fullmatch("[0-9a-f]{40}", model.revision), model.id


@pytest.mark.parametrize("name", ["builtin", "m2m", "madlad", "opus", "opus-abstractive", "xlsum"])
def test_every_language_reaches_every_other(name: str):
    for source, target in permutations(Language, 2):
        assert BOOK[name].route(source, target), f"{source} to {target}"


@pytest.mark.parametrize("recipe", FETCHED, ids=lambda recipe: recipe.name)
def test_a_model_that_writes_several_languages_is_told_which(recipe: Recipe):
    for model in recipe.models:
        targets = {target for _, target in model.pairs}
        if model.role == "translation" and model.engine in HUB_ENGINES and len(targets) > 1:
            assert model.target_tokens.keys() == targets or model.target_prefix.keys() == targets


def test_opus_names_its_targets():
    tokens = {model.id.split("/")[1]: model.target_tokens for model in BOOK["opus"].models}
    assert tokens["opus-mt-tc-big-en-zle"] == {Language.RUSSIAN: (">>rus<<",)}
    assert tokens["opus-mt-tc-big-en-ar"] == {Language.ARABIC: (">>ara<<",)}


def test_recipes_that_share_models_share_their_installation():
    opus = {(model.id, model.revision) for model in BOOK["opus"].models}
    assert opus < {(model.id, model.revision) for model in BOOK["opus-abstractive"].models}


def test_only_xlsum_is_not_for_commercial_use():
    refused = {
        recipe.name for recipe in WITH_MODELS if refused_models(recipe, allow_noncommercial=False)
    }
    assert refused == {"xlsum"}


def test_an_abstractive_recipe_has_a_model_that_writes():
    for recipe in BOOK.values():
        writers = [model for model in recipe.models if model.role == "summarization"]
        assert bool(writers) == (recipe.summarizer.kind == "abstractive"), recipe.name


def test_every_model_is_documented_with_its_licence():
    document = (Path(__file__).parents[2] / "docs" / "models.md").read_text("utf-8")
    table = [line for line in document.splitlines() if line.startswith("|")]
    for recipe in WITH_MODELS:
        for model in recipe.models:
            if model.engine in HUB_ENGINES:
                (row,) = (line for line in table if model.id in line)
                assert f"| {model.licence} |" in row
