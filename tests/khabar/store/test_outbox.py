"""The outbox on a real Redis: when a message is written, who may send it, and when it is over."""

import asyncio
import time
from datetime import UTC, datetime

import pytest

from khabar.errors import (
    DeliveryUnknown,
    QueueFull,
    RotationRefused,
    SourceFailed,
    WebhookSecretMissing,
)
from khabar.settings import Settings
from khabar.store import outbox_schema, schema, script_base
from khabar.store.connection import sender_connection, service_connection
from khabar.store.intake import Intake
from khabar.store.ledger import Ledger
from khabar.store.outbox import Outbox, Taken, read_cursor
from khabar.store.webhook_secrets import SecretBook
from khabar.webhooks.message import Attempt, Message, MessageState, Outcome
from tests.khabar.store.builders import submission, summary_for, wanted

pytestmark = pytest.mark.anyio
URL = "https://desk.example/khabar"
PENDING, DELIVERED, DEAD = MessageState.PENDING, MessageState.DELIVERED, MessageState.DEAD


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(
        update={
            "webhook_timeout_seconds": 0.4,
            "webhook_key_connections": 8,
            "webhook_endpoint_connections": 2,
        }
    )


def finish(ledger: Ledger, computation_id: str) -> None:
    claim = ledger.claim(computation_id, "worker")
    assert claim is not None
    assert ledger.finish(claim, summary_for(claim), 1)[0]


async def end_job(
    intake: Intake, ledger: Ledger, job_id: str, url: str = URL, owner: str = ""
) -> str:
    """Let a job end and return the id of the message about it."""
    article = format(int.from_bytes(job_id.encode(), "big"), "064x")
    await intake.submit(submission(job_id, article=article, callback=url, owner=owner))
    finish(ledger, wanted(article=article)[0].id)
    return f"msg_{job_id}"


def attempt(outcome: Outcome = Outcome.SERVER_ERROR, status: int | None = 500) -> Attempt:
    return Attempt(at=datetime.now(UTC), milliseconds=3, outcome=outcome, status=status)


def ids(taken: list[Taken]) -> list[str]:
    return [one.message.id for one in taken]


async def messages(outbox: Outbox, state: MessageState, owner: str = "") -> list[str]:
    return [message.id for message in (await outbox.page(owner, state, 100)).messages]


# Writing


async def test_a_job_that_ends_leaves_one_message(intake: Intake, ledger: Ledger, outbox: Outbox):
    await intake.submit(submission("j1", "en ru", callback=URL))
    assert await messages(outbox, PENDING) == []
    finish(ledger, wanted("en")[0].id)
    assert await messages(outbox, PENDING) == []
    claim = ledger.claim(wanted("ru")[0].id, "worker")
    assert claim is not None
    ledger.fail(claim, SourceFailed("It failed.").record(), 0)
    assert await messages(outbox, PENDING) == ["msg_j1"]
    message = await outbox.find("msg_j1")
    assert (message.state, message.attempts, message.callback_url) == (PENDING, 0, URL)
    assert message.payload() == {
        "type": "job.done",
        "timestamp": message.created_at.isoformat().replace("+00:00", "Z"),
        "data": {
            "job_id": "j1",
            "state": "done",
            "article_hash": "a" * 64,
            "length": "short",
            "recipe": "builtin",
            "languages": {
                "en": {"state": "done"},
                "ru": {"state": "failed", "error": "source_failed"},
            },
            "links": {
                "self": "/v1/jobs/j1",
                "summaries": f"/v1/summaries/{'a' * 64}?length=short&recipe=builtin",
            },
        },
    }


async def test_every_way_to_end_leaves_one(
    intake: Intake, ledger: Ledger, outbox: Outbox, settings: Settings
):
    await intake.submit(submission("cancelled", article="1" * 64, callback=URL))
    await intake.cancel("cancelled")
    await intake.cancel("cancelled")
    await end_job(intake, ledger, "done")
    article = format(int.from_bytes(b"done", "big"), "064x")
    await intake.submit(submission("cached", article=article, callback=URL))
    await intake.submit(submission("failed", article="2" * 64, callback=URL))
    claim = ledger.claim(wanted(article="2" * 64)[0].id, "worker")
    assert claim is not None
    ledger.fail(claim, SourceFailed("It failed.").record(), 0)
    await intake.submit(submission("exhausted", article="3" * 64, callback=URL))
    for _ in range(settings.max_attempts):
        assert ledger.claim(wanted(article="3" * 64)[0].id, "worker") is not None
        time.sleep(1.05)
        ledger.sweep()
    assert {
        message_id: (await outbox.find(message_id)).type
        for message_id in await messages(outbox, PENDING)
    } == {
        "msg_cancelled": "job.cancelled",
        "msg_done": "job.done",
        "msg_cached": "job.done",
        "msg_failed": "job.failed",
        "msg_exhausted": "job.failed",
    }


