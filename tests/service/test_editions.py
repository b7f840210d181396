"""What a process knows of uploaded glossaries."""

import asyncio

import pytest

from khabar.errors import StoreUnavailable
from khabar.store.glossaries import CurrentGlossary, GlossaryShelf
from service import editions as editions_module
from service.editions import Editions
from tests.service.uploads import BOOK, editions, upload

pytestmark = pytest.mark.anyio


async def until_known(known: Editions, kept: CurrentGlossary) -> None:
    async with asyncio.timeout(2):
        while known.find(None).glossary != kept.digest:  # noqa: ASYNC110 -- nothing tells of it.
            await asyncio.sleep(0.001)


async def test_what_is_known_changes_when_it_is_read_again(shelf: GlossaryShelf):
    changes: list[int] = []
    known = editions(shelf, lambda: changes.append(1))
    await known.refresh()
    own = known.find("builtin")
    assert (own.glossary, own.fingerprint) == ("", BOOK.default.fingerprint)
    kept = await upload(shelf, "один")
    assert known.find(None) is own
    await known.refresh()
    await known.refresh()
    assert known.find(None).glossary == kept.digest
    assert known.find(None).fingerprint == BOOK.default.fingerprint_with(kept.digest)
    assert known.uploaded(BOOK.default) == kept
    assert known.find("opus").glossary == ""
    assert len(changes) == 1


async def test_it_is_read_when_the_bell_rings(shelf: GlossaryShelf):
    known = editions(shelf)
    running = asyncio.create_task(known.run())
    await asyncio.sleep(0.05)
    kept = await upload(shelf, "один")
    known.hear("builtin")
    await until_known(known, kept)
    # A cancellation that comes with the bell must not be lost.
    known.hear(None)
    running.cancel()
    await asyncio.wait({running}, timeout=2)
    assert running.cancelled()


async def test_it_is_read_again_without_being_told(
    shelf: GlossaryShelf, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(editions_module, "_REREAD_SECONDS", 0.05)
    known = editions(shelf)
    failures = [StoreUnavailable("Away."), ValueError("A mistake of ours.")]
    read = shelf.all

    async def flaky() -> dict[str, CurrentGlossary]:
        if failures:
            raise failures.pop()
        return await read()

    monkeypatch.setattr(shelf, "all", flaky)
    running = asyncio.create_task(known.run())
    kept = await upload(shelf, "один")
    await until_known(known, kept)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
