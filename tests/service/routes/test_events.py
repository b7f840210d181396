import asyncio
import json

import httpx
import pytest

from khabar.errors import ModelMissing
from khabar.store.ledger import Ledger
from tests.service.articles import article, do_all_work

pytestmark = pytest.mark.anyio


def parse(text: str) -> list[dict[str, str]]:
    events = []
    for block in text.replace("\r\n", "\n").split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
        if "event" in fields:
            events.append(fields)
    return events


async def test_the_events_of_an_ended_job(client: httpx.AsyncClient, ledger: Ledger):
    job = (await client.post("/v1/jobs", json=article(languages=["en", "ru"]))).json()
    do_all_work(ledger)
    answer = await client.get(job["links"]["events"])
    assert answer.headers["content-type"].startswith("text/event-stream")
    events = parse(answer.text)
    assert [event["event"] for event in events] == ["accepted", *["language"] * 4, "end"]
    data = [json.loads(event["data"]) for event in events]
    assert all(entry["job"] == job["id"] for entry in data)
    summaries = {entry["language"]: entry["summary"] for entry in data if "summary" in entry}
    assert {code: summary["language"] for code, summary in summaries.items()} == {
        "en": "en",
        "ru": "ru",
    }
    assert data[-1]["state"] == "done"


async def test_events_resume_after_the_last_seen(client: httpx.AsyncClient, ledger: Ledger):
    job = (await client.post("/v1/jobs", json=article(languages=["en"]))).json()
    do_all_work(ledger)
    whole = parse((await client.get(job["links"]["events"])).text)
    rest = await client.get(job["links"]["events"], headers={"Last-Event-ID": whole[1]["id"]})
    assert [event["id"] for event in parse(rest.text)] == [event["id"] for event in whole[2:]]


async def test_who_has_seen_the_end_waits_for_nothing(client: httpx.AsyncClient, ledger: Ledger):
    job = (await client.post("/v1/jobs", json=article(languages=["en"]))).json()
    do_all_work(ledger)
    end = parse((await client.get(job["links"]["events"])).text)[-1]
    async with asyncio.timeout(5):
        rest = await client.get(job["links"]["events"], headers={"Last-Event-ID": end["id"]})
    assert (rest.status_code, rest.content) == (204, b"")
    assert rest.headers["x-content-type-options"] == "nosniff"


async def test_a_failed_language_tells_its_error(client: httpx.AsyncClient, ledger: Ledger):
    job = (await client.post("/v1/jobs", json=article(languages=["en"]))).json()
    (computation,) = ledger._redis.zrange("khabar:1:due", 0, -1)
    claim = ledger.claim(computation, "w")
    assert claim is not None
    ledger.fail(claim, ModelMissing("No model.", hint="Install one.").record(), 0)
    events = parse((await client.get(job["links"]["events"])).text)
    failed = json.loads(events[-2]["data"])
    assert (failed["state"], failed["error"]["code"]) == ("failed", "model_missing")
    assert failed["error"]["hint"] == "Install one."


async def test_unknown_jobs_and_ids_are_refused_before_the_stream(client: httpx.AsyncClient):
    unknown = await client.get(f"/v1/jobs/{'0' * 32}/events")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "job_unknown")
    job = (await client.post("/v1/jobs", json=article())).json()
    nonsense = await client.get(job["links"]["events"], headers={"Last-Event-ID": "nonsense"})
    assert (nonsense.status_code, nonsense.json()["field"]) == (422, "Last-Event-ID")


@pytest.mark.parametrize(
    "given", ["18446744073709551615-0", "0-18446744073709551615", "99999999999999999999-0", "1-1 "]
)
async def test_an_id_that_no_event_can_have_is_refused(client: httpx.AsyncClient, given: str):
    place = (await client.post("/v1/jobs", json=article())).headers["location"]
    answer = await client.get(f"{place}/events", headers={"Last-Event-ID": given})
    assert (answer.status_code, answer.json()["code"]) == (422, "field_invalid")
