"""From a recipe to its summarizer and translators: the one place that knows every kind."""

from collections.abc import Callable
from dataclasses import replace

from khabar.computation import Computation
from khabar.errors import ModelMissing, RecipeDiffers, RecipeUnknown
from khabar.glossary import Glossary
from khabar.languages import Language
from khabar.recipe import DecodingChoice, Edition, ModelChoice, Recipe, RecipeBook
from khabar.summary import ModelUse
from workers.checks.glossary import GlossaryCheck
from workers.llm.summarizer import LlmSummarizer
from workers.llm.translator import LlmTranslator
from workers.loader import ModelLoader
from workers.protocols import Decoding, SentenceCheck, Summarizer, Translator
from workers.recently_used import RecentlyUsed
from workers.summarizers.abstractive import AbstractiveSummarizer
from workers.summarizers.extractive import ExtractiveSummarizer
from workers.summarizers.pivoted import PivotedSummarizer
from workers.translators.direct import DirectTranslator
from workers.translators.pivot import PivotTranslator

_ARTICLE_TOKENS = 6_000
_RULES_TOKENS = 2_000
"""What is said to a language model around an article, and more."""
_FEWEST_ARTICLE_TOKENS = 500
_MOST_GLOSSARIES = 8
"""One of 5,000 terms takes some ten megabytes."""
_WHOLE_BEAM = 16
"""No recipe may ask for a wider one."""
_MOST_BUILT = 64
"""A changed glossary makes new ones of the same models; those of the old one are let go."""


