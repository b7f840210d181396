"""The scripts on a real Redis: what becomes of a computation and of the jobs that wait for it."""

import time

import pytest

from khabar.errors import EngineFailed, IdempotencyMismatch, JobUnknown, QueueFull
from khabar.job import State
from khabar.languages import Language
from khabar.queues import Priority, Stage
from khabar.settings import Settings
from khabar.store import schema
from khabar.store.connection import service_connection
from khabar.store.intake import Intake
from khabar.store.ledger import Beat, Ledger, Suspect
from tests.khabar.store.builders import submission, summary_for, wanted

pytestmark = pytest.mark.anyio
BULK = (Stage.SUMMARISE, Priority.BULK)
EN, RU, AR = Language.ENGLISH, Language.RUSSIAN, Language.ARABIC


def finish(ledger: Ledger, computation_id: str) -> list:
    claim = ledger.claim(computation_id, "worker")
    assert claim is not None
    kept, hints = ledger.finish(claim, summary_for(claim), 1)
    assert kept
    return hints


async def test_submit_records_the_job_and_hints_at_the_source_only(intake: Intake):
    accepted = await intake.submit(submission("j1", "ru ar"))
    assert accepted.new
    (hint,) = accepted.hints
    assert (hint.id, hint.stage) == (wanted("en")[0].id, Stage.SUMMARISE)
    job = await intake.job("j1")
    assert job.state is State.QUEUED
    assert {code: status.state for code, status in job.languages.items()} == {
        RU: State.QUEUED,
        AR: State.QUEUED,
    }


async def test_the_way_of_a_job_from_submission_to_its_end(intake: Intake, ledger: Ledger):
    await intake.submit(submission("j1", "en ru"))
    english, russian = wanted("en ru")
    hints = finish(ledger, english.id)
    assert [hint.stage for hint in hints] == [Stage.TRANSLATE]
    half = await intake.job("j1")
    assert (half.state, half.languages[EN].state) == (State.RUNNING, State.DONE)
    claim = ledger.claim(russian.id, "worker")
    assert claim is not None
    assert claim.source_summary_json
    ledger.finish(claim, summary_for(claim), 1)
    job = await intake.job("j1")
    assert job.state is State.DONE
    assert job.finished_at is not None
    kinds = [(event.type, event.fields.get("state")) for event in await intake.events("j1")]
    assert kinds == [
        ("accepted", None),
        ("language", "running"),
        ("language", "done"),
        ("language", "running"),
        ("language", "done"),
        ("end", "done"),
    ]
    assert all(await intake.summaries([english.id, russian.id]))


async def test_events_resume_after_the_last_one_seen(intake: Intake, ledger: Ledger):
    await intake.submit(submission("j1"))
    (first,) = await intake.events("j1")
    finish(ledger, wanted()[0].id)
    later = await intake.events("j1", first.id)
    assert [event.type for event in later] == ["language", "language", "end"]


async def test_a_cached_summary_ends_the_job_at_once(intake: Intake, ledger: Ledger):
    await intake.submit(submission("j1"))
    finish(ledger, wanted()[0].id)
    accepted = await intake.submit(submission("j2"))
    assert accepted.hints == ()
    job = await intake.job("j2")
    assert (job.state, job.languages[EN].cached) == (State.DONE, True)
    assert [event.type for event in await intake.events("j2")] == ["accepted", "language", "end"]


async def test_a_source_that_is_kept_lives_as_long_as_what_starts_from_it(
    intake: Intake, ledger: Ledger, redis_client
):
    await intake.submit(submission("j1"))
    english, russian = wanted("en ru")
    finish(ledger, english.id)
    redis_client.expire(schema.SUMMARY + english.id, 1)
    await intake.submit(submission("j2", "ru"))
    assert redis_client.ttl(schema.SUMMARY + english.id) > 100
    claim = ledger.claim(russian.id, "worker")
    assert claim is not None
    assert claim.source_summary_json


async def test_a_cached_translation_does_not_ask_for_its_source(
    intake: Intake, ledger: Ledger, redis_client
):
    await intake.submit(submission("j1", "ru"))
    english, russian = wanted("en ru")
    finish(ledger, english.id)
    finish(ledger, russian.id)
    redis_client.delete(schema.SUMMARY + english.id)
    accepted = await intake.submit(submission("j2", "ru"))
    assert accepted.hints == ()
    assert (await intake.job("j2")).state is State.DONE
    assert await intake.open_computations() == 0


