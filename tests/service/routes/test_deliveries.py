"""Callbacks and the messages about them, as a client sees them."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest
from fastapi import FastAPI

from khabar.settings import Settings
from khabar.store.api_keys import KeyRing
from khabar.store.connection import service_connection
from khabar.store.ledger import Ledger
from khabar.store.outbox import Outbox
from khabar.store.webhook_secrets import SecretBook
from khabar.webhooks.message import Attempt, MessageState, Outcome
from service.app import create_app
from tests.service.articles import article, do_all_work

pytestmark = pytest.mark.anyio
URL = "https://desk.example/khabar"
LIST = "/v1/webhooks/deliveries"


@pytest.fixture
async def outbox(settings: Settings) -> AsyncIterator[Outbox]:
    connection = service_connection(settings.store_url)
    await SecretBook(connection).find_or_make("")
    yield Outbox(connection, settings)
    await connection.aclose()


def called_back(number: int = 0, **changes: object) -> dict:
    return article(headline=f"Story {number}", languages=["en"], callback_url=URL, **changes)


async def submit(client: httpx.AsyncClient, **changes: object) -> dict:
    answer = await client.post("/v1/jobs", json=called_back(**changes))
    assert answer.status_code in {200, 202}, answer.text
    return answer.json()


async def give_up(outbox: Outbox) -> None:
    for taken in await outbox.take(100):
        at = datetime.fromtimestamp(taken.now, UTC)
        attempt = Attempt(at=at, milliseconds=7, outcome=Outcome.SERVER_ERROR, status=502)
        assert await outbox.record(taken, attempt, MessageState.DEAD)


async def test_a_message_waits_when_the_job_has_ended(
    client: httpx.AsyncClient, ledger: Ledger, outbox: Outbox
):
    job = await submit(client)
    assert (await client.get(LIST, params={"state": "pending"})).json() == {"items": []}
    do_all_work(ledger)
    (found,) = (await client.get(LIST, params={"state": "pending"})).json()["items"]
    assert found == {
        "id": f"msg_{job['id']}",
        "state": "pending",
        "type": "job.done",
        "job_id": job["id"],
        "callback_url": URL,
        "created_at": found["created_at"],
        "attempts": 0,
        "next_attempt_at": found["next_attempt_at"],
        "links": {
            "self": f"{LIST}/msg_{job['id']}",
            "redeliver": f"{LIST}/msg_{job['id']}/redeliver",
            "job": f"/v1/jobs/{job['id']}",
        },
    }


async def test_what_was_given_up_is_shown_with_its_attempts_and_redelivered(
    client: httpx.AsyncClient, ledger: Ledger, outbox: Outbox
):
    await submit(client)
    do_all_work(ledger)
    await give_up(outbox)
    (dead,) = (await client.get(LIST)).json()["items"]
    assert (dead["state"], dead["last_attempt"]["outcome"]) == ("dead", "server_error")
    assert "next_attempt_at" not in dead
    shown = (await client.get(dead["links"]["self"])).json()
    (attempt,) = shown["history"]
    assert attempt == {
        "at": attempt["at"],
        "milliseconds": 7,
        "outcome": "server_error",
        "status": 502,
    }
    again = await client.post(dead["links"]["redeliver"])
    assert (again.status_code, again.json()["state"], again.json()["attempts"]) == (
        202,
        "pending",
        0,
    )
    assert (await client.get(LIST)).json()["items"] == []
    assert [taken.message.id for taken in await outbox.take(5)] == [dead["id"]]


async def test_lists_come_in_pages(client: httpx.AsyncClient, ledger: Ledger, outbox: Outbox):
    for number in range(5):
        await submit(client, number=number)
    do_all_work(ledger)
    found, place = [], f"{LIST}?state=pending&limit=2"
    while place:
        page = (await client.get(place)).json()
        found += [item["id"] for item in page["items"]]
        place = page.get("next")
    assert len(found) == len(set(found)) == 5


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"state": "lost"}, "query.state"),
        ({"limit": "0"}, "query.limit"),
        ({"limit": "201"}, "query.limit"),
        ({"after": "x"}, "query.after"),
        ({"after": "inf_msg_" + "0" * 32}, "query.after"),
    ],
)
async def test_a_wrong_question_gets_a_clear_error(
    client: httpx.AsyncClient, query: dict[str, str], field: str
):
    answer = await client.get(LIST, params=query)
    assert answer.status_code == 422
    assert answer.json()["field"] == field


@pytest.mark.parametrize("identity", ["msg_" + "0" * 32, "msg_x", "x"])
async def test_there_is_no_such_message(client: httpx.AsyncClient, outbox: Outbox, identity: str):
    known = len(identity) == 36
    for answer in (
        await client.get(f"{LIST}/{identity}"),
        await client.post(f"{LIST}/{identity}/redeliver"),
    ):
        assert answer.status_code == (404 if known else 422)
        assert answer.json()["code"] == ("delivery_unknown" if known else "field_invalid")


async def test_a_callback_that_may_not_be_called_is_refused(client: httpx.AsyncClient):
    answer = await client.post(
        "/v1/jobs", json=article(callback_url="https://169.254.169.254/latest")
    )
    assert answer.status_code == 422
    problem = answer.json()
    assert (problem["code"], problem["field"]) == ("callback_refused", "callback_url")
    assert "KHABAR_WEBHOOK_ALLOWED_NETWORKS" in problem["hint"]
    assert "169.254" not in answer.text


async def test_without_a_secret_a_callback_is_refused(client: httpx.AsyncClient):
    answer = await client.post("/v1/jobs", json=called_back())
    assert answer.status_code == 422
    assert answer.json()["code"] == "webhook_secret_missing"
    assert answer.json()["hint"].endswith("khabar webhooks secret")


async def test_in_a_batch_a_refused_callback_is_one_item(
    client: httpx.AsyncClient, ledger: Ledger, outbox: Outbox
):
    refused = called_back(1) | {"callback_url": "http://desk.example/"}
    batch = [called_back(0), refused, article()]
    answer = (await client.post("/v1/jobs/batch", json=batch)).json()
    assert [item["status"] for item in answer["items"]] == [202, 422, 202]
    assert answer["items"][1]["error"]["code"] == "callback_refused"
    do_all_work(ledger)
    assert len((await client.get(LIST, params={"state": "pending"})).json()["items"]) == 1


async def test_another_callback_is_another_request(client: httpx.AsyncClient, outbox: Outbox):
    key = {"Idempotency-Key": "k"}
    first = await client.post("/v1/jobs", json=called_back(), headers=key)
    again = await client.post("/v1/jobs", json=called_back(), headers=key)
    assert first.json()["id"] == again.json()["id"]
    other = called_back() | {"callback_url": "https://other.example/"}
    assert (await client.post("/v1/jobs", json=other, headers=key)).status_code == 422
    without = article(headline="Story 0", languages=["en"])
    assert (await client.post("/v1/jobs", json=without, headers=key)).status_code == 422


async def test_the_messages_of_another_key_do_not_exist(settings: Settings, ledger: Ledger):
    connection = service_connection(settings.store_url)
    keys = [await KeyRing(connection).create(name) for name in ("one", "two")]
    for key, _ in keys:
        await SecretBook(connection).find_or_make(key.id)
    outbox = Outbox(connection, settings)
    app: FastAPI = create_app(settings.model_copy(update={"require_keys": True}))
    async with app.router.lifespan_context(app):
        one, two = (
            httpx.AsyncClient(
                transport=httpx.ASGITransport(app=app),
                base_url="http://127.0.0.1",
                headers={"Authorization": f"Bearer {token}"},
            )
            for _, token in keys
        )
        await submit(one)
        do_all_work(ledger)
        await give_up(outbox)
        (own,) = (await one.get(LIST)).json()["items"]
        assert (await two.get(LIST)).json()["items"] == []
        for answer in (
            await two.get(own["links"]["self"]),
            await two.post(own["links"]["redeliver"]),
        ):
            assert (answer.status_code, answer.json()["code"]) == (404, "delivery_unknown")
        assert (await one.get(own["links"]["self"])).json()["state"] == "dead"
        await one.aclose()
        await two.aclose()
    await connection.aclose()


async def test_the_totals_tell_of_messages(
    client: httpx.AsyncClient, ledger: Ledger, outbox: Outbox
):
    await submit(client)
    do_all_work(ledger)
    await give_up(outbox)
    lines = (await client.get("/metrics")).text.splitlines()
    assert "khabar_webhooks_queued_total 1.0" in lines
    assert "khabar_webhook_attempts_total 1.0" in lines
    assert 'khabar_webhooks_ended_total{outcome="dead"} 1.0' in lines


async def test_openapi_describes_the_message(client: httpx.AsyncClient):
    described = (await client.get("/openapi.json")).json()
    operation = described["webhooks"]["job-ended"]["post"]
    names = [parameter["name"] for parameter in operation["parameters"]]
    assert names == ["webhook-id", "webhook-timestamp", "webhook-signature"]
    assert "callback_url" in described["components"]["schemas"]["JobIn"]["properties"]
