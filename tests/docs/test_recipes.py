"""The recipes that the documents show are recipes."""

import re
import tomllib
from pathlib import Path

import pytest

from khabar.recipe import Recipe

DOCS = Path(__file__).parents[2] / "docs"
SHOWN = [
    (name, text)
    for name in ("recipes.md", "models.md")
    for text in re.findall(r"```toml\n(.*?)```", (DOCS / name).read_text("utf-8"), re.DOTALL)
]


@pytest.mark.parametrize(("name", "text"), SHOWN)
def test_a_recipe_that_is_shown_can_be_read(name: str, text: str):
    recipe = Recipe.model_validate({"name": "shown", **tomllib.loads(text)})
    assert recipe.models


def test_each_document_shows_one():
    assert {name for name, _ in SHOWN} == {"recipes.md", "models.md"}
