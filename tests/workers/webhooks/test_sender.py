"""The sender on a real Redis, with a real server on loopback."""

import time
from collections.abc import AsyncIterator, Callable, Iterator

import pytest
from standardwebhooks import Webhook

from khabar.errors import RotationRefused
from khabar.settings import Settings
from khabar.store import outbox_schema
from khabar.store.api_keys import KeyRing
from khabar.store.connection import service_connection
from khabar.store.intake import Intake
from khabar.store.ledger import Ledger
from khabar.store.outbox import Outbox
from khabar.store.webhook_secrets import SecretBook
from khabar.webhooks.message import MessageState, Outcome
from tests.khabar.store.builders import submission, summary_for, wanted
from tests.workers.webhooks.endpoint import Endpoint, Handler, Received, status
from workers.webhooks.sender import Sender

pytestmark = pytest.mark.anyio


@pytest.fixture
def settings(settings: Settings, endpoint: Endpoint) -> Settings:
    return settings.model_copy(
        update={
            "webhook_plain_http": True,
            "webhook_ports": str(endpoint.port),
            "webhook_allowed_networks": "127.0.0.0/8",
            "webhook_timeout_seconds": 1,
            "webhook_retry_seconds": "0.1,0.1",
            "webhook_endpoint_connections": 2,
        }
    )


@pytest.fixture
async def outbox(settings: Settings) -> AsyncIterator[Outbox]:
    connection = service_connection(settings.store_url)
    await SecretBook(connection).find_or_make("")
    yield Outbox(connection, settings)
    await connection.aclose()


@pytest.fixture
def start(settings: Settings) -> Iterator[Callable[..., Sender]]:
    senders: list[Sender] = []

    def start(**changes: object) -> Sender:
        sender = Sender(settings.model_copy(update=changes))
        sender.start()
        senders.append(sender)
        return sender

    yield start
    for sender in senders:
        sender.stop()
        assert not sender._thread.is_alive()


async def end_job(intake: Intake, ledger: Ledger, job_id: str, url: str, owner: str = "") -> str:
    article = format(int.from_bytes(job_id.encode(), "big"), "064x")
    await intake.submit(submission(job_id, article=article, callback=url, owner=owner))
    claim = ledger.claim(wanted(article=article)[0].id, "worker")
    assert claim is not None
    assert ledger.finish(claim, summary_for(claim), 1)[0]
    return f"msg_{job_id}"


async def wait_for(outbox: Outbox, message_id: str, state: MessageState) -> None:
    until = time.monotonic() + 10
    while (message := await outbox.find(message_id)).state is not state:
        assert time.monotonic() < until, message
        time.sleep(0.02)


async def secrets(settings: Settings) -> str:
    connection = service_connection(settings.store_url)
    found = await SecretBook(connection).find_or_make("")
    await connection.aclose()
    return found.current


async def test_a_message_arrives_at_once_signed(
    intake: Intake, ledger: Ledger, outbox: Outbox, endpoint: Endpoint, start, settings: Settings
):
    start(sweep_seconds=30)
    time.sleep(0.3)
    message_id = await end_job(intake, ledger, "j1", endpoint.url())
    ended = time.monotonic()
    await wait_for(outbox, message_id, MessageState.DELIVERED)
    (received,) = endpoint.received
    assert received.at - ended < 1, "a sender that waits is woken"
    told = Webhook(await secrets(settings)).verify(received.body, received.headers)
    assert told == (await outbox.find(message_id)).payload()
    assert received.headers["webhook-id"] == message_id
    assert received.headers["content-type"] == "application/json"
    assert received.headers["user-agent"].startswith("Khabar/")


