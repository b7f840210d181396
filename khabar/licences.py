"""The gate for models whose licence forbids commercial use."""

from collections.abc import Sequence
from typing import Protocol

from khabar.errors import LicenceRefused


class Licensed(Protocol):
    """A model and the terms it comes under."""

    @property
    def id(self) -> str:
        """Its id."""
        ...

    @property
    def licence(self) -> str:
        """Its licence, as an SPDX identifier."""
        ...

    @property
    def commercial(self) -> bool:
        """Whether a business may use it."""
        ...


class UsesModels(Protocol):
    """A recipe, as far as this gate looks at it."""

    @property
    def name(self) -> str:
        """Its name."""
        ...

    @property
    def models(self) -> Sequence[Licensed]:
        """Its models."""
        ...


def refused_models(recipe: UsesModels, *, allow_noncommercial: bool) -> tuple[str, ...]:
    """Return the ids of the recipe's models that may not be used here."""
    if allow_noncommercial:
        return ()
    return tuple(model.id for model in recipe.models if not model.commercial)


def require_permitted(recipe: UsesModels, *, allow_noncommercial: bool) -> None:
    """Raise LicenceRefused if a model of the recipe may not be used here."""
    refused = refused_models(recipe, allow_noncommercial=allow_noncommercial)
    if not refused:
        return
    licences = sorted({model.licence for model in recipe.models if model.id in refused})
    raise LicenceRefused(
        f"The recipe {recipe.name} uses models that may not be used commercially: "
        f"{', '.join(refused)} ({', '.join(licences)}).",
        field="recipe",
        given=recipe.name,
        hint="Set KHABAR_ALLOW_NONCOMMERCIAL=true, for the service and all workers, if your use is "
        "not commercial; or choose another recipe (GET /v1/recipes).",
    )
