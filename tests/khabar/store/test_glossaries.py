"""Uploaded glossaries on a real Redis, and the jobs that are taken in with them."""

import re

import pytest
import redis

from khabar.errors import (
    GlossariesFull,
    GlossaryChanged,
    GlossaryChanging,
    GlossaryMissing,
    GlossaryUnknown,
)
from khabar.glossary import Glossary
from khabar.glossary_file import receive_glossary
from khabar.recipe import Edition, Recipe
from khabar.settings import Settings
from khabar.store import schema
from khabar.store.connection import service_connection
from khabar.store.glossaries import (
    ANY,
    NONE,
    CurrentGlossary,
    GlossaryReader,
    GlossaryShelf,
    Upload,
)
from khabar.store.intake import Intake
from khabar.store.ledger import Ledger
from tests.khabar.store.builders import submission, summary_for

pytestmark = pytest.mark.anyio
RECIPE = Recipe.model_validate({"name": "builtin", "summarizer": {"kind": "extractive"}})


def text(term: str) -> str:
    return f"en,ru,note\none,{term},a note\n"


def glossary(term: str) -> Glossary:
    return receive_glossary(text(term).encode())[0]


def edition(term: str) -> Edition:
    return Edition(RECIPE, glossary(term).digest)


@pytest.fixture
async def shelf(settings: Settings):
    connection = service_connection(settings.store_url)
    yield GlossaryShelf(connection, 3)
    await connection.aclose()


async def put(
    shelf: GlossaryShelf, term: str, condition: str = "", recipe: str = "builtin"
) -> CurrentGlossary:
    kept, _ = await shelf.put(recipe, Upload.of(glossary(term), text(term)), condition)
    return kept


async def test_what_was_put_is_read_by_recipe_and_by_digest(
    shelf: GlossaryShelf, redis_client: redis.Redis
):
    kept = await put(shelf, "один")
    assert await shelf.read("builtin") == (kept, text("один"))
    assert await shelf.all() == {"builtin": kept}
    assert (kept.digest, kept.entries) == (glossary("один").digest, 1)
    assert GlossaryReader(redis_client).read(kept.digest).entries == glossary("один").entries


async def test_a_note_changes_the_tag_and_not_the_terms(shelf: GlossaryShelf):
    first = await put(shelf, "один")
    noted = text("один").replace("a note", "another")
    second, new = await shelf.put("builtin", Upload.of(glossary("один"), noted))
    assert not new
    assert (second.digest, second.since) == (first.digest, first.since)
    assert second.tag != first.tag
    assert (await shelf.read("builtin"))[1] == noted


async def test_two_editors_do_not_overwrite_each_other(shelf: GlossaryShelf):
    first = await put(shelf, "один", NONE)
    with pytest.raises(GlossaryChanged):
        await put(shelf, "два", NONE)
    second = await put(shelf, "два", f"x {first.tag}")
    with pytest.raises(GlossaryChanged):
        await put(shelf, "три", first.tag)
    with pytest.raises(GlossaryChanged):
        await shelf.remove("builtin", first.tag)
    await put(shelf, "три", ANY)
    assert second.digest != first.digest


async def test_an_answer_that_was_lost_is_given_again(shelf: GlossaryShelf):
    first = await put(shelf, "один")
    second = await put(shelf, "два", first.tag)
    assert await put(shelf, "два", first.tag) == second


async def test_what_was_removed_is_unknown(shelf: GlossaryShelf):
    kept = await put(shelf, "один")
    await shelf.remove("builtin", kept.tag)
    assert await shelf.all() == {}
    for gone in (shelf.read("builtin"), shelf.remove("builtin")):
        with pytest.raises(GlossaryUnknown):
            await gone
    for condition in (ANY, kept.tag):
        with pytest.raises(GlossaryChanged):
            await put(shelf, "два", condition)


async def test_a_glossary_that_is_not_kept_or_not_whole_is_missing(
    shelf: GlossaryShelf, redis_client: redis.Redis
):
    reader = GlossaryReader(redis_client)
    with pytest.raises(GlossaryMissing):
        reader.read("0" * 64)
    kept = await put(shelf, "один")
    redis_client.set(schema.GLOSSARY + kept.digest, glossary("два").encode())
    with pytest.raises(GlossaryMissing):
        reader.read(kept.digest)


