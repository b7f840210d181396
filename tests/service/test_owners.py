"""What one key may see of another's."""

from datetime import timedelta

import httpx
import pytest

from khabar.api_key import Scope
from khabar.settings import Settings
from khabar.store.api_keys import KeyRing
from khabar.store.ledger import Ledger
from tests.service.articles import RUSSIAN_TEXT, article, do_all_work
from tests.service.guarded import client_of, guarded

pytestmark = pytest.mark.anyio


@pytest.fixture
async def tokens(keys: KeyRing) -> tuple[str, str]:
    return (await keys.create("ours"))[1], (await keys.create("theirs"))[1]


async def told(client: httpx.AsyncClient, place: str, **lookup: object) -> list[tuple[int, str]]:
    """What the three ways to read by hash say: status and body, less what names the request."""
    answers = [
        await client.get(place),
        await client.get(f"{place}/en"),
        await client.post("/v1/summaries/lookup", json=article(**lookup)),
    ]
    return [(answer.status_code, answer.text) for answer in answers]


async def test_what_another_sent_is_as_unknown_as_what_nobody_did(
    settings: Settings, tokens, ledger: Ledger
):
    async with (
        guarded(settings) as app,
        client_of(app, tokens[0]) as ours,
        client_of(app, tokens[1]) as theirs,
    ):
        job = (await ours.post("/v1/jobs", json=article())).json()
        do_all_work(ledger)
        place = f"/v1/summaries/{job['article_hash']}"
        # Twice, since the second of ours comes from memory.
        for _ in range(2):
            assert [status for status, _ in await told(ours, place)] == [200, 200, 200]
            never = await told(theirs, "/v1/summaries/" + "0" * 64, text=RUSSIAN_TEXT)
            assert await told(theirs, place) == never
            assert {status for status, _ in never} == {404}
        assert app.state.resources.cache.hits == 2


async def test_who_sends_the_same_article_gets_what_is_there(
    settings: Settings, tokens, ledger: Ledger
):
    async with (
        guarded(settings) as app,
        client_of(app, tokens[0]) as ours,
        client_of(app, tokens[1]) as theirs,
    ):
        job = (await ours.post("/v1/jobs", json=article())).json()
        assert do_all_work(ledger) == 3
        again = await theirs.post("/v1/jobs", json=article())
        assert (again.status_code, do_all_work(ledger)) == (200, 0)
        place = f"/v1/summaries/{job['article_hash']}"
        assert [status for status, _ in await told(theirs, place)] == [200, 200, 200]


async def test_where_summaries_are_shared_any_key_reads_them(
    settings: Settings, tokens, keys: KeyRing, ledger: Ledger
):
    async with (
        guarded(settings, share_summaries=True) as app,
        client_of(app, tokens[0]) as ours,
        client_of(app, tokens[1]) as theirs,
    ):
        job = (await ours.post("/v1/jobs", json=article())).json()
        do_all_work(ledger)
        place = f"/v1/summaries/{job['article_hash']}"
        assert await told(ours, place) == await told(theirs, place)
        # The second of theirs: with the first their key was not known here yet.
        assert app.state.resources.cache.hits == 1
        _, sender = await keys.create("sender", scopes=[Scope.SUBMIT])
        async with client_of(app, sender) as blind:
            await blind.post("/v1/jobs", json=article())
            assert (await blind.get(place)).status_code == 403
        assert (await theirs.get(job["links"]["self"])).status_code == 404


async def test_a_withdrawn_article_was_sent_by_nobody(settings: Settings, tokens, ledger: Ledger):
    async with (
        guarded(settings) as app,
        client_of(app, tokens[0]) as ours,
        client_of(app, tokens[1]) as theirs,
    ):
        job = (await ours.post("/v1/jobs", json=article())).json()
        do_all_work(ledger)
        place = f"/v1/summaries/{job['article_hash']}"
        await app.state.resources.intake.withdraw(job["article_hash"])
        await theirs.post("/v1/jobs", json=article())
        do_all_work(ledger)
        app.state.resources.cache.withdraw(None)
        assert [status for status, _ in await told(ours, place)] == [404, 404, 404]
        assert [status for status, _ in await told(theirs, place)] == [200, 200, 200]


async def test_another_keys_job_is_as_unknown_as_none(settings: Settings, tokens):
    async with (
        guarded(settings) as app,
        client_of(app, tokens[0]) as ours,
        client_of(app, tokens[1]) as theirs,
    ):
        batch = (await ours.post("/v1/jobs/batch", json=[article()])).json()
        place = batch["items"][0]["job"]["links"]["self"]
        never = "/v1/jobs/" + "0" * 32
        assert (await ours.get(place)).status_code == 200
        for method, path in (("GET", ""), ("DELETE", ""), ("GET", "/events")):
            foreign = await theirs.request(method, place + path)
            unknown = await theirs.request(method, never + path)
            assert (foreign.status_code, foreign.json()) == (404, unknown.json())
        assert (await ours.get(place)).json()["state"] == "queued"


async def test_an_idempotency_key_belongs_to_its_api_key(settings: Settings, tokens):
    headers = {"Idempotency-Key": "night"}
    async with (
        guarded(settings) as app,
        client_of(app, tokens[0]) as ours,
        client_of(app, tokens[1]) as theirs,
    ):
        first = await ours.post("/v1/jobs", json=article(), headers=headers)
        other = await theirs.post("/v1/jobs", json=article(length="long"), headers=headers)
        assert other.status_code == 202
        assert other.json()["id"] != first.json()["id"]
        batches = [
            (await client.post("/v1/jobs/batch", json=[article()], headers=headers)).json()
            for client in (ours, theirs)
        ]
        ids = {batch["items"][0]["job"]["id"] for batch in batches}
        assert len(ids) == 2


async def test_jobs_stay_with_a_key_that_is_rotated(settings: Settings, keys: KeyRing):
    key, old = await keys.create("desk")
    async with guarded(settings) as app, client_of(app, old) as client:
        place = (await client.post("/v1/jobs", json=article())).headers["location"]
        _, new = await keys.rotate(key.id, overlap=timedelta(days=1))
        async with client_of(app, new) as renewed:
            assert (await renewed.get(place)).status_code == 200
        assert (await client.get(place)).status_code == 200
