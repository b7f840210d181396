import asyncio

import httpx
import pytest

from khabar.store.ledger import Ledger
from tests.service.articles import article, do_all_work

pytestmark = pytest.mark.anyio


async def made(client: httpx.AsyncClient, ledger: Ledger, **changes: object) -> str:
    job = (await client.post("/v1/jobs", json=article(**changes))).json()
    do_all_work(ledger)
    return f"/v1/summaries/{job['article_hash']}"


async def test_never_seen_is_told_from_not_in_this_language(
    client: httpx.AsyncClient, ledger: Ledger
):
    never = await client.get("/v1/summaries/" + "0" * 64)
    assert (never.status_code, never.json()["code"]) == (404, "article_unknown")
    place = await made(client, ledger, languages=["en"])
    other = await client.get(f"{place}/ru")
    assert (other.status_code, other.json()["code"]) == (404, "summary_unknown")
    longer = await client.get(place, params={"length": "long"})
    assert (longer.status_code, longer.json()["code"]) == (404, "summary_unknown")


async def test_reading_by_hash_with_etag_and_304(client: httpx.AsyncClient, ledger: Ledger):
    place = await made(client, ledger)
    for path in (place, f"{place}/ar"):
        first = await client.get(path)
        assert first.status_code == 200
        etag = first.headers["etag"]
        assert etag.startswith('"')
        assert "max-age" in first.headers["cache-control"]
        for tag in (etag, f'W/{etag}, "x"', "*"):
            unchanged = await client.get(path, headers={"If-None-Match": tag})
            assert (unchanged.status_code, unchanged.content) == (304, b"")
            assert unchanged.headers["etag"] == etag
        changed = await client.get(path, headers={"If-None-Match": '"other"'})
        assert changed.status_code == 200


async def test_memory_repeats_what_the_route_said(client: httpx.AsyncClient, ledger: Ledger):
    place = await made(client, ledger)
    from_route, from_memory = [await client.get(f"{place}/en") for _ in range(2)]
    assert from_route.content == from_memory.content
    for answer in (from_route, from_memory):
        assert len(answer.headers.pop("x-request-id")) == 16
    assert dict(from_route.headers) == dict(from_memory.headers)
    metrics = (await client.get("/metrics")).text
    assert "khabar_memory_reads_total 1.0" in metrics


async def test_what_may_still_grow_is_not_kept_in_memory(client: httpx.AsyncClient, ledger: Ledger):
    place = await made(client, ledger, languages=["en"])
    assert (await client.get(place)).json()["missing"] == ["ar", "ru"]
    await made(client, ledger)
    assert (await client.get(place)).json()["missing"] == []


async def test_a_withdrawn_article_is_gone_from_memory_too(
    app, client: httpx.AsyncClient, ledger: Ledger
):
    place = await made(client, ledger)
    assert (await client.get(place)).status_code == 200
    await app.state.resources.intake.withdraw(place.rsplit("/", 1)[1])
    for _ in range(100):
        answer = await client.get(place)
        if answer.status_code == 404:
            break
        await asyncio.sleep(0.01)
    assert answer.json()["code"] == "article_unknown"


async def test_a_job_leads_to_its_summaries(client: httpx.AsyncClient, ledger: Ledger):
    job = (await client.post("/v1/jobs", json=article(length="long"))).json()
    do_all_work(ledger)
    found = await client.get(job["links"]["summaries"])
    assert found.json()["length"] == "long"
    assert found.json()["missing"] == []


async def test_lookup_finds_and_never_starts_a_job(client: httpx.AsyncClient, ledger: Ledger):
    unseen = await client.post("/v1/summaries/lookup", json=article())
    assert (unseen.status_code, unseen.json()["code"]) == (404, "article_unknown")
    assert do_all_work(ledger) == 0
    place = await made(client, ledger)
    found = await client.post("/v1/summaries/lookup", json=article(version="7"))
    assert found.status_code == 200
    assert found.json() == (await client.get(place)).json()
