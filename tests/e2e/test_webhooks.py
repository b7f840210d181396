"""Messages from real workers to a real server."""

import time
from collections.abc import Callable

import httpx
import pytest
from standardwebhooks import Webhook
from typer.testing import CliRunner

from khabar.store import outbox_schema
from service.cli.app import build
from tests.e2e.cluster import Cluster
from tests.e2e.stories import article
from tests.workers.webhooks.conftest import endpoint as endpoint  # A fixture.
from tests.workers.webhooks.endpoint import Endpoint, Handler, Received, status

LIST = "/v1/webhooks/deliveries"
MakeCluster = Callable[..., Cluster]


@pytest.fixture
def make_sending(make_cluster: MakeCluster, endpoint: Endpoint) -> MakeCluster:
    def make(**changes: object) -> Cluster:
        return make_cluster(
            **{
                "webhook_plain_http": True,
                "webhook_ports": str(endpoint.port),
                "webhook_allowed_networks": "127.0.0.0/8",
                "webhook_timeout_seconds": 1,
                "webhook_retry_seconds": "0.2,0.2,0.2",
                **changes,
            }
        )

    return make


def secret(cluster: Cluster) -> str:
    """Make the secret as a person does."""
    environment = {"KHABAR_STORE_URL": cluster.settings.store_url}
    result = CliRunner().invoke(build(), ["webhooks", "secret"], env=environment)
    assert result.exit_code == 0, result.output
    return result.stdout.strip()


def submit(client: httpx.Client, number: int, url: str, **changes: object) -> str:
    """Send an article and return the id of the message there will be."""
    sent = article(number, callback_url=url, **changes)
    answer = client.post("/v1/jobs", json=sent)
    assert answer.status_code in {200, 202}, answer.text
    return f"msg_{answer.json()['id']}"


def delivery(client: httpx.Client, message_id: str, state: str, seconds: float = 20) -> dict:
    until = time.monotonic() + seconds
    while True:
        answer = client.get(f"{LIST}/{message_id}")
        if answer.status_code == 200 and answer.json()["state"] == state:
            return answer.json()
        assert time.monotonic() < until, answer.text
        time.sleep(0.05)


def by_path(answers: dict[str, Callable[[Handler, Received, int], None]]):
    return lambda handler, received, number: answers[received.path](handler, received, number)


def huge(handler: Handler, _: Received, __: int) -> None:
    handler.send_response(200)
    handler.end_headers()
    for _ in range(1000):
        handler.wfile.write(b"x" * 65_536)


def test_every_kind_of_endpoint(make_sending: MakeCluster, endpoint: Endpoint):
    endpoint.answer = by_path(
        {
            "/up": status(204),
            "/flaky": lambda handler, received, number: status(500 if number < 3 else 200)(
                handler, received, number
            ),
            "/gone": status(410),
            "/down": status(503),
            "/slow": lambda *_: time.sleep(3),
            "/huge": huge,
            "/moved": status(302, Location="/up"),
        }
    )
    cluster = make_sending()
    cluster.start_api()
    cluster.start_worker()
    cluster.wait_until_ready()
    signing = secret(cluster)
    with cluster.client() as client:
        ids = {
            path: submit(client, number, endpoint.url(path))
            for number, path in enumerate(
                ["/up", "/flaky", "/gone", "/down", "/slow", "/huge", "/moved"]
            )
        }
        expected = {
            "/up": ("delivered", [204]),
            "/flaky": ("delivered", [500, 500, 200]),
            "/gone": ("dead", [410]),
            "/down": ("dead", [503] * 4),
            "/slow": ("dead", [None] * 4),
            "/huge": ("delivered", [200]),
            "/moved": ("dead", [302] * 4),
        }
        for path, (state, statuses) in expected.items():
            found = delivery(client, ids[path], state)
            assert [one.get("status") for one in found["history"]] == statuses, path
        for received in endpoint.received:
            told = Webhook(signing).verify(received.body, received.headers)
            assert received.headers["webhook-id"] == ids[received.path]
            job = client.get(told["data"]["links"]["self"]).json()
            assert told["type"] == f"job.{job['state']}" == "job.done"
            assert {code: out["state"] for code, out in told["data"]["languages"].items()} == {
                code: out["state"] for code, out in job["languages"].items()
            }
            assert client.get(told["data"]["links"]["summaries"]).status_code == 200
            assert b"sentences" not in received.body
        dead = {item["id"] for item in client.get(LIST).json()["items"]}
        assert dead == {ids[path] for path, (state, _) in expected.items() if state == "dead"}
        endpoint.answer = status(200)
        client.post(f"{LIST}/{ids['/gone']}/redeliver")
        delivery(client, ids["/gone"], "delivered")


def test_a_worker_killed_while_it_sends(make_sending: MakeCluster, endpoint: Endpoint):
    """The claim runs out, and another worker sends the same message again."""

    def hangs_once(handler: Handler, received: Received, number: int) -> None:
        if number == 1:
            time.sleep(30)
        status(200)(handler, received, number)

    endpoint.answer = hangs_once
    cluster = make_sending(webhook_timeout_seconds=2)
    cluster.start_api()
    victim = cluster.start_worker()
    cluster.wait_until_ready()
    signing = secret(cluster)
    with cluster.client() as client:
        message_id = submit(client, 1, endpoint.url())
        until = time.monotonic() + 20
        while not endpoint.received:
            assert time.monotonic() < until
            time.sleep(0.01)
        cluster.kill(victim)
        assert cluster.store.hget(outbox_schema.MESSAGE + message_id, "sender")
        cluster.start_worker()
        found = delivery(client, message_id, "delivered", 40)
    assert [one["status"] for one in found["history"]] == [200], "the first was never recorded"
    first, second = endpoint.received
    assert first.headers["webhook-id"] == second.headers["webhook-id"] == message_id
    assert first.body == second.body
    Webhook(signing).verify(second.body, second.headers)


def test_a_worker_that_does_not_send_leaves_it_to_others(
    make_sending: MakeCluster, endpoint: Endpoint
):
    cluster = make_sending(webhook_sending=False)
    cluster.start_api()
    cluster.start_worker()
    cluster.wait_until_ready()
    secret(cluster)
    with cluster.client() as client:
        message_id = submit(client, 1, endpoint.url())
        delivery(client, message_id, "pending")
        time.sleep(1)
        assert endpoint.received == []
        cluster.settings = cluster.settings.model_copy(update={"webhook_sending": True})
        cluster.start_worker()
        delivery(client, message_id, "delivered")