async def test_one_computation_serves_many_jobs(intake: Intake, ledger: Ledger):
    answers = [await intake.submit(submission(f"j{n}")) for n in range(20)]
    assert sum(len(answer.hints) for answer in answers) == 1
    assert await intake.open_computations() == 1
    finish(ledger, wanted()[0].id)
    assert {(await intake.job(f"j{n}")).state for n in range(20)} == {State.DONE}
    assert (await intake.counters())["computations_done"] == 1


async def test_submitting_the_same_job_twice_is_one_job(intake: Intake):
    await intake.submit(submission("j1"))
    again = await intake.submit(submission("j1"))
    assert (again.job_id, again.new, again.hints) == ("j1", False, ())
    assert (await intake.counters())["jobs_accepted"] == 1


async def test_an_idempotency_key_leads_back_to_its_job(intake: Intake):
    await intake.submit(submission("j1", idempotency="k", request="r1"))
    again = await intake.submit(submission("j2", idempotency="k", request="r1"))
    assert (again.job_id, again.new) == ("j1", False)
    with pytest.raises(IdempotencyMismatch) as refusal:
        await intake.submit(submission("j3", idempotency="k", request="r2"))
    assert refusal.value.field == "Idempotency-Key"


async def test_only_the_lease_holder_may_finish(intake: Intake, ledger: Ledger):
    await intake.submit(submission("j1"))
    (computation,) = wanted()
    frozen = ledger.claim(computation.id, "frozen")
    assert frozen is not None
    assert ledger.claim(computation.id, "other") is None
    time.sleep(1.1)
    other = ledger.claim(computation.id, "other")
    assert other is not None
    assert other.attempt == 2
    assert ledger.beat(frozen) is Beat.LOST
    assert ledger.finish(frozen, summary_for(frozen), 1) == (False, [])
    assert (await intake.job("j1")).state is State.RUNNING
    assert ledger.finish(other, summary_for(other), 1)[0]
    assert ledger.finish(other, summary_for(other), 1) == (False, [])
    assert [event.type for event in await intake.events("j1")].count("end") == 1


async def test_claiming_twice_by_the_same_owner_is_one_attempt(intake: Intake, ledger: Ledger):
    await intake.submit(submission("j1"))
    first = ledger.claim(wanted()[0].id, "me")
    second = ledger.claim(wanted()[0].id, "me")
    assert first is not None
    assert second is not None
    assert (first.attempt, second.attempt) == (1, 1)


async def test_a_beat_keeps_the_lease(intake: Intake, ledger: Ledger):
    await intake.submit(submission("j1"))
    claim = ledger.claim(wanted()[0].id, "me")
    assert claim is not None
    for _ in range(4):
        time.sleep(0.4)
        assert ledger.beat(claim) is Beat.KEPT
    assert ledger.sweep() == []


async def test_the_sweeper_hints_again_at_what_nobody_claimed(intake: Intake, ledger: Ledger):
    await intake.submit(submission("j1"))
    assert ledger.sweep() == []
    time.sleep(0.25)
    assert [hint.id for hint in ledger.sweep([BULK])] == [wanted()[0].id]
    assert ledger.sweep([BULK]) == [], "the next look comes after a pause"


async def test_a_long_queue_does_not_grow_by_sweeping_and_an_empty_one_is_filled(
    intake: Intake, ledger: Ledger
):
    await intake.submit(submission("j1"))
    busy = []
    for _ in range(9):
        time.sleep(0.21)
        busy.append(len(ledger.sweep()))
    assert busy == [0, 0, 0, 1, 0, 0, 0, 1, 0], "while the queue is busy, ever fewer hints"
    empty = []
    for _ in range(3):
        time.sleep(0.21)
        empty.append(len(ledger.sweep([BULK])))
    assert empty == [1, 1, 1], "an empty queue has lost the hint"


async def test_the_sweeper_gives_expired_leases_to_others(intake: Intake, ledger: Ledger):
    await intake.submit(submission("j1"))
    assert ledger.claim(wanted()[0].id, "dead") is not None
    time.sleep(1.1)
    assert [hint.id for hint in ledger.sweep()] == [wanted()[0].id]
    assert finish(ledger, wanted()[0].id) == []
    assert (await intake.counters())["leases_expired"] == 1


