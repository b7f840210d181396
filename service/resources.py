"""What one API process holds from its start to its end."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Path
from starlette.requests import HTTPConnection

from khabar.audit import AuditLog
from khabar.errors import StoreUnavailable
from khabar.identify import load_model
from khabar.publisher import HintPublisher
from khabar.queues import celery_app
from khabar.recipe import Recipe, RecipeBook
from khabar.settings import Settings
from khabar.store import schema
from khabar.store.api_keys import KeyRing
from khabar.store.connection import service_connection, subscriber_connection
from khabar.store.glossaries import GlossaryShelf
from khabar.store.intake import Intake
from khabar.store.limiter import Limiter
from khabar.store.outbox import Outbox
from service.admission import Admission
from service.announcements import Announcements
from service.answers import AnswerCache
from service.editions import Editions
from service.gate import Gate
from service.reception import Reception


@dataclass(frozen=True, slots=True)
class Resources:
    """Opened once, shared by all requests."""

    settings: Settings
    recipes: RecipeBook
    editions: Editions
    glossaries: GlossaryShelf
    intake: Intake
    outbox: Outbox
    announcements: Announcements
    publisher: HintPublisher
    cache: AnswerCache
    audit: AuditLog
    gate: Gate
    admission: Admission


class Opener:
    """Opens the resources when the application starts and closes them when it ends."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.recipes = RecipeBook.load(
            settings.recipes_folder,
            settings.default_recipe,
            allow_noncommercial=settings.allow_noncommercial,
        )
        self.cache = AnswerCache(settings.memory_cache_bytes, shared=settings.share_summaries)
        self.audit = AuditLog.of(settings)
        self._store = service_connection(settings.store_url)
        self._listener = subscriber_connection(settings.store_url)
        self.gate = Gate(settings, KeyRing(self._store))

    @contextlib.asynccontextmanager
    async def opened(self) -> AsyncIterator[Resources]:
        """Yield the resources. Raises KeysMissing, where a key is needed, and AuditUnwritable.

        What was opened is closed again, the last first, also where something after it fails.
        """
        async with contextlib.AsyncExitStack() as closing:
            closing.push_async_callback(self._store.aclose)
            closing.push_async_callback(self._listener.aclose)
            await self.gate.check_start()
            self.audit.open()
            closing.callback(self.audit.close)
            publisher = HintPublisher(celery_app(self.settings))
            publisher.start()
            closing.push_async_callback(asyncio.to_thread, publisher.stop)
            yield await self._start(publisher, closing)

    async def _start(
        self, publisher: HintPublisher, closing: contextlib.AsyncExitStack
    ) -> Resources:
        """Start what runs beside the requests, and return all that they share."""
        glossaries = GlossaryShelf(self._store, self.settings.glossaries_kept)
        # What answers were made of may be another edition's from one moment to the next.
        editions = Editions(self.recipes, glossaries, lambda: self.cache.withdraw(None))
        announcements = Announcements(
            self._listener,
            {schema.WITHDRAWN: self.cache.withdraw, schema.GLOSSARY_CHANGED: editions.hear},
        )
        with contextlib.suppress(StoreUnavailable):
            # Without the store there is nothing to serve yet; it is read when it comes.
            await editions.refresh()
        listening = asyncio.gather(announcements.run(), editions.run())
        closing.push_async_callback(_end, listening)
        loading = asyncio.create_task(asyncio.to_thread(load_model))
        closing.push_async_callback(asyncio.wait_for, loading, None)
        intake = Intake(self._store, self.settings)
        return Resources(
            settings=self.settings,
            recipes=self.recipes,
            editions=editions,
            glossaries=glossaries,
            intake=intake,
            outbox=Outbox(self._store, self.settings),
            announcements=announcements,
            publisher=publisher,
            cache=self.cache,
            audit=self.audit,
            gate=self.gate,
            admission=Admission(Limiter(self._store), Reception(intake, editions)),
        )


async def _end(listening: "asyncio.Future[tuple[None, None]]") -> None:
    listening.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await listening


def _resources(connection: HTTPConnection) -> Resources:
    found: Resources = connection.app.state.resources
    return found


Held = Annotated[Resources, Depends(_resources)]


RecipeName = Annotated[str, Path(max_length=40)]


def _recipe(name: RecipeName, held: Held) -> Recipe:
    return held.recipes.find(name)


ChosenRecipe = Annotated[Recipe, Depends(_recipe)]
"""The recipe that a path names. RecipeUnknown and LicenceRefused are answered for it."""
