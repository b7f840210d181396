"""A workbench on a real store: every computation ends in a recorded state."""

import threading
from typing import Any

import pytest
import redis

from khabar.errors import EngineFailed, ErrorRecord, NothingToSummarise
from khabar.job import State
from khabar.languages import Language
from khabar.publisher import HintPublisher
from khabar.queues import Priority, celery_app
from khabar.settings import Settings
from khabar.store import schema
from khabar.store.glossaries import GlossaryReader
from khabar.store.intake import Intake, Submission
from khabar.store.ledger import Ledger
from khabar.summary import Summary
from tests.workers.builders import ARTICLE, computation_of, fake_recipe, registry_of
from workers.leases import LeaseKeeper
from workers.pipeline import Pipeline
from workers.work import Workbench

pytestmark = pytest.mark.anyio
RECIPE = fake_recipe("en-ru", "en-ar")
EN, RU, AR = Language.ENGLISH, Language.RUSSIAN, Language.ARABIC


class Broken(Pipeline):
    """Fails at every step with the error it is given."""

    def __init__(self, error: Exception) -> None:
        super().__init__(registry_of(RECIPE))
        self.error = error

    def summarise(self, *_: object, **__: object):
        raise self.error


def bench(ledger: Ledger, settings: Settings, pipeline: Pipeline | None = None) -> Workbench:
    return Workbench(
        ledger,
        LeaseKeeper(ledger, settings.lease_seconds),
        pipeline or Pipeline(registry_of(RECIPE)),
        HintPublisher(celery_app(settings)),
        "test",
    )


async def submit(intake: Intake, *languages: Language) -> None:
    await intake.submit(
        Submission(
            job_id="j1",
            owner="",
            article_json=ARTICLE.model_dump_json(),
            wanted=tuple(computation_of(RECIPE, language) for language in languages),
            priority=Priority.BULK,
        )
    )


def error_of(job, language: Language) -> ErrorRecord:
    error = job.languages[language].error
    assert error is not None
    return error


async def test_a_job_is_done_step_by_step(intake: Intake, ledger: Ledger, settings: Settings):
    await submit(intake, EN, RU, AR)
    workbench = bench(ledger, settings)
    for language in (EN, RU, AR):
        workbench.run(computation_of(RECIPE, language).id)
    assert (await intake.job("j1")).state is State.DONE
    assert (await intake.counters())["model_calls"] == 3


async def test_a_hint_that_is_late_or_doubled_does_nothing(
    intake: Intake, ledger: Ledger, settings: Settings
):
    await submit(intake, EN)
    workbench = bench(ledger, settings)
    for _ in range(3):
        workbench.run(computation_of(RECIPE).id)
    workbench.run("0" * 64)
    assert (await intake.counters())["model_calls"] == 1


async def test_an_error_of_the_article_ends_it_at_once(
    intake: Intake, ledger: Ledger, settings: Settings
):
    await submit(intake, EN)
    broken = Broken(NothingToSummarise("No sentence is left."))
    bench(ledger, settings, broken).run(computation_of(RECIPE).id)
    job = await intake.job("j1")
    assert job.state is State.FAILED
    assert error_of(job, EN).code == "nothing_to_summarise"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (EngineFailed("Out of memory."), "engine_failed"),
        (ZeroDivisionError("secret text of the article"), "unexpected_failure"),
    ],
)
async def test_what_another_try_may_mend_is_tried_again_and_ends_recorded(
    intake: Intake,
    ledger: Ledger,
    settings: Settings,
    connection: redis.Redis,
    error: Exception,
    code: str,
):
    await submit(intake, EN)
    workbench = bench(ledger, settings, Broken(error))
    computation = computation_of(RECIPE).id
    for attempt in range(1, settings.max_attempts + 1):
        workbench.run(computation)
        assert connection.hget(schema.COMPUTATION + computation, "attempt") == str(attempt)
        assert (await intake.job("j1")).state is State.RUNNING
    workbench.run(computation)
    job = await intake.job("j1")
    assert job.state is State.FAILED
    assert error_of(job, EN).code == code
    assert "secret" not in error_of(job, EN).model_dump_json()


async def test_work_whose_glossary_is_gone_fails_and_says_so(
    intake: Intake, ledger: Ledger, settings: Settings, connection: redis.Redis
):
    digest = "0" * 64
    value = f"{digest} 1 1790000000 {'a' * 32}"
    connection.hset(schema.GLOSSARY_OF, RECIPE.name, value)
    computation = computation_of(RECIPE, glossary=digest)
    await intake.submit(
        Submission("j1", "", ARTICLE.model_dump_json(), (computation,), Priority.BULK)
    )
    reader = GlossaryReader(connection)
    workbench = bench(ledger, settings, Pipeline(registry_of(RECIPE, read_glossary=reader.read)))
    workbench.run(computation.id)
    job = await intake.job("j1")
    assert job.state is State.FAILED
    assert error_of(job, EN).code == "glossary_missing"


async def test_work_is_left_to_others_when_the_store_goes_away(
    intake: Intake, ledger: Ledger, settings: Settings, connection: redis.Redis
):
    await submit(intake, EN)
    broken = Broken(redis.exceptions.ConnectionError("away"))
    with pytest.raises(redis.exceptions.ConnectionError):
        bench(ledger, settings, broken).run(computation_of(RECIPE).id)
    assert connection.hget(schema.COMPUTATION + computation_of(RECIPE).id, "state") == "running"


async def test_cancelled_work_is_dropped(
    intake: Intake, ledger: Ledger, settings: Settings, connection: redis.Redis
):
    computation = computation_of(RECIPE).id
    leases = LeaseKeeper(ledger, settings.lease_seconds)

    class CancelledMeanwhile(Pipeline):
        def summarise(self, *arguments: Any) -> Summary:
            connection.delete(schema.WAITING_JOBS + computation)
            leases._beat(leases._leases()[0])
            *_, check_point = arguments
            check_point()
            raise AssertionError("the check point should have stopped it")

    await submit(intake, EN)
    pipeline = CancelledMeanwhile(registry_of(RECIPE))
    publisher = HintPublisher(celery_app(settings))
    Workbench(ledger, leases, pipeline, publisher, "test").run(computation)
    assert await intake.open_computations() == 0
    assert connection.exists(schema.COMPUTATION + computation) == 0


async def test_what_a_worker_fell_silent_over_is_done_when_nothing_else_is(
    intake: Intake, ledger: Ledger, settings: Settings, connection: redis.Redis
):
    await submit(intake, EN)
    (suspect,) = (computation_of(RECIPE).id,)
    connection.hset(schema.COMPUTATION + suspect, "silenced", 1)
    workbench = bench(ledger, settings)
    with workbench._floor.together():
        worker = threading.Thread(target=workbench.run, args=(suspect,))
        worker.start()
        worker.join(0.2)
        assert connection.hget(schema.COMPUTATION + suspect, "state") == "queued"
    worker.join(10)
    assert (await intake.job("j1")).state is State.DONE