async def test_an_end_that_is_told_twice_leaves_one(
    intake: Intake, ledger: Ledger, outbox: Outbox, redis_client
):
    message_id = await end_job(intake, ledger, "j1")
    (taken,) = await outbox.take(1)
    await outbox.record(taken, attempt(Outcome.DELIVERED, 200), DELIVERED)
    script = script_base.BASE + outbox_schema.OUTBOX + "write_message(ARGV[1], 'done')"
    redis_client.eval(script, 0, schema.JOB + "j1")
    assert (await outbox.find(message_id)).state is DELIVERED
    assert await outbox.take(1) == []


async def test_a_job_without_a_callback_leaves_none(
    intake: Intake, ledger: Ledger, outbox: Outbox, redis_client
):
    await intake.submit(submission("j1"))
    finish(ledger, wanted()[0].id)
    assert await messages(outbox, PENDING) == []
    assert "webhooks_queued" not in redis_client.hgetall(schema.COUNTERS)
    assert redis_client.keys(schema.PREFIX + "webhook*") == [outbox_schema.SECRETS]


async def test_without_a_secret_a_callback_is_refused(intake: Intake, outbox: Outbox):
    with pytest.raises(WebhookSecretMissing) as refusal:
        await intake.submit(submission("j1", owner="k1", callback=URL))
    assert refusal.value.field == "callback_url"
    assert refusal.value.hint.endswith("khabar webhooks secret k1")
    assert await intake.open_computations() == 0
    answers = await intake.submit_many(
        [submission("j2", owner="k1", callback=URL), submission("j3", owner="k1")]
    )
    assert isinstance(answers[0], WebhookSecretMissing)
    assert answers[1].new


async def test_too_many_undelivered_messages_are_refused_to_their_owner_alone(
    intake: Intake, ledger: Ledger, outbox: Outbox, settings: Settings
):
    connection = service_connection(settings.store_url)
    strict = Intake(connection, settings.model_copy(update={"webhook_max_pending": 2}))
    for name in ("j1", "j2"):
        await end_job(strict, ledger, name)
    with pytest.raises(QueueFull) as refusal:
        await strict.submit(submission("j3", article="3" * 64, callback=URL))
    assert (refusal.value.field, refusal.value.limit, refusal.value.given) == (
        "callback_url",
        2,
        2,
    )
    assert (await strict.submit(submission("j3", article="3" * 64))).new
    await SecretBook(connection).find_or_make("k1")
    assert (await strict.submit(submission("j4", owner="k1", callback=URL))).new
    await connection.aclose()


# Sending


async def test_a_message_has_one_sender_at_a_time(intake: Intake, ledger: Ledger, outbox: Outbox):
    await end_job(intake, ledger, "j1")
    (first,) = await outbox.take(10)
    assert len(first.secrets) == 1
    assert await outbox.take(10) == []
    time.sleep(0.85)
    (second,) = await outbox.take(10)
    assert second.message.id == first.message.id
    assert second.message.body() == first.message.body()
    assert not await outbox.record(first, attempt(Outcome.DELIVERED, 200), DELIVERED)
    assert (await outbox.find("msg_j1")).state is PENDING
    assert await outbox.record(second, attempt(Outcome.DELIVERED, 200), DELIVERED)
    assert not await outbox.record(second, attempt(), DEAD)
    assert (await outbox.find("msg_j1")).state is DELIVERED
    assert [one.outcome for one in await outbox.history("msg_j1")] == [Outcome.DELIVERED]
    assert await outbox.take(10) == []


async def test_a_failure_comes_up_again_after_its_pause(
    intake: Intake, ledger: Ledger, outbox: Outbox
):
    await end_job(intake, ledger, "j1")
    (taken,) = await outbox.take(1)
    assert await outbox.record(taken, attempt(), PENDING, 0.3)
    assert await outbox.take(1) == []
    assert (await outbox.find("msg_j1")).due_at > datetime.now(UTC)
    time.sleep(0.35)
    (again,) = await outbox.take(1)
    assert again.message.attempts == 1
    assert again.message.last == attempt().model_copy(update={"at": again.message.last.at})


