"""What Khabar can do: its languages and recipes."""

from typing import Any

from fastapi import APIRouter, Response

from khabar.errors import CardUnknown
from khabar.languages import FACTS, Language
from khabar.recipe import ModelChoice, Recipe
from service.auth import Anybody
from service.editions import Editions
from service.problems import documented
from service.resources import Held, RecipeName, Resources
from service.schemas import GlossaryInfo, LanguageInfo, ModelInfo, RecipeInfo

router = APIRouter(prefix="/v1", tags=["catalogue"])

_MARKDOWN = "text/markdown"
_CARD: dict[int | str, dict[str, Any]] = {
    200: {"description": "The card.", "content": {_MARKDOWN: {"schema": {"type": "string"}}}}
}


@router.get("/languages", response_model=list[LanguageInfo], responses=documented(401, 503))
async def languages(_: Anybody) -> list[LanguageInfo]:
    """List the languages articles may be in and summaries are made in."""
    return [
        LanguageInfo(
            code=language,
            english_name=facts.english_name,
            own_name=facts.own_name,
            script=facts.script,
            direction=facts.direction,
        )
        for language, facts in FACTS.items()
    ]


@router.get("/recipes", response_model=list[RecipeInfo], responses=documented(401, 503))
async def recipes(held: Held, _: Anybody) -> list[RecipeInfo]:
    """List the recipes, the models they use with licences, and whether workers have them."""
    workers = await held.intake.workers()
    installed = _installed(workers)
    return [
        _describe(recipe, held, installed if workers else None) for recipe in held.recipes.all()
    ]


@router.get(
    "/recipes/{name}/card",
    response_class=Response,
    responses={**_CARD, **documented(401, 404, 422, 503)},
)
async def card(_: Anybody, name: RecipeName, held: Held) -> Response:
    """Return the card of a recipe's models: what they can and cannot, licence and credits.

    404 `card_unknown` where none comes with the recipe. A recipe that may not be used here has one
    all the same.
    """
    recipe = held.recipes.named(name)
    if not recipe.card:
        raise CardUnknown(
            "No card of its models comes with this recipe.",
            field="name",
            given=recipe.name,
            hint="The pages of its models tell of them: GET /v1/recipes has their ids.",
        )
    return Response(recipe.card, media_type=_MARKDOWN)


def _installed(workers: list[dict[str, Any]]) -> dict[str, int]:
    """Return the size in bytes of each model, ``id@revision``, that some worker has."""
    return {name: size for worker in workers for name, size in worker.get("models", {}).items()}


def _describe(recipe: Recipe, held: Resources, installed: dict[str, int] | None) -> RecipeInfo:
    return RecipeInfo(
        name=recipe.name,
        description=recipe.description,
        default=recipe is held.recipes.default,
        fingerprint=held.editions.of(recipe).fingerprint,
        glossary=_glossary(recipe, held.editions),
        summarizer=recipe.summarizer.kind,
        pairs=[
            (source, target)
            for source in Language
            for target in Language
            if source != target and recipe.route(source, target)
        ],
        models=[_model(choice, installed) for choice in recipe.models],
        card=f"/v1/recipes/{recipe.name}/card" if recipe.card else None,
        refused=list(held.recipes.refused_models(recipe)),
    )


def _glossary(recipe: Recipe, editions: Editions) -> GlossaryInfo | None:
    uploaded = editions.uploaded(recipe)
    if uploaded is not None:
        return GlossaryInfo(
            digest=uploaded.digest, entries=uploaded.entries, uploaded_at=uploaded.since
        )
    own = recipe.terms
    return GlossaryInfo(digest=own.digest, entries=len(own.entries)) if own.entries else None


def _model(choice: ModelChoice, installed: dict[str, int] | None) -> ModelInfo:
    size = (installed or {}).get(f"{choice.id}@{choice.revision}")
    return ModelInfo(
        role=choice.role,
        id=choice.id,
        revision=choice.revision,
        licence=choice.licence,
        pairs=list(choice.pairs),
        installed=None if installed is None else size is not None,
        bytes=size,
    )