class Registry:
    """Keeps what it has built last. Safe to use from several threads.

    ``read_glossary`` returns the uploaded glossary of a digest, or raises GlossaryMissing.
    """

    def __init__(
        self,
        recipes: RecipeBook,
        loader: ModelLoader,
        read_glossary: Callable[[str], Glossary],
    ) -> None:
        self._recipes = recipes
        self._loader = loader
        self._read_glossary = read_glossary
        self._glossaries: RecentlyUsed[str, Glossary] = RecentlyUsed(_MOST_GLOSSARIES)
        self._translators: RecentlyUsed[tuple[str, Language, Language], Translator] = RecentlyUsed(
            _MOST_BUILT
        )
        self._summarizers: RecentlyUsed[tuple[str, Language], Summarizer] = RecentlyUsed(
            _MOST_BUILT
        )
        self._kinds: dict[str, Callable[[Recipe, Language], Summarizer]] = {
            "extractive": lambda _recipe, _language: ExtractiveSummarizer(),
            "abstractive": self._writing,
        }

    def recipe(self, computation: Computation) -> Recipe:
        """Return the recipe a computation was asked for with, and with the glossary of that time.

        Raises RecipeDiffers where this worker has another one by that name, or none,
        LicenceRefused where it may not use it, GlossaryMissing, and what the store raises.
        """
        name, digest = computation.recipe, computation.glossary
        try:
            edition = Edition(self._recipes.find(name), digest)
        except RecipeUnknown:
            edition = None
        # With an uploaded glossary, what the recipe's own file says here does not matter.
        if edition is None or edition.fingerprint != computation.fingerprint:
            raise RecipeDiffers(
                f"This worker has another recipe by the name {name} than the service.",
                limit=computation.fingerprint,
                given=edition.fingerprint if edition else "none",
                hint="Give the service and all workers the same version and recipe files.",
            )
        if not digest:
            return edition.recipe
        terms = self._glossaries.get(digest, lambda: self._read_glossary(digest))
        return edition.recipe.with_terms(terms)

    def summarizer(self, recipe: Recipe, language: Language) -> Summarizer:
        """Return the summarizer of a recipe for articles in one language.

        Raises ModelMissing, which says what to install, and EngineFailed.
        """
        make = self._kinds[recipe.summarizer.kind]
        return self._summarizers.get((recipe.fingerprint, language), lambda: make(recipe, language))

    def translator(self, recipe: Recipe, source: Language, target: Language) -> Translator:
        """Return the translator of a recipe between two languages. Raises as ``summarizer``."""
        return self._translators.get(
            (recipe.fingerprint, source, target), lambda: self._build(recipe, source, target)
        )

    def checks(self, recipe: Recipe) -> tuple[SentenceCheck, ...]:
        """Return the checks that a recipe adds to those every sentence goes through."""
        return (GlossaryCheck(recipe.terms),) if recipe.terms.entries else ()

    def decoding(self, recipe: Recipe) -> Decoding:
        """Return how a recipe wants its translations searched for; the whole beam is wanted."""
        return replace(_decoding(recipe.decoding), n_best=_WHOLE_BEAM)

    def _writing(self, recipe: Recipe, language: Language) -> Summarizer:
        """Return the summarizer that writes: in the article's language, or by way of the pivot."""
        choice = recipe.model_for(language, language)
        if choice is not None:
            return self._writer(recipe, choice, language)
        pivot = recipe.pivot
        choice = recipe.model_for(pivot, pivot) if pivot else None
        if pivot is None or choice is None:
            raise _missing(recipe, f"that summarises {language}")
        return PivotedSummarizer(
            self.translator(recipe, language, pivot),
            self._writer(recipe, choice, pivot),
            self.translator(recipe, pivot, language),
            # As summaries are translated, so that both share calls.
            self.decoding(recipe),
        )

    def _writer(self, recipe: Recipe, choice: ModelChoice, language: Language) -> Summarizer:
        decoding = _decoding(recipe.summarizer.decoding)
        chat = self._loader.chat(choice, recipe.name)
        if chat is not None:
            room = _article_tokens(choice)
            return LlmSummarizer(chat, (_use(choice),), decoding, max_source_tokens=room)
        model = self._loader.model(choice, recipe.name)
        return AbstractiveSummarizer(
            model.reading(language),
            (language,),
            (_use(choice),),
            decoding,
            fits=lambda text: model.fits(text, language),
        )

    def _build(self, recipe: Recipe, source: Language, target: Language) -> Translator:
        route = recipe.route(source, target)
        if not route:
            raise _missing(recipe, f"that translates from {source} to {target}")
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
    ) -> Translator:
        chat = self._loader.chat(choice, recipe.name)
        if chat is not None:
            return LlmTranslator(chat, source, target, (_use(choice),), recipe.terms)
        least = choice.doubt_below.get(target)
        channel = recipe.channel_for(source, target)
        if channel is None:
            engine = self._loader.engine(choice, recipe.name, source)
            return DirectTranslator(engine, source, target, (_use(choice),), least)
        way = source, target
        engine = self._loader.engine_with_channel(choice, channel, recipe.name, way)
        models = tuple(dict.fromkeys((_use(choice), _use(channel))))
        return DirectTranslator(engine, source, target, models, least)


def _use(choice: ModelChoice) -> ModelUse:
    return ModelUse(
        role=choice.role, id=choice.id, revision=choice.revision, licence=choice.licence
    )


def _article_tokens(choice: ModelChoice) -> int:
    """Return how many tokens of an article a language model gets at once."""
    stated = choice.max_source_tokens
    if choice.engine == "openai":
        return stated or _ARTICLE_TOKENS
    # For a model in the worker it is stated what it reads in all.
    return max(_FEWEST_ARTICLE_TOKENS, (stated or 0) - _RULES_TOKENS)


def _decoding(choice: DecodingChoice) -> Decoding:
    return Decoding(**choice.model_dump())


def _missing(recipe: Recipe, purpose: str) -> ModelMissing:
    return ModelMissing(
        f"The recipe {recipe.name} has no model {purpose}.",
        field="recipe",
        given=recipe.name,
        hint="Ask with a recipe that has one (GET /v1/recipes), or write one as docs/recipes.md "
        "describes and install its models with: khabar models pull RECIPE.",
    )
