import tomllib
from pathlib import Path

import pytest
from pydantic import ValidationError

from khabar.errors import LicenceRefused, RecipeInvalid, RecipeUnknown
from khabar.languages import Language
from khabar.recipe import ModelChoice, Recipe, RecipeBook, read_recipe

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


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"doubt_below": {"ru": -0.5}}, ""),
        ({"doubt_below": {"ru": 0.0}}, "less than 0"),
        ({"doubt_below": {"ru": float("-inf")}}, "finite"),
        ({"doubt_below": {"ar": -0.5}}, "names ar, which no pair"),
        ({"doubt_below": {"ru": -0.5}, "engine": "openai"}, "neither of the role"),
        (
            {"doubt_below": {"ru": -0.5}, "role": "summarization", "pairs": [["ru", "ru"]]},
            "neither of the role",
        ),
    ],
)
def test_only_what_can_be_known_is_doubted(change, complaint):
    model = {"id": "m", "revision": "1", "licence": "MIT", "pairs": [["en", "ru"]], **change}
    if not complaint:
        assert ModelChoice.model_validate(model).doubt_below == {RU: -0.5}
        return
    with pytest.raises(ValidationError, match=complaint):
        ModelChoice.model_validate(model)


@pytest.mark.parametrize(
    ("back", "complaint"),
    [
        ({"pairs": [["ru", "en"], ["ar", "en"]]}, ""),
        ({"pairs": [["ru", "en"]]}, "none translates from ar to en"),
        ({"pairs": [["ru", "en"], ["ar", "en"]], "engine": "hf"}, "none translates from ar to en"),
        ({"pairs": [["ru", "en"]], "channel_weight": 0.3, "engine": "hf"}, "of the engine ct2"),
        (
            {"pairs": [["ru", "ru"]], "role": "summarization", "channel_weight": 0.3},
            "that translate",
        ),
    ],
)
def test_a_channel_is_a_model_of_the_way_back(back, complaint):
    facts = {"revision": "1", "licence": "MIT"}
    there = {"id": "there", **facts, "pairs": [["en", "ru"], ["en", "ar"]], "channel_weight": 0.3}
    models = [there, {"id": "back", **facts, **back}]
    asked = {"name": "r", "summarizer": {"kind": "extractive"}, "models": models}
    if complaint:
        with pytest.raises(ValidationError, match=complaint):
            Recipe.model_validate(asked)
        return
    found = Recipe.model_validate(asked)
    assert found.channel_for(EN, AR) == found.models[1]
    assert found.channel_for(RU, EN) is None
    assert found.channel_weights == {(EN, RU): 0.3, (EN, AR): 0.3, (RU, EN): 0, (AR, EN): 0}
    del there["channel_weight"]
    alone = Recipe.model_validate(asked)
    assert alone.channel_for(EN, AR) is None
    assert alone.fingerprint != found.fingerprint


def test_of_one_output_nothing_can_be_chosen(tmp_path):
    path = tmp_path / "r.toml"
    model = (
        '{id = "m", revision = "1", licence = "MIT", pairs = [["en", "ru"], ["ru", "en"]], '
        "channel_weight = 0.3}"
    )
    path.write_text(
        f'name = "r"\nsummarizer = {{kind = "extractive"}}\nmodels = [{model}]\n'
        "decoding = {beam_size = 1}\n",
        encoding="utf-8",
    )
    with pytest.raises(RecipeInvalid, match="beam_size of 1") as refused:
        read_recipe(path)
    assert refused.value.field == "models"


def test_the_documented_recipe_is_a_recipe():
    example = DOCUMENT.read_text("utf-8").split("```toml\n")[1].split("```")[0]
    desk = Recipe.model_validate(tomllib.loads(example))
    assert (desk.glossary, desk.models[0].target_tokens[RU]) == ("desk.csv", (">>rus<<",))
    assert route(desk, EN, AR) == ["desk/en-ru"]