async def test_a_new_message_does_not_wait_for_the_retry_of_another(
    intake: Intake, ledger: Ledger, outbox: Outbox
):
    await end_job(intake, ledger, "j1")
    (taken,) = await outbox.take(1)
    await outbox.record(taken, attempt(), PENDING, 3600)
    await end_job(intake, ledger, "j2")
    assert ids(await outbox.take(10)) == ["msg_j2"]


async def test_a_slow_endpoint_holds_up_no_other(
    intake: Intake, ledger: Ledger, outbox: Outbox, redis_client
):
    for number in range(20):
        await end_job(intake, ledger, f"slow{number}", "https://slow.example/")
    await end_job(intake, ledger, "other")
    taken = await outbox.take(10)
    assert len(taken) == 3, "two at the slow endpoint, and the other"
    assert "msg_other" in ids(taken)
    put_off_to = redis_client.zscore(outbox_schema.ENDPOINTS, "slow.example:443")
    assert put_off_to > time.time() + 0.1, "it is not even looked at meanwhile"
    assert await outbox.take(10) == []
    slow = next(one for one in taken if one.message.id != "msg_other")
    await outbox.record(slow, attempt(Outcome.DELIVERED, 200), DELIVERED)
    assert len(await outbox.take(10)) == 1, "one has made room for one"
    time.sleep(0.85)
    assert len([one for one in await outbox.take(10) if "slow" in one.message.id]) == 2


async def test_a_key_with_very_many_slow_endpoints_holds_up_no_other_key(
    intake: Intake, ledger: Ledger, outbox: Outbox, settings: Settings, redis_client
):
    for number in range(210):
        await end_job(intake, ledger, f"slow{number}", f"https://slow{number}.example/")
    connection = service_connection(settings.store_url)
    await SecretBook(connection).find_or_make("k1")
    await connection.aclose()
    await end_job(intake, ledger, "other", owner="k1")
    taken = await outbox.take(20)
    assert len(taken) == 9, "eight of the first key, and the other's"
    assert "msg_other" in ids(taken)
    put_off_to = redis_client.zscore(outbox_schema.OWNERS, "")
    assert put_off_to > time.time() + 0.1, "its endpoints are not even looked at meanwhile"
    assert await outbox.take(20) == []
    slow = [one for one in taken if one.message.id != "msg_other"]
    for one in slow[:3]:
        await outbox.record(one, attempt(Outcome.DELIVERED, 200), DELIVERED)
    assert len(await outbox.take(20)) == 3, "three have made room for three"
    time.sleep(0.85)
    again = await outbox.take(20)
    assert sorted("slow" in one for one in ids(again)) == [False, *[True] * 8]


async def test_nothing_is_left_of_what_was_delivered_but_its_record(
    intake: Intake, ledger: Ledger, outbox: Outbox, redis_client
):
    await end_job(intake, ledger, "j1")
    (taken,) = await outbox.take(1)
    await outbox.record(taken, attempt(Outcome.DELIVERED, 200), DELIVERED)
    kept = (outbox_schema.OWNERS, outbox_schema.ENDPOINTS, outbox_schema.DUE_AT)
    for prefix in (*kept, outbox_schema.UNDER_WAY):
        assert redis_client.keys(prefix + "*") == []


async def test_no_more_are_taken_than_were_asked_for(
    intake: Intake, ledger: Ledger, outbox: Outbox
):
    for number in range(6):
        await end_job(intake, ledger, f"j{number}", f"https://desk{number}.example/")
    first, second = await outbox.take(4), await outbox.take(4)
    assert (len(first), len(second)) == (4, 2)
    assert len({*ids(first), *ids(second)}) == 6


async def test_who_waits_is_woken_by_a_message(
    intake: Intake, ledger: Ledger, outbox: Outbox, settings: Settings, redis_client
):
    for number in range(5):
        await end_job(intake, ledger, f"j{number}")
    assert redis_client.llen(outbox_schema.BELL) == 1
    began = time.monotonic()
    await outbox.wait(5)
    assert time.monotonic() - began < 2
    connection = sender_connection(settings.store_url)
    began = time.monotonic()
    await Outbox(connection, settings).wait(2)
    assert time.monotonic() - began >= 1.9, "longer than a store is given to answer"
    await connection.aclose()


