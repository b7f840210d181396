"""Builds what a recipe names. The only module that knows the concrete summarizers and engines."""

import threading
from collections.abc import Callable

from khabar.errors import ModelMissing, RecipeDiffers, RecipeUnknown
from khabar.languages import Language
from khabar.recipe import ModelChoice, Recipe, RecipeBook
from khabar.summary import ModelUse
from workers.engines.ct2 import CT2Engine, load_engine
from workers.engines.fake import FakeEngine
from workers.models.store import ModelStore
from workers.protocols import Decoding, Engine, Summarizer, Translator
from workers.summarizers.extractive import ExtractiveSummarizer
from workers.translators.direct import DirectTranslator
from workers.translators.pivot import PivotTranslator

_SUMMARIZERS: dict[str, Callable[[], Summarizer]] = {"extractive": ExtractiveSummarizer}


class Registry:
    """Keeps one copy of each model for all threads of the process."""

    def __init__(self, recipes: RecipeBook, models: ModelStore) -> None:
        self._recipes = recipes
        self._models = models
        self._lock = threading.Lock()
        self._engines: dict[tuple[str, str], CT2Engine] = {}
        self._translators: dict[tuple[str, Language, Language], Translator] = {}

    def recipe(self, name: str, fingerprint: str) -> Recipe:
        """Return the recipe a computation was asked for with.

        Raises RecipeDiffers where this worker has another one by that name, or none.
        """
        try:
            recipe = self._recipes.find(name)
        except RecipeUnknown:
            recipe = None
        if recipe is None or recipe.fingerprint != fingerprint:
            raise RecipeDiffers(
                f"This worker has another recipe by the name {name} than the service.",
                limit=fingerprint,
                given=recipe.fingerprint if recipe else "none",
                hint="Give the service and all workers the same version and recipe files.",
            )
        return recipe

    def summarizer(self, recipe: Recipe) -> Summarizer:
        """Return the summarizer of a recipe."""
        return _SUMMARIZERS[recipe.summarizer.kind]()

    def translator(self, recipe: Recipe, source: Language, target: Language) -> Translator:
        """Return the translator of a recipe between two languages, loading models at first use.

        Raises ModelMissing, which says what to install, and EngineFailed.
        """
        key = (recipe.fingerprint, source, target)
        with self._lock:
            if key not in self._translators:
                self._translators[key] = self._build(recipe, source, target)
            return self._translators[key]

    def decoding(self, recipe: Recipe) -> Decoding:
        """Return how a recipe wants its translations searched for."""
        return Decoding(**recipe.decoding.model_dump())

    def installed(self) -> dict[str, int]:
        """Return the size in bytes of each model on this machine, by ``id@revision``."""
        return {
            f"{model.manifest.id}@{model.manifest.revision}": model.size
            for model in self._models.installed()
        }

    def _build(self, recipe: Recipe, source: Language, target: Language) -> Translator:
        route = recipe.route(source, target)
        if not route:
            raise ModelMissing(
                f"The recipe {recipe.name} has no translation model from {source} to {target}.",
                field="recipe",
                given=recipe.name,
                hint="Ask with a recipe that has one (GET /v1/recipes), or write one as "
                "docs/recipes.md describes and install its models with: khabar models pull RECIPE.",
            )
        if len(route) == 1:
            return self._leg(recipe, route[0], source, target)
        pivot = recipe.pivot
        assert pivot is not None  # noqa: S101 -- a route of two legs goes through it.
        first, second = route
        return PivotTranslator(
            self._leg(recipe, first, source, pivot), self._leg(recipe, second, pivot, target)
        )

    def _leg(
        self, recipe: Recipe, choice: ModelChoice, source: Language, target: Language
    ) -> DirectTranslator:
        use = ModelUse(
            role="translation", id=choice.id, revision=choice.revision, licence=choice.licence
        )
        return DirectTranslator(self._engine(recipe, choice, source), source, target, (use,))

    def _engine(self, recipe: Recipe, choice: ModelChoice, source: Language) -> Engine:
        if choice.engine == "fake":
            return FakeEngine()
        key = (choice.id, choice.revision)
        if key not in self._engines:
            model = self._models.find(choice.id, choice.revision, recipe=recipe.name)
            self._engines[key] = load_engine(model)
        # The weights are loaded once, however many languages the model reads.
        return self._engines[key].reading(source)