async def test_those_replaced_longest_ago_make_room(
    shelf: GlossaryShelf, redis_client: redis.Redis
):
    await put(shelf, "сперва", recipe="other")
    for term in ("один", "два", "три", "четыре"):
        await put(shelf, term)
    reader = GlossaryReader(redis_client)
    for term in ("сперва", "три", "четыре"):
        assert reader.read(glossary(term).digest)
    for term in ("один", "два"):
        with pytest.raises(GlossaryMissing):
            reader.read(glossary(term).digest)


async def test_none_goes_that_open_work_names(
    shelf: GlossaryShelf, intake: Intake, ledger: Ledger, redis_client: redis.Redis
):
    await put(shelf, "один")
    # The translation waits for its source, which a worker holds.
    await intake.submit(submission("j1", "ru").under(edition("один")))
    (due,) = redis_client.zrange(schema.DUE, 0, -1)
    claim = ledger.claim(due, "worker")
    assert claim is not None
    await put(shelf, "два")
    await intake.submit(submission("j2", "ru").under(edition("два")))
    await put(shelf, "три")
    with pytest.raises(GlossariesFull) as full:
        await put(shelf, "четыре", recipe="other")
    assert (full.value.limit, full.value.given) == (3, 3)
    assert GlossaryReader(redis_client).read(claim.computation.glossary)
    ledger.fail(claim, GlossaryMissing("Over.").record(), 0)
    await put(shelf, "четыре", recipe="other")
    assert (await shelf.all()).keys() == {"builtin", "other"}


async def test_a_job_is_taken_in_with_the_glossary_of_the_moment_only(
    shelf: GlossaryShelf, intake: Intake, ledger: Ledger, redis_client: redis.Redis
):
    await put(shelf, "один")
    for late in (submission("j1"), submission("j1").under(edition("два"))):
        with pytest.raises(GlossaryChanging):
            await intake.submit(late)
    assert not redis_client.exists(schema.JOB + "j1", schema.DUE)
    accepted = await intake.submit(submission("j1").under(edition("один")))
    await put(shelf, "два")
    # What was taken in stays so, and keeps its terms.
    assert (await intake.submit(submission("j1"))).new is False
    claim = ledger.claim(accepted.hints[0].id, "worker")
    assert claim is not None
    assert claim.computation.glossary == glossary("один").digest
    assert claim.computation.fingerprint == edition("один").fingerprint
    assert ledger.finish(claim, summary_for(claim), 1)[0]
    await shelf.remove("builtin")
    with pytest.raises(GlossaryChanging):
        await intake.submit(submission("j2").under(edition("два")))
    assert (await intake.submit(submission("j2"))).new


async def test_of_many_only_the_late_are_refused(shelf: GlossaryShelf, intake: Intake):
    await put(shelf, "один")
    sent = [submission("j1"), submission("j2").under(edition("один"))]
    late, taken = await intake.submit_many(sent)
    assert isinstance(late, GlossaryChanging)
    assert taken.job_id == "j2"


async def test_a_key_that_was_used_leads_to_its_job_after_an_upload(
    shelf: GlossaryShelf, intake: Intake
):
    await intake.submit(submission("j1", idempotency="k"))
    await put(shelf, "один")
    again = await intake.submit(submission("j2", idempotency="k"))
    assert (again.job_id, again.new) == ("j1", False)


async def test_work_recorded_before_there_were_uploads_is_claimed(
    intake: Intake, ledger: Ledger, redis_client: redis.Redis
):
    accepted = await intake.submit(submission("j1"))
    redis_client.hdel(schema.COMPUTATION + accepted.hints[0].id, "glossary")
    claim = ledger.claim(accepted.hints[0].id, "worker")
    assert claim is not None
    assert claim.computation.glossary == ""


def test_a_value_is_read_as_it_was_written():
    value = f"{'0' * 64} 12 1790000000.25 {'a' * 32}"
    read = CurrentGlossary.decode(value)
    assert (read.entries, read.since.timestamp(), read.tag) == (12, 1790000000.25, "a" * 32)
    assert re.fullmatch(r"0{64}", read.digest)
