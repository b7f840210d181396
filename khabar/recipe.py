"""Recipes: named choices of a summarizer and translation models, in TOML.

Those that are shipped lie in ``khabar/recipes``; a folder of your own may add to them or replace
them by name. NAME.md beside NAME.toml is the card of the recipe's models. The fingerprint covers
everything that can change a result.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import (
    Field,
    PrivateAttr,
    StringConstraints,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from khabar.errors import RecipeInvalid, RecipeUnknown
from khabar.glossary import NO_TERMS, Glossary
from khabar.glossary_file import read_glossary
from khabar.identity import Json, digest
from khabar.languages import Direction, Language
from khabar.licences import refused_models, require_permitted
from khabar.summary import Record

PIPELINE_VERSION = 3
"""Raised whenever the same recipe would give another result for the same article."""

_NON_COMMERCIAL = re.compile(r"\bNC\b|NON-?COMMERCIAL", re.IGNORECASE)

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]


class DecodingChoice(Record):
    """How a model's output is searched for."""

    beam_size: int = Field(default=4, ge=1, le=16)
    min_length: int = Field(default=1, ge=1, le=1024)
    max_length: int = Field(default=256, ge=8, le=1024)
    length_penalty: float = Field(default=1.0, ge=0, le=5)
    repetition_penalty: float = Field(default=1.0, ge=1, le=5)
    no_repeat_ngram: int = Field(default=0, ge=0, le=10)


class SummarizerChoice(Record):
    """How the summary in the article's own language is made.

    ``extractive`` chooses sentences; ``abstractive`` writes them, with the recipe's models of the
    role ``summarization``.
    """

    kind: Literal["extractive", "abstractive"]
    decoding: DecodingChoice = DecodingChoice(max_length=160, no_repeat_ngram=3)


# One name or OWNER/NAME. A folder is named for it, in which "--" stands for the slash.
ModelId = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9_](-?[\w.])*(/[A-Za-z0-9_](-?[\w.])*)?$")
]
Tokens = dict[Language, tuple[str, ...]]


class ModelChoice(Record):
    """A model: what it is used for, between which languages, and on which engine.

    ``revision`` pins what was published under ``id``: a commit, or a version of your own. A model
    that summarises has pairs of one language twice. The tokens steer a model that serves several
    languages: ``source_tokens`` stand before the source, by source language; ``target_tokens``
    stand before the source, by target language; the output begins with ``target_prefix``.
    """

    role: Literal["translation", "summarization"] = "translation"
    id: ModelId
    revision: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    licence: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    engine: Literal["ct2", "hf", "openai", "fake"] = "ct2"
    pairs: tuple[tuple[Language, Language], ...] = Field(min_length=1)
    tokenizer: Literal["sentencepiece", "transformers"] | None = None
    source_tokens: Tokens = Field(default_factory=dict)
    target_tokens: Tokens = Field(default_factory=dict)
    target_prefix: Tokens = Field(default_factory=dict)
    max_source_tokens: int | None = Field(default=None, ge=8)
    max_target_tokens: int | None = Field(default=None, ge=8)
    doubt_below: dict[Language, Annotated[float, Field(lt=0, allow_inf_nan=False)]] = Field(
        default_factory=dict
    )
    """By target language, the mean log-probability of a token under which a translation fails the
    check ``certain``. Without one, there is no such check."""
    channel_weight: float = Field(default=0.0, ge=0, le=5)
    """How much it counts, of a translation that was found, how probable the source is to the model
    of the way back; 1 is as much as the translation's own score. With 0 that is not asked."""
    served_as: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = None
    """What an ``openai`` server calls it; without, it is the only model the server has."""

    @property
    def commercial(self) -> bool:
        """Whether the licence lets a business use the output: it is not of the NC kind."""
        return not _NON_COMMERCIAL.search(self.licence)

    @model_validator(mode="after")
    def _pairs_fit_the_role(self) -> Self:
        same = self.role == "summarization"
        if any((source == target) != same for source, target in self.pairs):
            raise ValueError(
                "a model that translates has pairs of two languages, and one that summarises "
                "pairs of one language twice"
            )
        return self

    @model_validator(mode="after")
    def _is_asked_what_it_can_do(self) -> Self:
        if self.channel_weight and (self.role == "summarization" or self.engine != "ct2"):
            raise ValueError("channel_weight is for models of the engine ct2 that translate")
        return self

    @model_validator(mode="after")
    def _doubts_what_can_be_known(self) -> Self:
        if self.doubt_below and (self.engine == "openai" or self.role == "summarization"):
            raise ValueError(
                "doubt_below is for models that translate and tell how probable their words are: "
                "neither of the role summarization nor of the engine openai"
            )
        if others := self.doubt_below.keys() - {target for _, target in self.pairs}:
            raise ValueError(
                f"doubt_below names {', '.join(sorted(others))}, which no pair translates into"
            )
        return self


