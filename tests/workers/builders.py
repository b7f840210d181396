"""Recipes, registries and computations for tests of the workers."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from khabar.article import Article
from khabar.computation import Computation
from khabar.languages import Language
from khabar.recipe import Recipe, RecipeBook
from khabar.settings import Settings
from khabar.summary import Length, ModelUse
from workers.loader import ModelLoader
from workers.protocols import Decoding, Hypothesis
from workers.registry import Registry

TEXT = (
    "The harbour authority in the northern port said on Tuesday that the new ferry terminal "
    "would open in March, two months later than planned.\n"
    "The delay was caused by a storm that damaged the breakwater on 14 November.\n"
    "About 400 people will work at the terminal once both piers are in use.\n"
    "The regional government has paid 60 million euros towards the building."
)
ARTICLE = Article.receive(text=TEXT, headline="Ferry terminal opens later")


def fake_recipe(*pairs: str, name: str = "fake") -> Recipe:
    model = {
        "id": "fake",
        "revision": "1",
        "licence": "none",
        "engine": "fake",
        "pairs": [pair.split("-") for pair in pairs],
    }
    return Recipe.model_validate(
        {
            "name": name,
            "summarizer": {"kind": "extractive"},
            "models": [model] if pairs else [],
        }
    )


def registry_of(recipe: Recipe, models: Path = Path("/nowhere")) -> Registry:
    loader = ModelLoader(Settings(var_folder=models))
    return Registry(RecipeBook({recipe.name: recipe}, recipe.name), loader)


def computation_of(recipe: Recipe, language: Language = Language.ENGLISH) -> Computation:
    return Computation(
        article_hash=ARTICLE.article_hash,
        source_language=Language.ENGLISH,
        language=language,
        length=Length.SHORT,
        recipe=recipe.name,
        fingerprint=recipe.fingerprint,
    )


@dataclass
class ScriptedTranslator:
    """Gives what it is told to give, call by call; remembers how it was asked."""

    answers: list[list[Hypothesis]]
    asked: list[tuple[tuple[str, ...], Decoding]] = field(default_factory=list)
    source: Language = Language.ENGLISH
    target: Language = Language.RUSSIAN
    models: tuple[ModelUse, ...] = ()

    def translate(self, sentences: Sequence[str], decoding: Decoding) -> list[Hypothesis]:
        self.asked.append((tuple(sentences), decoding))
        return self.answers[len(self.asked) - 1]
