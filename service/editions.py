"""The recipes with the glossary that each has at the moment, as this process last heard.

What was uploaded is known from the store. Every process keeps it in memory, is told when it
changes, and reads it again from time to time in case it was not told. A job that is taken in by
what is no longer so is refused by the store itself (SUBMIT), and tried again (service.reception).
"""

import asyncio
import contextlib
from collections.abc import Callable

import structlog

from khabar.errors import StoreUnavailable
from khabar.recipe import Edition, Recipe, RecipeBook
from khabar.store.glossaries import CurrentGlossary, GlossaryShelf

_log = structlog.get_logger(__name__)
_REREAD_SECONDS = 5.0
"""Changes may be missed while the connection that tells of them is down."""


class Editions:
    """Finds recipes by name, as ``RecipeBook`` does, with their glossaries."""

    def __init__(
        self, recipes: RecipeBook, shelf: GlossaryShelf, on_change: Callable[[], None]
    ) -> None:
        self._recipes = recipes
        self._shelf = shelf
        self._on_change = on_change
        self._uploaded: dict[str, CurrentGlossary] = {}
        self._editions: dict[str, Edition] = {}
        self._reading = asyncio.Lock()
        self._bell = asyncio.Event()

    def find(self, name: str | None) -> Edition:
        """Return the edition of a recipe, or of the default one for None.

        Raises RecipeUnknown and LicenceRefused. Asks nothing of the store.
        """
        return self.of(self._recipes.find(name))

    def of(self, recipe: Recipe) -> Edition:
        """Return a recipe with its glossary."""
        editions = self._editions
        if recipe.name not in editions:
            uploaded = self._uploaded.get(recipe.name)
            editions[recipe.name] = Edition(recipe, uploaded.digest if uploaded else "")
        return editions[recipe.name]

    def uploaded(self, recipe: Recipe) -> CurrentGlossary | None:
        """Return the glossary that was uploaded for a recipe, if one was."""
        return self._uploaded.get(recipe.name)

    def hear(self, _recipe: str | None) -> None:
        """Have everything read again soon: a glossary was changed, or may have been."""
        self._bell.set()

    async def refresh(self) -> None:
        """Read everything again now. Raises StoreUnavailable."""
        # One at a time: an older answer must not replace a newer one.
        async with self._reading:
            found = await self._shelf.all()
            if found == self._uploaded:
                return
            self._uploaded, self._editions = found, {}
            self._on_change()

    async def run(self) -> None:
        """Keep up with the store until cancelled."""
        while True:
            self._bell.clear()
            try:
                await self.refresh()
            except StoreUnavailable as error:
                _log.warning("glossaries not read", reason=error.message)
            except Exception:  # noqa: BLE001 -- the task has to go on.
                # A mistake of ours must not leave this process with old glossaries for good.
                _log.exception("reading glossaries failed")
            # Python 3.11's wait_for may lose a cancellation that comes with the bell.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_REREAD_SECONDS):
                    await self._bell.wait()