async def test_failures_are_retried_with_the_same_id_and_body(
    intake: Intake, ledger: Ledger, outbox: Outbox, endpoint: Endpoint, start
):
    def twice_down(handler: Handler, received: Received, number: int) -> None:
        status(500 if number < 3 else 200)(handler, received, number)

    endpoint.answer = twice_down
    start()
    message_id = await end_job(intake, ledger, "j1", endpoint.url())
    await wait_for(outbox, message_id, MessageState.DELIVERED)
    assert len(endpoint.received) == 3
    assert {received.headers["webhook-id"] for received in endpoint.received} == {message_id}
    assert len({received.body for received in endpoint.received}) == 1
    history = await outbox.history(message_id)
    assert [one.status for one in history] == [500, 500, 200]


async def test_after_the_last_attempt_it_is_given_up(
    intake: Intake, ledger: Ledger, outbox: Outbox, endpoint: Endpoint, start
):
    endpoint.answer = status(404)
    start()
    message_id = await end_job(intake, ledger, "j1", endpoint.url())
    await wait_for(outbox, message_id, MessageState.DEAD)
    assert len(endpoint.received) == 3
    endpoint.answer = status(200)
    await outbox.redeliver(message_id)
    await wait_for(outbox, message_id, MessageState.DELIVERED)


async def test_gone_means_no_other_attempt(
    intake: Intake, ledger: Ledger, outbox: Outbox, endpoint: Endpoint, start
):
    endpoint.answer = status(410)
    start()
    message_id = await end_job(intake, ledger, "j1", endpoint.url())
    await wait_for(outbox, message_id, MessageState.DEAD)
    time.sleep(0.4)
    assert len(endpoint.received) == 1
    assert (await outbox.find(message_id)).last.outcome is Outcome.GONE


async def test_a_slow_endpoint_holds_up_no_other(
    intake: Intake, ledger: Ledger, outbox: Outbox, endpoint: Endpoint, start
):
    slow = Endpoint(answer=lambda *_: time.sleep(0.8))
    with slow.serving():
        start(webhook_ports=f"{endpoint.port},{slow.port}", webhook_connections=3)
        for number in range(8):
            await end_job(intake, ledger, f"slow{number}", slow.url())
        began = time.monotonic()
        message_id = await end_job(intake, ledger, "quick", endpoint.url())
        await wait_for(outbox, message_id, MessageState.DELIVERED)
        assert time.monotonic() - began < 0.7
        assert len(slow.received) <= 2


async def test_what_the_settings_or_the_dns_refuse_now_is_not_sent(
    intake: Intake, ledger: Ledger, outbox: Outbox, endpoint: Endpoint, start
):
    start(webhook_allowed_networks=None, webhook_retry_seconds="0")
    literal = await end_job(intake, ledger, "j1", endpoint.url())
    await wait_for(outbox, literal, MessageState.DEAD)
    assert (await outbox.find(literal)).last.outcome is Outcome.CALLBACK_REFUSED
    start(webhook_allowed_networks="10.0.0.0/8", webhook_retry_seconds="0")
    named = await end_job(intake, ledger, "j2", f"http://localhost:{endpoint.port}/")
    await wait_for(outbox, named, MessageState.DEAD)
    outcomes = {one.outcome for one in await outbox.history(named)}
    assert outcomes <= {Outcome.ADDRESS_REFUSED, Outcome.CALLBACK_REFUSED}
    assert endpoint.received == []


async def test_without_a_secret_nothing_is_sent(
    intake: Intake, ledger: Ledger, outbox: Outbox, endpoint: Endpoint, start, connection
):
    message_id = await end_job(intake, ledger, "j1", endpoint.url())
    connection.delete(outbox_schema.SECRETS)
    start()
    await wait_for(outbox, message_id, MessageState.DEAD)
    assert (await outbox.find(message_id)).last.outcome is Outcome.SECRET_MISSING
    assert endpoint.received == []