async def test_poison_fails_after_the_last_attempt_and_spares_its_neighbour(
    intake: Intake, ledger: Ledger
):
    await intake.submit(submission("poison", "en ru", article="b" * 64))
    await intake.submit(submission("good"))
    poison = wanted("en", "b" * 64)[0].id
    for attempt in range(5):
        claim = ledger.claim(poison, f"w{attempt}")
        assert claim is not None
        assert claim.attempt == attempt + 1
        time.sleep(1.05)
    ledger.sweep()
    job = await intake.job("poison")
    assert job.state is State.FAILED
    errors = {code: status.error.code for code, status in job.languages.items() if status.error}
    assert errors == {EN: "attempts_exhausted", RU: "source_failed"}
    finish(ledger, wanted()[0].id)
    assert (await intake.job("good")).state is State.DONE


@pytest.mark.parametrize("found_by", ["sweep", "claim"])
async def test_what_a_worker_fell_silent_over_is_done_alone(
    intake: Intake, ledger: Ledger, settings: Settings, found_by: str
):
    await intake.submit(submission("j1"))
    (computation,) = wanted()
    assert ledger.claim(computation.id, "silent", alone=False) is not None
    time.sleep(settings.lease_seconds + 0.05)
    if found_by == "sweep":
        ledger.sweep()
    for _ in range(2):
        with pytest.raises(Suspect):
            ledger.claim(computation.id, "busy", alone=False)
    claim = ledger.claim(computation.id, "idle")
    assert claim is not None
    assert claim.attempt == 2
    # Given back with an error, it stays what it is.
    ledger.release(claim, 0, EngineFailed("Out of memory.").record())
    with pytest.raises(Suspect):
        ledger.claim(computation.id, "busy", alone=False)


async def test_a_failure_of_one_language_leaves_the_others(intake: Intake, ledger: Ledger):
    await intake.submit(submission("j1", "en ru"))
    english, russian = wanted("en ru")
    finish(ledger, english.id)
    claim = ledger.claim(russian.id, "w")
    assert claim is not None
    ledger.fail(claim, EngineFailed("The model broke.").record(), 1)
    job = await intake.job("j1")
    assert (job.state, job.languages[EN].state) == (State.DONE, State.DONE)
    error = job.languages[RU].error
    assert error is not None
    assert (error.code, error.message) == ("engine_failed", "The model broke.")


async def test_a_failed_computation_is_made_anew_when_asked_again(intake: Intake, ledger: Ledger):
    await intake.submit(submission("j1"))
    claim = ledger.claim(wanted()[0].id, "w")
    assert claim is not None
    ledger.fail(claim, EngineFailed("The model broke.").record(), 0)
    accepted = await intake.submit(submission("j2"))
    assert len(accepted.hints) == 1
    finish(ledger, wanted()[0].id)
    assert (await intake.job("j1")).state is State.FAILED
    assert (await intake.job("j2")).state is State.DONE


async def test_released_work_is_due_again(intake: Intake, ledger: Ledger):
    await intake.submit(submission("j1"))
    claim = ledger.claim(wanted()[0].id, "w")
    assert claim is not None
    ledger.release(claim, 0, EngineFailed("Out of memory.").record())
    assert [hint.id for hint in ledger.sweep([BULK])] == [claim.id]
    again = ledger.claim(claim.id, "w")
    assert again is not None
    assert again.attempt == 2
    ledger.release(again, 0, None)
    third = ledger.claim(claim.id, "w")
    assert third is not None
    assert third.attempt == 2, "work given back without an error spends no attempt"


async def test_a_computation_past_its_deadline_fails(settings: Settings, ledger: Ledger):
    connection = service_connection(settings.store_url)
    intake = Intake(connection, settings)
    hasty = Ledger(ledger._redis, settings.model_copy(update={"deadline_seconds": 0.1}))
    await intake.submit(submission("j1"))
    claim = hasty.claim(wanted()[0].id, "w")
    assert claim is not None
    time.sleep(0.2)
    assert hasty.beat(claim) is Beat.LATE
    error = (await intake.job("j1")).languages[EN].error
    assert error is not None
    assert (error.code, error.limit) == ("deadline_passed", 0.1)
    await connection.aclose()


async def test_cancelling_drops_work_that_nobody_else_wants(intake: Intake, ledger: Ledger):
    await intake.submit(submission("j1", "ru"))
    await intake.submit(submission("j2", "en"))
    await intake.cancel("j1")
    job = await intake.job("j1")
    assert (job.state, job.languages[RU].state) == (State.CANCELLED, State.CANCELLED)
    assert await intake.open_computations() == 1
    await intake.cancel("j2")
    assert await intake.open_computations() == 0
    assert ledger.claim(wanted("en")[0].id, "w") is None