class Recipe(Record):
    """A recipe as its file states it."""

    name: Name
    description: Annotated[str, StringConstraints(max_length=300)] = ""
    summarizer: SummarizerChoice
    decoding: DecodingChoice = DecodingChoice()
    models: tuple[ModelChoice, ...] = ()
    pivot: Language | None = Language.ENGLISH
    glossary: Annotated[str, StringConstraints(pattern=r"^\w[\w.-]*\.csv$")] | None = None
    """The name of a file beside the recipe's own; docs/glossary.md describes it."""
    _terms: Glossary = PrivateAttr(default=NO_TERMS)
    _card: str = PrivateAttr(default="")

    @field_validator("models")
    @classmethod
    def _have_their_channels(
        cls, models: tuple[ModelChoice, ...], info: ValidationInfo
    ) -> tuple[ModelChoice, ...]:
        weighed = [model for model in models if model.channel_weight]
        if weighed and "decoding" in info.data and info.data["decoding"].beam_size == 1:
            raise ValueError("with a beam_size of 1 there is nothing that a channel could choose")
        for source, target in sorted({pair for model in weighed for pair in model.pairs}):
            channel = _model_for(models, target, source)
            if channel is None or channel.engine != "ct2":
                raise ValueError(
                    f"channel_weight asks the model of the way back, of the engine ct2, and none "
                    f"translates from {target} to {source}"
                )
        return models

    @property
    def card(self) -> str:
        """What a person should know of its models, in Markdown, or "" if nothing is told."""
        return self._card

    def with_card(self, text: str) -> Self:
        """Return the recipe with this card."""
        told = self.model_copy()
        told._card = text  # noqa: SLF001 -- a copy of this recipe.
        return told

    @property
    def terms(self) -> Glossary:
        """The terms it is used with: those of its glossary file, once they are read."""
        return self._terms

    def with_terms(self, terms: Glossary) -> Self:
        """Return the recipe with these terms."""
        told = self.model_copy()
        told._terms = terms  # noqa: SLF001 -- a copy of this recipe.
        return told

    @property
    def fingerprint(self) -> str:
        """Return 32 hexadecimal digits that change whenever a result could."""
        return self.fingerprint_with(self._terms.digest)

    def fingerprint_with(self, glossary_digest: str) -> str:
        """Return the fingerprint that the recipe has with the glossary of this digest."""
        content: Json = {
            "pipeline": PIPELINE_VERSION,
            "recipe": self.model_dump_json(exclude={"description", "glossary"}),
            "glossary": glossary_digest,
        }
        return digest("khabar-recipe-1", content)[:32]

    def route(self, source: Language, target: Language) -> tuple[ModelChoice, ...]:
        """Return the models that lead from ``source`` to ``target``: one, two, or none at all."""
        direct = self.model_for(source, target)
        if direct:
            return (direct,)
        if self.pivot is None or self.pivot in (source, target):
            return ()
        first = self.model_for(source, self.pivot)
        second = self.model_for(self.pivot, target)
        return (first, second) if first and second else ()

    def model_for(self, source: Language, target: Language) -> ModelChoice | None:
        """Return the model of this pair. One language twice asks for a model that summarises."""
        return _model_for(self.models, source, target)

    @property
    def channel_weights(self) -> dict[Direction, float]:
        """How much the model of the way back has to say, by direction; 0 for nothing."""
        # Of two models with one pair the first is asked.
        models = reversed(self.models)
        return {pair: model.channel_weight for model in models for pair in model.pairs}

    def channel_for(self, source: Language, target: Language) -> ModelChoice | None:
        """Return the model of the way back, if it has a say in what is taken of a translation."""
        model = self.model_for(source, target)
        return self.model_for(target, source) if model and model.channel_weight else None


