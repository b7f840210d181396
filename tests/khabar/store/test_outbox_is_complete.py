"""Whatever happens to jobs, one that ended and has a callback has its message, and never two."""

import asyncio
import time
from collections import Counter

import redis
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from khabar.errors import SourceFailed
from khabar.job import State
from khabar.settings import Settings
from khabar.store import outbox_schema, schema
from khabar.store.connection import service_connection, worker_connection
from khabar.store.intake import Intake
from khabar.store.ledger import Ledger
from khabar.store.webhook_secrets import SecretBook
from tests.khabar.store.builders import submission, summary_for, wanted

ARTICLES = ("1" * 64, "2" * 64)
LANGUAGES = ("en", "ru", "ru ar", "en ru ar")
COMPUTATIONS = [c.id for article in ARTICLES for c in wanted("en ru ar", article)]


class Jobs(RuleBasedStateMachine):
    """Does to jobs what clients, workers and sweepers may do, in any order, also twice."""

    store: Settings

    def __init__(self) -> None:
        super().__init__()
        self.client = redis.Redis.from_url(self.store.store_url, decode_responses=True)
        self.client.flushall()
        self.connection = worker_connection(self.store.store_url)
        self.ledger = Ledger(self.connection, self.store)
        self.jobs: dict[str, bool] = {}
        self.claims = []
        self.loop = asyncio.new_event_loop()
        self.service = service_connection(self.store.store_url)
        self.intake = Intake(self.service, self.store)
        self.run(SecretBook(self.service).find_or_make(""))

    def run(self, coroutine):
        return self.loop.run_until_complete(coroutine)

    @rule(
        article=st.sampled_from(ARTICLES),
        languages=st.sampled_from(LANGUAGES),
        called=st.booleans(),
        twice=st.booleans(),
    )
    def submit(self, article: str, languages: str, called: bool, twice: bool) -> None:
        job_id = f"j{len(self.jobs)}"
        url = "https://desk.example/" if called else None
        for _ in range(1 + twice):
            self.run(
                self.intake.submit(submission(job_id, languages, article=article, callback=url))
            )
        self.jobs[job_id] = called

    @rule(computation=st.sampled_from(COMPUTATIONS))
    def claim(self, computation: str) -> None:
        claim = self.ledger.claim(computation, f"w{len(self.claims)}")
        if claim:
            self.claims.append(claim)

    @precondition(lambda self: self.claims)
    @rule(number=st.integers(0, 50), twice=st.booleans())
    def finish(self, number: int, twice: bool) -> None:
        claim = self.claims[number % len(self.claims)]
        for _ in range(1 + twice):
            self.ledger.finish(claim, summary_for(claim), 1)

    @precondition(lambda self: self.claims)
    @rule(number=st.integers(0, 50))
    def fail(self, number: int) -> None:
        claim = self.claims[number % len(self.claims)]
        self.ledger.fail(claim, SourceFailed("It failed.").record(), 1)

    @precondition(lambda self: self.claims)
    @rule(number=st.integers(0, 50))
    def release(self, number: int) -> None:
        self.ledger.release(self.claims[number % len(self.claims)], 0, None)

    @precondition(lambda self: self.jobs)
    @rule(number=st.integers(0, 50))
    def cancel(self, number: int) -> None:
        self.run(self.intake.cancel(f"j{number % len(self.jobs)}"))

    @rule(wait=st.sampled_from([0, 0.06]))
    def sweep(self, wait: float) -> None:
        time.sleep(wait)
        self.ledger.sweep()

    @rule(article=st.sampled_from(ARTICLES))
    def withdraw(self, article: str) -> None:
        self.run(self.intake.withdraw(article))

    @invariant()
    def every_end_has_its_message(self) -> None:
        due = self.client.zrange(outbox_schema.DUE_AT + ":desk.example:443", 0, -1)
        listed = self.client.zrange(outbox_schema.MESSAGES + "pending:", 0, -1)
        ended = [
            f"msg_{job_id}"
            for job_id, called in self.jobs.items()
            if called and State(self.client.hget(schema.JOB + job_id, "state")).final
        ]
        assert sorted(due) == sorted(listed) == sorted(ended)
        assert all(self.client.exists(outbox_schema.MESSAGE + one) for one in ended)
        written = int(self.client.hget(schema.COUNTERS, "webhooks_queued") or 0)
        assert written == len(ended)
        ends = Counter(
            '"end"' in fields["event"]
            for job_id in self.jobs
            for _, fields in self.client.xrange(schema.EVENTS + job_id)
        )[True]
        assert ends == sum(
            State(self.client.hget(schema.JOB + job_id, "state")).final for job_id in self.jobs
        )

    def teardown(self) -> None:
        self.run(self.service.aclose())
        self.loop.close()
        self.connection.close()
        self.client.close()


def test_an_ended_job_with_a_callback_has_one_message(settings: Settings):
    store = settings.model_copy(update={"lease_seconds": 0.05, "max_attempts": 2})
    machine = type("JobsHere", (Jobs,), {"store": store})
    machine.TestCase.settings = hypothesis_settings(
        max_examples=25,
        stateful_step_count=30,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    machine.TestCase("runTest").runTest()
