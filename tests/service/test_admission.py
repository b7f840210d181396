"""What a key may send, as its client sees it."""

import re

import httpx
import pytest

from khabar.errors import StoreUnavailable
from khabar.settings import Settings
from khabar.store.api_keys import KeyRing
from khabar.store.connection import service_connection, worker_connection
from khabar.store.ledger import Ledger
from service.embedded.redis_server import RedisServer
from tests.service.articles import RUSSIAN_TEXT, article, do_all_work
from tests.service.guarded import client_of, guarded

pytestmark = pytest.mark.anyio
STANDING = re.compile(r'"(\w+)";r=(\d+);t=(\d+)')


def left(answer: httpx.Response) -> dict[str, int]:
    return {name: int(r) for name, r, _ in STANDING.findall(answer.headers["ratelimit"])}


async def test_every_answer_to_a_submission_tells_where_the_key_stands(
    settings: Settings, keys: KeyRing
):
    _, token = await keys.create("desk", rate=3, daily=10)
    async with guarded(settings) as app, client_of(app, token) as client:
        answer = await client.post("/v1/jobs", json=article())
        assert answer.headers["ratelimit-policy"] == '"minute";q=3;w=60, "day";q=10;w=86400'
        assert left(answer) == {"minute": 2, "day": 9}
        batch = await client.post("/v1/jobs/batch", json=[article(), {"text": RUSSIAN_TEXT}])
        assert left(batch) == {"minute": 0, "day": 7}


async def test_over_the_limit_is_429_with_when_to_come_back(settings: Settings, keys: KeyRing):
    _, token = await keys.create("desk", rate=2, daily=10)
    async with guarded(settings) as app, client_of(app, token) as client:
        for _ in range(2):
            assert (await client.post("/v1/jobs", json=article())).status_code == 202
        answer = await client.post("/v1/jobs", json=article())
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (429, "quota_exceeded")
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["type"] == "https://iana.org/assignments/http-problem-types#quota-exceeded"
    assert (problem["limit"], problem["violated-policies"]) == (2, ["minute"])
    assert int(answer.headers["retry-after"]) == problem["retry_after"] in range(25, 31)
    ((name, r, t),) = STANDING.findall(answer.headers["ratelimit"])
    assert (name, r) == ("minute", "0")
    assert int(t) <= int(answer.headers["retry-after"])


async def test_of_a_batch_the_first_are_taken_and_what_is_wrong_does_not_count(
    settings: Settings, keys: KeyRing
):
    _, token = await keys.create("desk", rate=2)
    batch = [{"text": ""}, article(), {"text": RUSSIAN_TEXT}, article(length="long"), {"x": 1}]
    async with guarded(settings) as app, client_of(app, token) as client:
        result = (await client.post("/v1/jobs/batch", json=batch)).json()
    assert [item["status"] for item in result["items"]] == [422, 202, 202, 429, 422]
    assert (result["accepted"], result["refused"]) == (2, 3)
    error = result["items"][3]["error"]
    assert (error["code"], error["given"]) == ("quota_exceeded", 3)
    assert error["violated-policies"] == ["minute"]
    assert error["retry_after"] in range(25, 31)


async def test_what_was_not_taken_on_does_not_count(settings: Settings, keys: KeyRing):
    _, token = await keys.create("desk", rate=9, daily=9)
    headers = {"Idempotency-Key": "once"}
    async with (
        guarded(settings, max_open_computations=1) as app,
        client_of(app, token) as client,
    ):
        one = article(languages=["en"])
        first = await client.post("/v1/jobs", json=one, headers=headers)
        again = await client.post("/v1/jobs", json=one, headers=headers)
        assert first.json()["id"] == again.json()["id"]
        assert left(first) == left(again) == {"minute": 8, "day": 8}
        other = await client.post("/v1/jobs", json=article(length="long"), headers=headers)
        assert other.json()["code"] == "idempotency_mismatch"
        full = await client.post("/v1/jobs", json={"text": RUSSIAN_TEXT})
        assert full.json()["code"] == "queue_full"
        batch = await client.post("/v1/jobs/batch", json=[{"text": RUSSIAN_TEXT}, one])
        assert [item["status"] for item in batch.json()["items"]] == [429, 202]
        assert left(batch) == {"minute": 7, "day": 7}