async def test_a_revoked_key_is_told_nothing_more(
    intake: Intake, ledger: Ledger, outbox: Outbox, endpoint: Endpoint, settings: Settings, start
):
    connection = service_connection(settings.store_url)
    ring, book = KeyRing(connection), SecretBook(connection)
    (revoked, _), (other, _) = await ring.create("left"), await ring.create("stays")
    for key in (revoked, other):
        await book.find_or_make(key.id)
    unsent = await end_job(intake, ledger, "j1", endpoint.url("/left"), revoked.id)
    sent = await end_job(intake, ledger, "j2", endpoint.url("/stays"), other.id)
    await ring.revoke(revoked.id)
    start(webhook_retry_seconds="0,0,0")
    await wait_for(outbox, unsent, MessageState.DEAD)
    await wait_for(outbox, sent, MessageState.DELIVERED)
    assert [one.outcome for one in await outbox.history(unsent)] == [Outcome.KEY_REVOKED]
    assert [one.path for one in endpoint.received] == ["/stays"]
    await outbox.redeliver(unsent)
    await wait_for(outbox, unsent, MessageState.DEAD)
    with pytest.raises(RotationRefused, match="revoked"):
        await book.rotate(revoked.id)
    assert len(endpoint.received) == 1
    await connection.aclose()


async def test_two_senders_do_not_send_twice(
    intake: Intake, ledger: Ledger, outbox: Outbox, endpoint: Endpoint, start
):
    start()
    start()
    ids = [await end_job(intake, ledger, f"j{number}", endpoint.url()) for number in range(40)]
    for message_id in ids:
        await wait_for(outbox, message_id, MessageState.DELIVERED)
    assert sorted(one.headers["webhook-id"] for one in endpoint.received) == sorted(ids)


async def test_a_sender_that_stops_ends_what_it_began(
    intake: Intake, ledger: Ledger, outbox: Outbox, endpoint: Endpoint, start
):
    def slow(handler: Handler, received: Received, number: int) -> None:
        time.sleep(0.5)
        status(200)(handler, received, number)

    endpoint.answer = slow
    sender = start()
    message_id = await end_job(intake, ledger, "j1", endpoint.url())
    until = time.monotonic() + 5
    while not endpoint.received:
        assert time.monotonic() < until
        time.sleep(0.01)
    sender.stop()
    assert (await outbox.find(message_id)).state is MessageState.DELIVERED


async def test_what_does_not_end_in_time_is_sent_again_by_another(
    intake: Intake, ledger: Ledger, outbox: Outbox, endpoint: Endpoint, start
):
    def hangs_once(handler: Handler, received: Received, number: int) -> None:
        if number == 1:
            time.sleep(3)
        status(200)(handler, received, number)

    endpoint.answer = hangs_once
    sender = start(webhook_timeout_seconds=1.5, soft_shutdown_seconds=0.2)
    message_id = await end_job(intake, ledger, "j1", endpoint.url())
    until = time.monotonic() + 5
    while not endpoint.received:
        assert time.monotonic() < until
        time.sleep(0.01)
    sender.stop()
    assert (await outbox.find(message_id)).attempts == 0
    start(sweep_seconds=0.1)
    await wait_for(outbox, message_id, MessageState.DELIVERED)
    assert len(endpoint.received) == 2


async def test_it_goes_on_after_the_store_was_away_and_after_a_mistake_of_ours(
    intake: Intake,
    ledger: Ledger,
    outbox: Outbox,
    endpoint: Endpoint,
    start,
    connection,
    monkeypatch: pytest.MonkeyPatch,
):
    take, failures = Outbox.take, []

    async def broken(self: Outbox, most: int) -> list:
        if len(failures) < 1:
            failures.append(most)
            raise ZeroDivisionError
        return await take(self, most)

    monkeypatch.setattr(Outbox, "take", broken)
    start()
    connection.script_flush()
    connection.client_kill_filter(_type="normal", skipme=True)
    message_id = await end_job(intake, ledger, "j1", endpoint.url())
    await wait_for(outbox, message_id, MessageState.DELIVERED)
    assert failures
