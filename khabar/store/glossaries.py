"""Uploaded glossaries: terms under their digest, and which of them each recipe has."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self, cast

import redis
from redis.asyncio import Redis

from khabar.errors import GlossariesFull, GlossaryChanged, GlossaryMissing, GlossaryUnknown
from khabar.glossary import Glossary
from khabar.store import glossary_scripts, schema
from khabar.store.absence import told

ANY = "*"
"""The condition that the recipe has an uploaded glossary."""
NONE = "-"
"""The condition that it has none."""


@dataclass(frozen=True, slots=True)
class CurrentGlossary:
    """The uploaded glossary of a recipe.

    ``digest`` identifies the terms, ``tag`` the text with its notes. ``since`` is when the recipe
    got these terms.
    """

    digest: str
    entries: int
    since: datetime
    tag: str

    @classmethod
    def decode(cls, value: str) -> Self:
        """Read what PUT_GLOSSARY wrote."""
        digest, entries, since, tag = value.split(" ")
        return cls(digest, int(entries), datetime.fromtimestamp(float(since), UTC), tag)


@dataclass(frozen=True, slots=True)
class Upload:
    """A glossary as PUT_GLOSSARY takes it."""

    digest: str
    entries: int
    tag: str
    terms_json: str
    text: str

    @classmethod
    def of(cls, glossary: Glossary, text: str) -> Self:
        """Build what is stored of a glossary and the text it was read from.

        Takes some hundred milliseconds of a processor's time for the largest.
        """
        tag = hashlib.sha256(text.encode()).hexdigest()[:32]
        return cls(glossary.digest, len(glossary.entries), tag, glossary.encode(), text)


class GlossaryShelf:
    """The glossaries as the service uses them. Raises StoreUnavailable from any method.

    A ``condition`` is "" for none, ANY, NONE, or tags with spaces between, one of which the
    glossary must have.
    """

    def __init__(self, connection: Redis, most: int) -> None:
        self._redis = connection
        self._most = most
        self._put = connection.register_script(glossary_scripts.PUT_GLOSSARY)
        self._remove = connection.register_script(glossary_scripts.REMOVE_GLOSSARY)

    async def put(
        self, recipe: str, upload: Upload, condition: str = ""
    ) -> tuple[CurrentGlossary, bool]:
        """Make a glossary the recipe's. Return it, and whether the recipe had none before.

        Raises GlossaryChanged and GlossariesFull.
        """
        arguments: list[str | int] = [
            recipe,
            upload.digest,
            upload.entries,
            upload.tag,
            upload.terms_json,
            upload.text,
            condition,
            self._most,
        ]
        async with told():
            verdict, detail = await self._put(args=arguments)
        if verdict == "full":
            raise GlossariesFull(
                "As many glossaries as may be kept are in use.",
                limit=self._most,
                given=int(detail),
                hint="Wait for the work with the old ones to end, remove one, or raise "
                "KHABAR_GLOSSARIES_KEPT.",
            )
        if verdict == "changed":
            raise _changed(condition)
        return CurrentGlossary.decode(detail), verdict == "new"

    async def remove(self, recipe: str, condition: str = "") -> None:
        """Let the recipe have its own file's again. Raises GlossaryUnknown, GlossaryChanged."""
        async with told():
            verdict = await self._remove(args=[recipe, condition])
        if verdict == "changed":
            raise _changed(condition)
        if verdict == "unknown":
            raise _unknown()

    async def read(self, recipe: str) -> tuple[CurrentGlossary, str]:
        """Return a recipe's glossary and its text. Raises GlossaryUnknown."""
        async with told():
            pipeline = self._redis.pipeline(transaction=True)
            pipeline.hget(schema.GLOSSARY_OF, recipe)
            pipeline.hget(schema.GLOSSARY_FILES, recipe)
            value, text = await pipeline.execute()
        if value is None:
            raise _unknown()
        return CurrentGlossary.decode(value), text

    async def all(self) -> dict[str, CurrentGlossary]:
        """Return the glossary of every recipe that has one, by the recipe's name."""
        async with told():
            found = cast("dict[str, str]", await self._redis.hgetall(schema.GLOSSARY_OF))
        return {recipe: CurrentGlossary.decode(value) for recipe, value in found.items()}


class GlossaryReader:
    """The glossaries as the workers use them: by digest, never the one that is current."""

    def __init__(self, connection: redis.Redis) -> None:
        self._redis = connection

    def read(self, digest: str) -> Glossary:
        """Return the glossary of this digest. Raises GlossaryMissing, and what the store raises."""
        text = cast("str | None", self._redis.get(schema.GLOSSARY + digest))
        glossary = None if text is None else Glossary.decode(text)
        if glossary is None or glossary.digest != digest:
            raise GlossaryMissing(
                "The glossary this was asked for with is no longer kept.",
                field="glossary",
                given=digest,
                hint="Upload it again, then send the article again.",
            )
        return glossary


def _changed(condition: str) -> GlossaryChanged:
    return GlossaryChanged(
        "The recipe's uploaded glossary is not what the request says it must be.",
        field="If-None-Match" if condition == NONE else "If-Match",
        hint="Read it again, and put your changes into what is there now.",
    )


def _unknown() -> GlossaryUnknown:
    return GlossaryUnknown(
        "No glossary was uploaded for this recipe.",
        field="recipe",
        hint="GET /v1/recipes shows whether it has one in a file of its own.",
    )