def _model_for(
    models: Iterable[ModelChoice], source: Language, target: Language
) -> ModelChoice | None:
    return next((model for model in models if (source, target) in model.pairs), None)


@dataclass(frozen=True)
class Edition:
    """A recipe and the glossary it is used with at a moment: what a fingerprint stands for.

    ``glossary`` is the digest of one that was uploaded, or "" for the recipe's own file.
    """

    recipe: Recipe
    glossary: str = ""

    @cached_property
    def fingerprint(self) -> str:
        """The fingerprint of what comes of it."""
        return self.recipe.fingerprint_with(self.glossary or self.recipe.terms.digest)


class RecipeBook:
    """The recipes at hand, by name."""

    def __init__(
        self, recipes: Mapping[str, Recipe], default: str, *, allow_noncommercial: bool = False
    ) -> None:
        self._recipes = dict(recipes)
        self._allow_noncommercial = allow_noncommercial
        self.default = self.find(default)

    @classmethod
    def load(
        cls, folder: Path | None, default: str, *, allow_noncommercial: bool = False
    ) -> "RecipeBook":
        """Read the shipped recipes and those of ``folder``, which win where a name is in both.

        Raises RecipeInvalid for a file with a mistake, RecipeUnknown if there is no ``default``,
        and LicenceRefused if the default is not permitted.
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
            paths += _recipe_files(folder)
        recipes = {recipe.name: recipe for recipe in map(read_recipe, paths)}
        return cls(recipes, default, allow_noncommercial=allow_noncommercial)

    def find(self, name: str | None) -> Recipe:
        """Return the recipe of this name, or the default one for None.

        Raises RecipeUnknown, and LicenceRefused for one with a model that may not be used here.
        """
        if name is None:
            return self.default
        recipe = self.named(name)
        require_permitted(recipe, allow_noncommercial=self._allow_noncommercial)
        return recipe

    def named(self, name: str) -> Recipe:
        """Return the recipe of this name, be it permitted or not. Raises RecipeUnknown."""
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

    def refused_models(self, recipe: Recipe) -> tuple[str, ...]:
        """Return the ids of the recipe's models that may not be used here."""
        return refused_models(recipe, allow_noncommercial=self._allow_noncommercial)

    def all(self) -> tuple[Recipe, ...]:
        """Return every recipe, by name."""
        return tuple(self._recipes[name] for name in sorted(self._recipes))


def read_recipe(path: Path) -> Recipe:
    """Read one recipe file, the glossary beside it if it names one, and the card if there is one.

    Raises RecipeInvalid, which names the file and the field or line.
    """
    try:
        recipe = Recipe.model_validate(tomllib.loads(path.read_text("utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RecipeInvalid(f"{path} is not TOML: {error}") from error
    except OSError as error:
        raise _unreadable(path, error) from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise RecipeInvalid(
            f"{path}: {where}: {first['msg']}.",
            field=where,
            hint="docs/recipes.md describes every field of a recipe.",
        ) from error
    recipe = recipe.with_card(_read_card(path.with_suffix(".md")))
    if recipe.glossary is None:
        return recipe
    return recipe.with_terms(read_glossary(path.parent / recipe.glossary))


def _recipe_files(folder: Path) -> list[Path]:
    try:
        paths = sorted(folder.iterdir())  # Path.glob finds nothing where it may not look.
    except OSError as error:
        raise _unreadable(folder, error) from error
    return [path for path in paths if path.suffix == ".toml"]


def _read_card(path: Path) -> str:
    try:
        return path.read_text("utf-8") if path.is_file() else ""
    except UnicodeDecodeError as error:
        raise RecipeInvalid(f"{path} is not UTF-8: {error}") from error
    except OSError as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: OSError) -> RecipeInvalid:
    return RecipeInvalid(
        f"{path} cannot be read: {error.strerror}.",
        hint="Let the user that runs Khabar read the folder of recipes and what is in it.",
    )