async def test_cancelling_running_work_tells_its_worker(intake: Intake, ledger: Ledger):
    await intake.submit(submission("j1"))
    claim = ledger.claim(wanted()[0].id, "w")
    assert claim is not None
    await intake.cancel("j1")
    assert ledger.beat(claim) is Beat.UNWANTED
    ledger.release(claim, 0, None)
    assert await intake.open_computations() == 0
    with pytest.raises(JobUnknown):
        await intake.cancel("unheard-of")


async def test_cancelling_an_ended_job_changes_nothing(intake: Intake, ledger: Ledger):
    await intake.submit(submission("j1"))
    finish(ledger, wanted()[0].id)
    await intake.cancel("j1")
    assert (await intake.job("j1")).state is State.DONE


async def test_an_urgent_job_moves_bulk_work_to_the_urgent_queue(intake: Intake):
    await intake.submit(submission("j1"))
    accepted = await intake.submit(submission("j2", priority=Priority.URGENT))
    assert [hint.priority for hint in accepted.hints] == [Priority.URGENT]
    again = await intake.submit(submission("j3", priority=Priority.URGENT))
    assert again.hints == ()


async def test_a_full_queue_refuses_new_work_and_still_serves_old(
    settings: Settings, ledger: Ledger
):
    connection = service_connection(settings.store_url)
    intake = Intake(connection, settings.model_copy(update={"max_open_computations": 2}))
    await intake.submit(submission("j1", article="1" * 64))
    await intake.submit(submission("j2", article="2" * 64))
    with pytest.raises(QueueFull) as refusal:
        await intake.submit(submission("j3", article="3" * 64))
    assert (refusal.value.limit, refusal.value.given) == (2, 2)
    with pytest.raises(JobUnknown):
        await intake.job("j3")
    joined = await intake.submit(submission("j4", article="1" * 64))
    assert joined.new, "a job that needs no new computation is taken"
    await connection.aclose()


async def test_many_submissions_each_get_their_own_answer(intake: Intake):
    answers = await intake.submit_many(
        [
            submission("j1", idempotency="k", request="one"),
            submission("j2", idempotency="k", request="two"),
            submission("j3", article="c" * 64),
        ]
    )
    first, second, third = answers
    assert not isinstance(first, Exception)
    assert isinstance(second, IdempotencyMismatch)
    assert not isinstance(third, Exception)


async def test_a_withdrawn_article_takes_its_summaries_along(intake: Intake, ledger: Ledger):
    await intake.submit(submission("j1", "en ru"))
    english, russian = wanted("en ru")
    finish(ledger, english.id)
    claim = ledger.claim(russian.id, "w")
    assert claim is not None
    assert await intake.withdraw("a" * 64)
    assert await intake.summaries([english.id]) == [None]
    assert ledger.finish(claim, summary_for(claim), 1) == (False, [])
    assert await intake.summaries([russian.id]) == [None]
    error = (await intake.job("j1")).languages[RU].error
    assert error is not None
    assert error.code == "article_unknown"
    assert not await intake.withdraw("a" * 64)


async def test_a_withdrawal_finds_summaries_that_were_kept_alive_by_asking(
    intake: Intake, ledger: Ledger, redis_client
):
    await intake.submit(submission("j1"))
    finish(ledger, wanted()[0].id)
    for key in redis_client.keys(schema.SUMMARIES_OF + "*"):
        redis_client.expire(key, 100)
    await intake.submit(submission("j2"))
    (key,) = redis_client.keys(schema.SUMMARIES_OF + "*")
    assert redis_client.ttl(key) >= redis_client.ttl(schema.SUMMARY + wanted()[0].id) > 100


async def test_nothing_is_left_behind_when_all_has_ended(
    intake: Intake, ledger: Ledger, redis_client
):
    await intake.submit(submission("j1", "en ru"))
    for computation in wanted("en ru"):
        finish(ledger, computation.id)
    for pattern in (schema.COMPUTATION, schema.WAITING_JOBS, schema.WAITING_NEXT, schema.DUE):
        assert redis_client.keys(pattern + "*") == []
    lasting = {schema.COUNTERS}
    endless = {key for key in redis_client.keys("*") if redis_client.ttl(key) == -1}
    assert endless == lasting, "every other key has a life time"


async def test_workers_are_known_while_they_speak(intake: Intake, ledger: Ledger):
    ledger.announce_worker("w1", {"queues": ["a"]})
    (worker,) = await intake.workers()
    assert (worker["name"], worker["queues"]) == ("w1", ["a"])
    ledger.dismiss_worker("w1")
    assert await intake.workers() == []