def test_a_folder_adds_to_the_shipped_recipes(tmp_path: Path):
    (tmp_path / "mine.toml").write_text('name = "mine"\nsummarizer = {kind = "extractive"}')
    book = RecipeBook.load(tmp_path, "mine")
    assert {"builtin", "mine", "opus"} <= {found.name for found in book.all()}
    assert book.find(None).name == "mine"
    with pytest.raises(RecipeUnknown) as unknown:
        book.find("other")
    assert "builtin" in str(unknown.value.limit)
    assert "mine" in str(unknown.value.limit)


def test_a_file_beside_the_recipe_is_the_card_and_no_part_of_its_identity(tmp_path: Path):
    path = tmp_path / "mine.toml"
    path.write_text('name = "mine"\nsummarizer = {kind = "extractive"}')
    before = read_recipe(path)
    (tmp_path / "mine.md").write_text("# Мой рецепт", "utf-8")
    after = read_recipe(path)
    assert (before.card, after.card) == ("", "# Мой рецепт")
    assert after.fingerprint == before.fingerprint
    (tmp_path / "mine.md").write_bytes(b"\xff")
    with pytest.raises(RecipeInvalid, match=r"mine\.md is not UTF-8"):
        read_recipe(path)


@pytest.mark.parametrize("name", ["mine.toml", "mine.md"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str):
    (tmp_path / "mine.toml").write_text('name = "mine"\nsummarizer = {kind = "extractive"}')
    (tmp_path / name).unlink(missing_ok=True)
    # A file that is there, and that nobody can read from its beginning: root can read all others.
    (tmp_path / name).symlink_to("/proc/self/mem")
    with pytest.raises(RecipeInvalid, match=rf"{name} cannot be read"):
        RecipeBook.load(tmp_path, "builtin")


def test_a_folder_that_cannot_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def refuse(_: object) -> list[Path]:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", refuse)  # root may read every folder.
    with pytest.raises(RecipeInvalid, match=f"{tmp_path} cannot be read: Permission denied"):
        RecipeBook.load(tmp_path, "builtin")


def test_a_recipe_with_a_non_commercial_model_must_be_allowed():
    with pytest.raises(LicenceRefused) as refused:
        RecipeBook.load(None, "builtin").find("xlsum")
    assert refused.value.field == "recipe"
    allowed = RecipeBook.load(None, "builtin", allow_noncommercial=True)
    assert allowed.find("xlsum").name == "xlsum"


@pytest.mark.parametrize(
    ("licence", "commercial"),
    [
        ("MIT", True),
        ("CC-BY-SA-4.0", True),
        ("CC-BY-NC-4.0", False),
        ("cc by-nc 4.0", False),
        ("Noncommercial research licence", False),
        ("ENCODER-1.0", True),
    ],
)
def test_a_licence_says_whether_a_business_may_use_it(licence: str, commercial: bool):
    (model,) = recipe("en-ru").models
    assert model.model_copy(update={"licence": licence}).commercial is commercial


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


def test_the_terms_of_its_glossary_are_part_of_a_fingerprint(tmp_path: Path):
    recipe = tmp_path / "desk.toml"
    recipe.write_text('name = "desk"\nglossary = "desk.csv"\n[summarizer]\nkind = "extractive"\n')
    with pytest.raises(RecipeInvalid, match="cannot be read"):
        read_recipe(recipe)
    (tmp_path / "desk.csv").write_text("en,ru\nceasefire,перемирие\n", encoding="utf-8")
    first = read_recipe(recipe)
    assert len(first.terms.entries) == 1
    (tmp_path / "desk.csv").write_text("ru,en,note\nперемирие,ceasefire,so\n", encoding="utf-8")
    assert read_recipe(recipe).fingerprint == first.fingerprint
    (tmp_path / "desk.csv").write_text("en,ru\nceasefire,затишье\n", encoding="utf-8")
    assert read_recipe(recipe).fingerprint != first.fingerprint


@pytest.mark.parametrize("name", ["../desk.csv", "/etc/desk.csv", "desk.txt", ".csv"])
def test_a_glossary_lies_beside_its_recipe(tmp_path: Path, name: str):
    recipe = tmp_path / "desk.toml"
    recipe.write_text(f'name = "desk"\nglossary = "{name}"\n[summarizer]\nkind = "extractive"\n')
    with pytest.raises(RecipeInvalid):
        read_recipe(recipe)