async def test_no_change_of_a_secret_undoes_that_its_key_was_revoked(settings: Settings):
    connection = service_connection(settings.store_url)
    book = SecretBook(connection)
    await book.find_or_make("")
    changes = (book.rotate("") for _ in range(20))
    await asyncio.gather(*changes, book.revoke(""), return_exceptions=True)
    assert (await book.find_or_make("")).revoked
    with pytest.raises(RotationRefused):
        await book.rotate("")
    await connection.aclose()


async def test_after_a_change_of_secret_both_sign_for_a_day(
    intake: Intake, ledger: Ledger, outbox: Outbox, settings: Settings, redis_client
):
    connection = service_connection(settings.store_url)
    book = SecretBook(connection)
    old = await book.find_or_make("")
    assert await book.find_or_make("") == old
    new = await book.rotate("")
    await connection.aclose()
    await end_job(intake, ledger, "j1")
    (taken,) = await outbox.take(1)
    assert taken.secrets == (new.current, old.current)
    assert new.live(taken.now + 86_401) == (new.current,)
    redis_client.delete(outbox_schema.SECRETS)
    time.sleep(0.85)
    (taken,) = await outbox.take(1)
    assert taken.secrets == ()


# What is over


async def test_the_given_up_are_listed_until_they_are_redelivered(
    intake: Intake, ledger: Ledger, outbox: Outbox, redis_client
):
    message_id = await end_job(intake, ledger, "j1")
    (taken,) = await outbox.take(1)
    await outbox.record(taken, attempt(), DEAD)
    assert await messages(outbox, DEAD) == [message_id]
    assert await messages(outbox, PENDING) == []
    assert 0 < redis_client.ttl(outbox_schema.MESSAGE + message_id) <= 604_800
    assert 0 < redis_client.ttl(outbox_schema.ATTEMPTS + message_id) <= 604_800
    assert (await outbox.find(message_id)).due_at is None

    again = await outbox.redeliver(message_id)
    assert (again.state, again.attempts) == (PENDING, 0)
    assert await messages(outbox, DEAD) == []
    assert redis_client.ttl(outbox_schema.MESSAGE + message_id) == -1
    (taken,) = await outbox.take(1)
    assert taken.message.id == message_id
    await outbox.record(taken, attempt(Outcome.DELIVERED, 204), DELIVERED)
    assert await messages(outbox, DELIVERED) == [message_id]
    assert [one.status for one in await outbox.history(message_id)] == [500, 204]


async def test_redelivering_brings_a_retry_forward_and_lets_one_that_is_sent_be(
    intake: Intake, ledger: Ledger, outbox: Outbox
):
    message_id = await end_job(intake, ledger, "j1")
    (taken,) = await outbox.take(1)
    await outbox.redeliver(message_id)
    assert await outbox.take(1) == []
    await outbox.record(taken, attempt(), PENDING, 3600)
    await outbox.redeliver(message_id)
    assert ids(await outbox.take(1)) == [message_id]
    with pytest.raises(DeliveryUnknown):
        await outbox.redeliver("msg_none")
    with pytest.raises(DeliveryUnknown):
        await outbox.find("msg_none")


async def test_pages_lead_through_messages_of_one_moment(
    intake: Intake, ledger: Ledger, outbox: Outbox
):
    for number in range(25):
        await intake.submit(submission(f"j{number:02}", callback=URL))
    await intake.submit(submission("other", callback=URL))
    finish(ledger, wanted()[0].id)
    found: list[Message] = []
    after = None
    while True:
        page = await outbox.page("", PENDING, 7, after)
        found += page.messages
        if page.next is None:
            break
        assert len(page.messages) == 7
        after = read_cursor(page.next)
    assert len(found) == len({message.id for message in found}) == 26
    assert (await outbox.page("k1", PENDING, 7)).messages == ()


async def test_nothing_is_left_of_what_was_delivered(
    intake: Intake, ledger: Ledger, outbox: Outbox, settings: Settings, redis_client
):
    connection = service_connection(settings.store_url)
    brief = Intake(connection, settings.model_copy(update={"job_seconds": 1}))
    await end_job(brief, ledger, "j1")
    (taken,) = await outbox.take(1)
    await outbox.record(taken, attempt(Outcome.DELIVERED, 200), DELIVERED)
    await connection.aclose()
    assert (await outbox.find("msg_j1")).state is DELIVERED
    time.sleep(1.1)
    left = set(redis_client.keys(schema.PREFIX + "webhook*"))
    assert left <= {outbox_schema.SECRETS, outbox_schema.BELL}
