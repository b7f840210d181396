"""What a process knows of uploaded glossaries, and what becomes of jobs when it is wrong."""

import asyncio
from collections.abc import Callable

import pytest

from khabar.errors import GlossaryChanging, StoreUnavailable
from khabar.glossary_file import receive_glossary
from khabar.recipe import RecipeBook
from khabar.settings import Settings
from khabar.store.connection import service_connection
from khabar.store.glossaries import CurrentGlossary, GlossaryShelf, Upload
from khabar.store.intake import Intake
from service import editions as editions_module
from service.editions import Editions
from service.schemas import JobIn
from service.submitting import Sender, prepare, submit, submit_many
from tests.service.articles import TEXT

pytestmark = pytest.mark.anyio
BOOK = RecipeBook.load(None, "builtin")


@pytest.fixture
async def store(settings: Settings):
    connection = service_connection(settings.store_url)
    yield connection
    await connection.aclose()


@pytest.fixture
def shelf(store) -> GlossaryShelf:
    return GlossaryShelf(store, 10)


@pytest.fixture
def intake(store, settings: Settings) -> Intake:
    return Intake(store, settings)


def editions(shelf: GlossaryShelf, on_change: Callable[[], None] = lambda: None) -> Editions:
    return Editions(BOOK, shelf, on_change)


async def upload(shelf: GlossaryShelf, term: str) -> CurrentGlossary:
    text = f"en,ru\none,{term}\n"
    kept, _ = await shelf.put("builtin", Upload.of(*receive_glossary(text.encode())))
    return kept


async def until_known(known: Editions, kept: CurrentGlossary) -> None:
    async with asyncio.timeout(2):
        while known.find(None).glossary != kept.digest:  # noqa: ASYNC110 -- nothing tells of it.
            await asyncio.sleep(0.001)


def of(name: str, known: Editions, settings: Settings):
    sent = JobIn.model_validate({"text": f"{name}. {TEXT}", "language": "en"})
    return prepare(sent, Sender(""), known, settings)


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


async def test_a_late_process_takes_a_job_in_with_the_new_terms(
    shelf: GlossaryShelf, intake: Intake, settings: Settings
):
    known = editions(shelf)
    kept = await upload(shelf, "один")
    late = of("One", known, settings)
    accepted = await submit(late, intake, known)
    job = await intake.job(accepted.job_id)
    assert job.fingerprint == BOOK.default.fingerprint_with(kept.digest)
    assert {status.computation for status in job.languages.values()} == {
        computation.id for computation in late.under(known.find(None)).wanted
    }


async def test_many_late_jobs_are_taken_in_with_the_new_terms(
    shelf: GlossaryShelf, intake: Intake, settings: Settings
):
    known = editions(shelf)
    sent = [of("One", known, settings)]
    kept = await upload(shelf, "один")
    await known.refresh()
    sent.append(of("Two", known, settings))
    answers = await submit_many(sent, intake, known)
    jobs = await intake.jobs([answer.job_id for answer in answers])
    assert {job.fingerprint for job in jobs} == {BOOK.default.fingerprint_with(kept.digest)}
    assert [job.id for job in jobs] == [submission.job_id for submission in sent]


async def test_it_gives_up_where_the_glossary_never_stands_still(
    shelf: GlossaryShelf, intake: Intake, settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    known = editions(shelf)
    await upload(shelf, "один")
    tries: list[int] = []

    async def nothing() -> None:
        tries.append(1)

    monkeypatch.setattr(known, "refresh", nothing)
    with pytest.raises(GlossaryChanging):
        await submit(of("One", known, settings), intake, known)
    (answer,) = await submit_many([of("Two", known, settings)], intake, known)
    assert isinstance(answer, GlossaryChanging)
    assert len(tries) == 8
