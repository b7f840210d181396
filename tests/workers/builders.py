"""Recipes, registries and computations for tests of the workers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from khabar.article import Article
from khabar.computation import Computation
from khabar.errors import GlossaryMissing
from khabar.glossary import Glossary
from khabar.languages import Language
from khabar.recipe import Edition, Recipe, RecipeBook
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


def no_glossaries(digest: str) -> Glossary:
    raise GlossaryMissing(f"No glossary {digest}.")


def registry_of(
    recipe: Recipe,
    models: Path = Path("/nowhere"),
    read_glossary: Callable[[str], Glossary] = no_glossaries,
) -> Registry:
    loader = ModelLoader(Settings(var_folder=models))
    return Registry(RecipeBook({recipe.name: recipe}, recipe.name), loader, read_glossary)


def computation_of(
    recipe: Recipe, language: Language = Language.ENGLISH, glossary: str = ""
) -> Computation:
    return Computation(
        article_hash=ARTICLE.article_hash,
        source_language=Language.ENGLISH,
        language=language,
        length=Length.SHORT,
        recipe=recipe.name,
        fingerprint=Edition(recipe, glossary).fingerprint,
        glossary=glossary,
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
