"""Recipes: named choices of a summarizer and translation models, in TOML.

Those that are shipped lie in ``khabar/recipes``; a folder of your own may add to them or replace
them by name. The fingerprint covers everything that can change a result.
"""

import tomllib
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, ValidationError

from khabar.errors import RecipeInvalid, RecipeUnknown
from khabar.identity import digest
from khabar.languages import Language
from khabar.summary import Record

PIPELINE_VERSION = 1
"""Raised whenever the same recipe would give another result for the same article."""

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]


class SummarizerChoice(Record):
    """How the summary in the article's own language is made."""

    kind: Literal["extractive"]


class ModelChoice(Record):
    """A translation model: which pairs of languages it is used for, and on which engine.

    ``revision`` pins what was published under ``id``: a commit, or a version of your own.
    """

    id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_][\w.-]*(/[A-Za-z0-9_][\w.-]*)?$")]
    revision: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    licence: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    engine: Literal["ct2", "fake"] = "ct2"
    pairs: tuple[tuple[Language, Language], ...] = Field(min_length=1)


class DecodingChoice(Record):
    """How translations are searched for."""

    beam_size: int = Field(default=4, ge=1, le=16)
    max_length: int = Field(default=256, ge=8, le=1024)
    length_penalty: float = Field(default=1.0, ge=0, le=5)
    repetition_penalty: float = Field(default=1.0, ge=1, le=5)


class Recipe(Record):
    """A recipe as its file states it."""

    name: Name
    description: Annotated[str, StringConstraints(max_length=300)] = ""
    summarizer: SummarizerChoice
    models: tuple[ModelChoice, ...] = ()
    decoding: DecodingChoice = DecodingChoice()
    pivot: Language | None = Language.ENGLISH

    @property
    def fingerprint(self) -> str:
        """Return 32 hexadecimal digits that change whenever a result could."""
        content = self.model_dump_json(exclude={"description"})
        return digest("khabar-recipe-1", {"pipeline": PIPELINE_VERSION, "recipe": content})[:32]

    def route(self, source: Language, target: Language) -> tuple[ModelChoice, ...]:
        """Return the models that lead from ``source`` to ``target``: one, two, or none at all."""
        direct = self._model_for(source, target)
        if direct:
            return (direct,)
        if self.pivot is None or self.pivot in (source, target):
            return ()
        first = self._model_for(source, self.pivot)
        second = self._model_for(self.pivot, target)
        return (first, second) if first and second else ()

    def _model_for(self, source: Language, target: Language) -> ModelChoice | None:
        return next((model for model in self.models if (source, target) in model.pairs), None)


class RecipeBook:
    """The recipes at hand, by name."""

    def __init__(self, recipes: Mapping[str, Recipe], default: str) -> None:
        self._recipes = dict(recipes)
        self.default = self.find(default)

    @classmethod
    def load(cls, folder: Path | None, default: str) -> "RecipeBook":
        """Read the shipped recipes and those of ``folder``, which win where a name is in both.

        Raises RecipeInvalid for a file with a mistake, RecipeUnknown if there is no ``default``.
        """
        shipped = Path(str(resources.files("khabar") / "recipes"))
        paths = sorted(shipped.glob("*.toml"))
        if folder is not None:
            if not folder.is_dir():
                raise RecipeInvalid(
                    f"The recipes folder {folder} does not exist.",
                    field="recipes_folder",
                    hint="Create it, or unset KHABAR_RECIPES_FOLDER.",
                )
            paths += sorted(folder.glob("*.toml"))
        return cls({recipe.name: recipe for recipe in map(read_recipe, paths)}, default)

    def find(self, name: str | None) -> Recipe:
        """Return the recipe of this name, or the default one for None. Raises RecipeUnknown."""
        if name is None:
            return self.default
        try:
            return self._recipes[name]
        except KeyError:
            raise RecipeUnknown(
                "There is no recipe of this name.",
                field="recipe",
                limit=", ".join(sorted(self._recipes)),
                given=name[:40],
                hint="GET /v1/recipes lists the recipes with their models.",
            ) from None

    def all(self) -> tuple[Recipe, ...]:
        """Return every recipe, by name."""
        return tuple(self._recipes[name] for name in sorted(self._recipes))


def read_recipe(path: Path) -> Recipe:
    """Read one recipe file. Raises RecipeInvalid, which names the file and the field."""
    try:
        return Recipe.model_validate(tomllib.loads(path.read_text("utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RecipeInvalid(f"{path} is not TOML: {error}") from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise RecipeInvalid(
            f"{path}: {where}: {first['msg']}.",
            field=where,
            hint="docs/recipes.md describes every field of a recipe.",
        ) from error
