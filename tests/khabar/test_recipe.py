import tomllib
from pathlib import Path

import pytest

from khabar.errors import RecipeInvalid, RecipeUnknown
from khabar.languages import Language
from khabar.recipe import Recipe, RecipeBook, read_recipe

EN, RU, AR = Language.ENGLISH, Language.RUSSIAN, Language.ARABIC
DOCUMENT = Path(__file__).parents[2] / "docs" / "recipes.md"


def recipe(pairs: str, *, pivot: str = "en") -> Recipe:
    models = [
        {"id": f"m/{pair}", "revision": "1", "licence": "MIT", "pairs": [pair.split("-")]}
        for pair in pairs.split()
    ]
    return Recipe.model_validate(
        {"name": "r", "summarizer": {"kind": "extractive"}, "models": models, "pivot": pivot}
    )


def route(chosen: Recipe, source: Language, target: Language) -> list[str]:
    return [model.id for model in chosen.route(source, target)]


def test_a_direct_model_is_preferred_to_a_pivot():
    assert route(recipe("ru-en en-ar ru-ar"), RU, AR) == ["m/ru-ar"]
    assert route(recipe("ru-en en-ar"), RU, AR) == ["m/ru-en", "m/en-ar"]


def test_half_a_pivot_is_no_route():
    assert route(recipe("ru-en"), RU, AR) == []
    assert route(recipe("ru-en"), EN, AR) == []
    assert route(recipe("ru-en en-ar", pivot="ar"), RU, AR) == []


def test_everything_but_the_description_changes_the_fingerprint():
    base = recipe("en-ru")
    assert base.model_copy(update={"description": "other"}).fingerprint == base.fingerprint
    changed = [
        recipe("en-ar"),
        base.model_copy(update={"name": "s"}),
        base.model_copy(update={"decoding": base.decoding.model_copy(update={"beam_size": 5})}),
        base.model_copy(update={"pivot": None}),
    ]
    assert len({chosen.fingerprint for chosen in [base, *changed]}) == 5


def test_the_documented_recipe_is_a_recipe():
    example = DOCUMENT.read_text("utf-8").split("```toml\n")[1].split("```")[0]
    desk = Recipe.model_validate(tomllib.loads(example))
    assert route(desk, EN, AR) == ["desk/en-ru"]


def test_a_folder_adds_to_the_shipped_recipes(tmp_path: Path):
    (tmp_path / "mine.toml").write_text('name = "mine"\nsummarizer = {kind = "extractive"}')
    book = RecipeBook.load(tmp_path, "mine")
    assert [found.name for found in book.all()] == ["builtin", "mine"]
    assert book.find(None).name == "mine"
    with pytest.raises(RecipeUnknown) as unknown:
        book.find("other")
    assert unknown.value.limit == "builtin, mine"


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ('name = "UPPER"\nsummarizer = {kind = "extractive"}', "name"),
        ('name = "a"\nsummarizer = {kind = "magic"}', "summarizer.kind"),
        ('name = "a"\nsummarizer = {kind = "extractive"}\ncolour = 1', "colour"),
        ('name = "a"\nsummarizer = {kind = "extractive"}\n[[models]]\nid = "../x"', "models.0.id"),
        ('name = "a"', "summarizer"),
    ],
)
def test_a_mistake_is_told_with_its_file_and_field(tmp_path: Path, text: str, field: str):
    path = tmp_path / "wrong.toml"
    path.write_text(text)
    with pytest.raises(RecipeInvalid) as refusal:
        read_recipe(path)
    assert refusal.value.field == field
    assert str(path) in refusal.value.message


def test_what_is_not_toml_is_told(tmp_path: Path):
    path = tmp_path / "wrong.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(RecipeInvalid, match=r"wrong\.toml"):
        read_recipe(path)


def test_a_missing_folder_is_told(tmp_path: Path):
    with pytest.raises(RecipeInvalid) as refusal:
        RecipeBook.load(tmp_path / "none", "builtin")
    assert refusal.value.field == "recipes_folder"
