"""Entries that several change at once, on a real Redis."""

import asyncio

import pytest

from khabar.settings import Settings
from khabar.store.connection import service_connection
from khabar.store.entries import Entries

pytestmark = pytest.mark.anyio


@pytest.fixture
async def entries(settings: Settings):
    connection = service_connection(settings.store_url)
    yield Entries(connection, "khabar:1:test-entries")
    await connection.aclose()


async def test_no_change_is_lost(entries: Entries):
    await entries.make("seen", "-")
    await asyncio.gather(
        *(entries.change("seen", lambda text, n=n: f"{text} {n}") for n in range(30))
    )
    seen = (await entries.find("seen") or "").split()
    assert sorted(seen) == sorted(["-", *map(str, range(30))])


async def test_what_is_there_is_not_made_again(entries: Entries):
    assert await entries.make("one", "first") == "first"
    assert await entries.make("one", "second") == "first"


async def test_what_is_not_there_is_not_changed(entries: Entries):
    assert await entries.change("none", str.upper) is None
    assert await entries.find("none") is None


async def test_a_change_that_fails_leaves_it_as_it_is(entries: Entries):
    await entries.make("number", "many")
    with pytest.raises(ValueError, match="many"):
        await entries.change("number", lambda text: str(int(text)))
    assert await entries.find("number") == "many"