async def test_a_batch_that_is_sent_again_after_a_refusal_gets_the_rest(
    settings: Settings, keys: KeyRing
):
    _, token = await keys.create("desk", rate=2)
    batch = [article(), {"text": RUSSIAN_TEXT}, article(length="long")]
    headers = {"Idempotency-Key": "night"}
    async with guarded(settings) as app, client_of(app, token) as client:
        answers = [
            (await client.post("/v1/jobs/batch", json=batch[:sent], headers=headers)).json()
            for sent in (1, 3, 3)
        ]
    # The first is there already and does not count, so it does not keep the second out. Where
    # nothing is left nothing is asked for, not even what is there.
    statuses = [[item["status"] for item in answer["items"]] for answer in answers]
    assert statuses == [[202], [202, 202, 429], [429, 429, 429]]
    for answer in answers[1:]:
        assert answer["items"][2]["error"]["retry_after"] >= 1


async def test_when_the_store_goes_in_the_midst_of_a_batch_each_article_has_its_answer(
    settings: Settings, keys: KeyRing, monkeypatch
):
    _, token = await keys.create("desk", rate=2)
    batch = [article(), {"text": RUSSIAN_TEXT}]
    headers = {"Idempotency-Key": "night"}
    async with guarded(settings) as app, client_of(app, token) as client:
        await client.post("/v1/jobs/batch", json=batch[:1], headers=headers)
        limiter = app.state.resources.admission._limiter
        admit, calls = limiter.admit, []

        async def admit_once(*asked: object) -> object:
            calls.append(asked)
            if len(calls) > 1:
                raise StoreUnavailable("The store does not answer.")
            return await admit(*asked)

        monkeypatch.setattr(limiter, "admit", admit_once)
        answer = (await client.post("/v1/jobs/batch", json=batch, headers=headers)).json()
    assert [item["status"] for item in answer["items"]] == [202, 503]


async def test_a_key_without_limits_of_its_own_has_those_of_the_settings(
    settings: Settings, keys: KeyRing
):
    _, plain = await keys.create("plain")
    _, free = await keys.create("free", rate=0, daily=0)
    async with (
        guarded(settings, key_rate=1, key_daily=5) as app,
        client_of(app, plain) as client,
        client_of(app, free) as other,
    ):
        assert left(await client.post("/v1/jobs", json=article())) == {"minute": 0, "day": 4}
        assert (await client.post("/v1/jobs", json=article())).status_code == 429
        for _ in range(3):
            answer = await other.post("/v1/jobs", json=article())
            assert answer.status_code == 202
            assert "ratelimit" not in answer.headers


async def test_reading_is_not_counted(settings: Settings, keys: KeyRing):
    _, token = await keys.create("desk", rate=1)
    async with guarded(settings) as app, client_of(app, token) as client:
        place = (await client.post("/v1/jobs", json=article())).headers["location"]
        for _ in range(5):
            assert (await client.get(place)).status_code == 200


async def test_while_the_store_is_away_nothing_is_taken(tmp_path, settings: Settings):
    server = RedisServer(tmp_path / "redis")
    server.start()
    away = settings.model_copy(update={"store_url": server.store_url})
    connection = service_connection(server.store_url)
    _, token = await KeyRing(connection).create("desk", rate=100)
    await connection.aclose()
    async with guarded(away) as app, client_of(app, token) as client:
        job = (await client.post("/v1/jobs", json=article())).json()
        worker = worker_connection(server.store_url)
        do_all_work(Ledger(worker, away))
        worker.close()
        place = f"/v1/summaries/{job['article_hash']}"
        assert (await client.get(place)).status_code == 200
        server.stop()
        for path, sent in (("/v1/jobs", article()), ("/v1/jobs/batch", [article()])):
            answer = await client.post(path, json=sent)
            assert (answer.status_code, answer.json()["code"]) == (503, "store_unavailable")
            assert answer.headers["retry-after"] == "5"
        # A key that was seen lately is remembered for what needs no store.
        assert (await client.get("/v1/languages")).status_code == 200
        assert (await client.get(place)).status_code == 200
        assert app.state.resources.cache.hits == 1


async def test_jobs_on_record_are_told_of_though_giving_back_fails(
    settings: Settings, keys: KeyRing, monkeypatch
):
    _, token = await keys.create("desk", rate=9)
    headers = {"Idempotency-Key": "once"}
    async with guarded(settings) as app, client_of(app, token) as client:
        first = await client.post("/v1/jobs", json=article(), headers=headers)

        async def away(*_: object) -> None:
            raise StoreUnavailable("The store does not answer.")

        monkeypatch.setattr(app.state.resources.admission._limiter, "give_back", away)
        again = await client.post("/v1/jobs", json=article(), headers=headers)
    assert (again.status_code, again.json()["id"]) == (202, first.json()["id"])
