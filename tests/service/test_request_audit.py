"""What is written of requests, and what must not be."""

import json
from pathlib import Path

import httpx
import pytest

from khabar.errors import AuditUnwritable
from khabar.settings import Settings
from khabar.store.api_keys import KeyRing
from khabar.store.ledger import Ledger
from tests.service.articles import article, do_all_work
from tests.service.guarded import client_of, guarded

pytestmark = pytest.mark.anyio


def acts(settings: Settings) -> list[dict]:
    path = settings.var_folder / "log" / "audit.jsonl"
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def seen(act: dict) -> tuple:
    return act["method"], act["route"], act.get("status"), act.get("code")


async def test_a_submission_is_written_with_its_key_article_and_job(
    settings: Settings, keys: KeyRing
):
    key, token = await keys.create("desk")
    async with guarded(settings) as app, client_of(app, token) as client:
        answer = await client.post("/v1/jobs", json=article())
    (act,) = acts(settings)
    assert act.pop("time")
    assert act == {
        "logger": "khabar.audit",
        "request": answer.headers["x-request-id"],
        "who": key.id,
        "method": "POST",
        "route": "/v1/jobs",
        "article": answer.json()["article_hash"],
        "job": answer.json()["id"],
        "status": 202,
    }


async def test_each_article_of_a_batch_is_written(settings: Settings, keys: KeyRing):
    key, token = await keys.create("desk", rate=1)
    batch = [{"text": ""}, article(), article(length="long")]
    async with guarded(settings) as app, client_of(app, token) as client:
        items = (await client.post("/v1/jobs/batch", json=batch)).json()["items"]
    whole, *parts = acts(settings)
    assert seen(whole) == ("POST", "/v1/jobs/batch", 200, None)
    assert {part["request"] for part in parts} == {whole["request"]}
    assert {part["who"] for part in parts} == {key.id}
    told = [(part["item"], part["status"], part.get("code"), part.get("job")) for part in parts]
    assert told == [
        (0, 422, "article_empty", None),
        (1, 202, None, items[1]["job"]["id"]),
        (2, 429, "quota_exceeded", None),
    ]
    assert parts[1]["article"] == parts[2]["article"] == items[1]["job"]["article_hash"]


async def test_what_is_changed_or_refused_is_written_and_what_is_read_is_not(
    settings: Settings, keys: KeyRing
):
    key, token = await keys.create("desk", rate=1)
    async with (
        guarded(settings) as app,
        client_of(app, token) as client,
        client_of(app) as stranger,
    ):
        job = (await client.post("/v1/jobs", json=article())).json()
        place, unknown = job["links"]["self"], "/v1/jobs/" + "0" * 32
        for path in (place, "/v1/languages", "/metrics", "/healthz", "/readyz", "/docs", "/no"):
            await client.get(path)
        await client.post("/v1/jobs", json=article())
        await client.get(unknown)
        await client.delete(place)
        await client.delete(f"/v1/summaries/{job['article_hash']}")
        await stranger.get(place)
    found = acts(settings)
    job_route = "/v1/jobs/{job_id}"
    assert [seen(act) for act in found] == [
        ("POST", "/v1/jobs", 202, None),
        ("POST", "/v1/jobs", 429, "quota_exceeded"),
        ("GET", job_route, 404, "job_unknown"),
        ("DELETE", job_route, 200, None),
        ("DELETE", "/v1/summaries/{article_hash}", 403, "scope_missing"),
        ("GET", job_route, 401, "unauthorized"),
    ]
    assert [act.get("who") for act in found] == [key.id] * 5 + [None]
    assert [act.get("job") for act in found[2:4]] == ["0" * 32, job["id"]]
    assert found[4]["article"] == job["article_hash"]
    assert len({act["request"] for act in found}) == 6


async def test_what_is_read_is_written_where_it_is_asked_for(
    settings: Settings, keys: KeyRing, ledger: Ledger
):
    key, token = await keys.create("desk")
    async with guarded(settings, audit_reads=True) as app, client_of(app, token) as client:
        job = (await client.post("/v1/jobs", json=article())).json()
        do_all_work(ledger)
        for path in (f"/v1/summaries/{job['article_hash']}", "/{language}"):
            place = job["links"]["summaries"].split("?")[0] + path.replace("{language}", "en")
            place = place if path.startswith("/{") else path
            answers = [await client.get(place) for _ in range(2)]
            etag = answers[0].headers["etag"]
            unchanged = await client.get(place, headers={"If-None-Match": etag})
            assert unchanged.headers["x-request-id"] != answers[0].headers["x-request-id"]
        assert app.state.resources.cache.hits == 4
        await client.post("/v1/summaries/lookup", json=article())
    reads = acts(settings)[1:]
    one, all_of = "/v1/summaries/{article_hash}/{language}", "/v1/summaries/{article_hash}"
    assert [seen(act) for act in reads] == [
        ("GET", all_of, 200, None),
        ("GET", all_of, 200, None),
        ("GET", all_of, 304, None),
        ("GET", one, 200, None),
        ("GET", one, 200, None),
        ("GET", one, 304, None),
        ("POST", "/v1/summaries/lookup", 200, None),
    ]
    assert {act["article"] for act in reads} == {job["article_hash"]}
    assert {act["who"] for act in reads} == {key.id}


async def test_an_error_of_ours_is_written_and_its_request_named(
    settings: Settings, keys: KeyRing, monkeypatch
):
    _, token = await keys.create("desk")
    async with guarded(settings) as app:

        async def broken(*_: object) -> None:
            raise RuntimeError("Something is wrong.")

        monkeypatch.setattr(app.state.resources.intake, "submit", broken)
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        headers = {"Authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(
            transport=transport, base_url="http://localhost", headers=headers
        ) as client:
            answer = await client.post("/v1/jobs", json=article())
    (act,) = acts(settings)
    assert (answer.status_code, *seen(act)) == (500, "POST", "/v1/jobs", 500, "unfinished")
    assert act["request"] == answer.headers["x-request-id"]


async def test_a_service_that_cannot_write_it_does_not_start(
    settings: Settings, keys: KeyRing, tmp_path: Path
):
    await keys.create("desk")
    (tmp_path / "file").touch()
    with pytest.raises(AuditUnwritable):
        async with guarded(settings, audit_file=tmp_path / "file" / "audit"):
            pass


async def test_on_a_full_disk_requests_are_answered_and_the_failures_counted(
    settings: Settings, keys: KeyRing
):
    _, token = await keys.create("desk")
    async with (
        guarded(settings, audit_file=Path("/dev/full")) as app,
        client_of(app, token) as client,
    ):
        assert (await client.post("/v1/jobs", json=article())).status_code == 202
        assert "khabar_audit_failures_total 1.0" in (await client.get("/metrics")).text
