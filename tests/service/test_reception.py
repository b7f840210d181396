"""Jobs that come with an old glossary, on a real store."""

import pytest

from khabar.errors import GlossaryChanging
from khabar.settings import Settings
from khabar.store.connection import service_connection
from khabar.store.glossaries import GlossaryShelf
from khabar.store.intake import Intake
from service.editions import Editions
from service.reception import Reception
from service.schemas import JobIn
from service.submitting import Sender, prepare
from tests.service.articles import TEXT
from tests.service.uploads import BOOK, editions, upload

pytestmark = pytest.mark.anyio


@pytest.fixture
async def intake(settings: Settings):
    connection = service_connection(settings.store_url)
    yield Intake(connection, settings)
    await connection.aclose()


def of(name: str, known: Editions, settings: Settings):
    sent = JobIn.model_validate({"text": f"{name}. {TEXT}", "language": "en"})
    return prepare(sent, Sender(""), known, settings)


async def test_a_late_process_takes_a_job_in_with_the_new_terms(
    shelf: GlossaryShelf, intake: Intake, settings: Settings
):
    known = editions(shelf)
    kept = await upload(shelf, "один")
    late = of("One", known, settings)
    accepted = await Reception(intake, known).submit(late)
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
    answers = await Reception(intake, known).submit_many(sent)
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
    reception = Reception(intake, known)
    with pytest.raises(GlossaryChanging):
        await reception.submit(of("One", known, settings))
    (answer,) = await reception.submit_many([of("Two", known, settings)])
    assert isinstance(answer, GlossaryChanging)
    assert len(tries) == 8
