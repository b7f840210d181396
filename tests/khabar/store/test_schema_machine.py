"""The scripts in any order, on a real Redis, against a model in Python.

Leases run out without waiting: a lease of a negative length has run out already. A claim is made
with either, so that workers lose theirs, and come back, in every state.
"""

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)
from redis import Redis

from khabar.languages import Language
from khabar.queues import Priority
from khabar.store import schema
from khabar.store.connection import worker_connection
from service.embedded.redis_server import RedisServer
from tests.khabar.store.builders import submission, wanted

MOST_ATTEMPTS = 3
EXPIRED, HELD = -1, 1_000
LANGUAGES = tuple(Language)
SOURCE = Language.ENGLISH
ARTICLES = ("a" * 64, "b" * 64)
WORKERS = ("w1", "w2")
FINAL = {"done", "failed", "cancelled"}
ERROR = json.dumps({"code": "engine_failed", "message": "It broke."})
LIMITS = {
    "open_computations": 5,
    "summary_seconds": 1_000,
    "job_seconds": 1_000,
    "idempotency_seconds": 1_000,
    "hint_seconds": 1_000,
}


@dataclass
class Work:
    """An open computation, as the model has it."""

    article: str
    language: Language
    state: str
    owner: str = ""
    expired: bool = False
    attempt: int = 0
    overdue: bool = False
    jobs: set[str] = field(default_factory=set)


@dataclass
class ModelJob:
    """A job, as the model has it: the state of each language, and of the whole."""

    article: str
    languages: dict[Language, str]
    state: str

    def end_if_over(self, *, cancelled: bool = False) -> None:
        if self.state in FINAL or not set(self.languages.values()) <= FINAL:
            return
        delivered = "done" in self.languages.values()
        self.state = "cancelled" if cancelled else "done" if delivered else "failed"


def computation_id(article: str, language: Language) -> str:
    (found,) = wanted(language, article)
    return found.id


IDS = {
    computation_id(article, language): (article, language)
    for article in ARTICLES
    for language in LANGUAGES
}


class Scripts(RuleBasedStateMachine):
    """Calls each script as the service and the workers would, and says what must come of it."""

    connection: Redis

    def __init__(self) -> None:
        super().__init__()
        self.connection.flushall()
        self.jobs: dict[str, ModelJob] = {}
        self.work: dict[str, Work] = {}
        self.summaries: set[str] = set()
        self.known: set[str] = set()
        self.endings: dict[str, str] = {}

    def run(self, script: str, *arguments: object) -> object:
        """Run a script through its registered form, as the product does."""
        return self.connection.register_script(getattr(schema, script))(
            args=[str(argument) for argument in arguments]
        )

    # --- what the model does when a computation ends -------------------------------------------

    def settle(self, work: Work, state: str) -> None:
        for job_id in work.jobs:
            job = self.jobs[job_id]
            if job.languages[work.language] not in FINAL:
                job.languages[work.language] = state
            job.end_if_over()

    def after(self, work: Work) -> list[str]:
        """Return the translations that wait for this work."""
        if work.language is not SOURCE:
            return []
        return [
            other
            for other, waiting in self.work.items()
            if waiting.article == work.article and waiting.state == "waiting"
        ]

    def fail_work(self, work_id: str) -> None:
        work = self.work[work_id]
        for other in [work_id, *self.after(work)]:
            self.settle(self.work[other], "failed")
            del self.work[other]

    def wanted_by_others(self, work_id: str) -> bool:
        work = self.work[work_id]
        return bool(work.jobs) or bool(self.after(work))

    def drop_if_unwanted(self, work_id: str) -> None:
        work = self.work.get(work_id)
        if work is None or work.state == "running" or self.wanted_by_others(work_id):
            return
        waited = work.state == "waiting"
        del self.work[work_id]
        source = computation_id(work.article, SOURCE)
        before = self.work.get(source)
        if waited and before and before.state == "queued" and not self.wanted_by_others(source):
            del self.work[source]

    def chosen(self, which: int) -> str:
        """Return an open computation or, one time in six, any."""
        every = sorted(IDS)
        among = every if which >= 10 or not self.work else sorted(self.work)
        return among[which % len(among)]

    def held(self, which: int, who: int) -> tuple[str, str]:
        """Return a computation, and the worker that holds it or, one time in six, another."""
        running = sorted(name for name, work in self.work.items() if work.state == "running")
        work_id = running[which % len(running)] if running and which < 10 else self.chosen(which)
        holder = self.work[work_id].owner if work_id in self.work else ""
        return work_id, holder if holder and who < 5 else WORKERS[who % len(WORKERS)]

    # --- the scripts ---------------------------------------------------------------------------

    def possible(self) -> list[Callable[[random.Random], None]]:
        """Return what may be done now, more often what brings work on."""
        running = any(work.state == "running" for work in self.work.values())
        overdue = any(work.overdue for work in self.work.values())
        opened = any(job.state not in FINAL for job in self.jobs.values())
        return [
            *[self.submit] * 2,
            *[self.claim] * 4 * bool(self.work),
            *[self.beat, self.done, self.done, self.fail, self.release, self.release] * running,
            *[self.sweep] * 2 * overdue,
            *[self.cancel] * 2 * opened,
            *[self.withdraw] * bool(self.known),
            self.a_stranger_is_refused,
        ]

    @rule(seed=st.integers(0, 2**63))
    def step(self, seed):
        # Drawn one by one, the choices of a step would be too alike to meet each other's work.
        chance = random.Random(seed)
        chance.choice(self.possible())(chance)

    def submit(self, chance: random.Random):
        article = chance.choice(ARTICLES)
        languages = chance.sample(LANGUAGES, chance.randint(1, 3))
        priority = chance.choice(tuple(Priority))
        key = chance.choice([None, None, "k"])
        again = chance.random() < 0.5
        job_id = f"j{len(self.jobs)}"
        sent = submission(
            job_id,
            " ".join(languages),
            article=article,
            priority=priority,
            idempotency=key,
            request=f"{article} {sorted(languages)} {priority}",
        )
        arguments = sent.arguments(json.dumps(LIMITS))
        verdict, *answer = self.run("SUBMIT", *arguments)
        if verdict == "known":
            assert key is not None
            assert answer[0] in self.jobs
            return
        if verdict == "mismatch":
            assert key is not None
            return
        missing = self.missing(article, languages)
        due = sum(work.state != "waiting" for work in self.work.values())
        full = bool(missing) and due + len(missing) > LIMITS["open_computations"]
        assert verdict == ("full" if full else "new")
        if full:
            return
        self.take(job_id, article, languages, missing)
        if again:
            assert self.run("SUBMIT", *arguments) == ["known", job_id]

    def missing(self, article: str, languages: list[Language]) -> list[Language]:
        def is_missing(language: Language) -> bool:
            identity = computation_id(article, language)
            return identity not in self.summaries and identity not in self.work

        asked = [language for language in languages if is_missing(language)]
        starts = any(language is not SOURCE for language in asked)
        if starts and SOURCE not in asked and is_missing(SOURCE):
            asked.append(SOURCE)
        return asked

    def take(self, job_id, article, languages, missing):
        source_cached = computation_id(article, SOURCE) in self.summaries
        for language in missing:
            waits = language is not SOURCE and not source_cached
            state = "waiting" if waits else "queued"
            self.work[computation_id(article, language)] = Work(article, language, state)
        states = {}
        for language in languages:
            identity = computation_id(article, language)
            if identity in self.summaries:
                states[language] = "done"
                continue
            work = self.work[identity]
            work.jobs.add(job_id)
            states[language] = "running" if work.state == "running" else "queued"
        state = "running" if "running" in states.values() else "queued"
        self.jobs[job_id] = ModelJob(article, states, state)
        self.jobs[job_id].end_if_over()
        self.known.add(article)

    def claim(self, chance: random.Random):
        which = chance.randrange(12)
        who = chance.randrange(6)
        lease = chance.choice([EXPIRED, HELD])
        work_id, owner = self.chosen(which), WORKERS[who % len(WORKERS)]
        verdict, *_ = self.run("CLAIM", work_id, owner, lease, MOST_ATTEMPTS, ERROR)
        work = self.work.get(work_id)
        if work is None or work.state == "waiting":
            assert verdict == "gone"
            return
        mine = work.state == "running" and work.owner == owner
        if work.state == "running" and not mine and not work.expired:
            assert verdict == "held"
            return
        if not mine and work.attempt >= MOST_ATTEMPTS:
            assert verdict == "exhausted"
            self.fail_work(work_id)
            return
        assert verdict == "claimed"
        if not mine:
            work.attempt += 1
            work.state, work.owner = "running", owner
            for job_id in work.jobs:
                job = self.jobs[job_id]
                if job.languages[work.language] == "queued":
                    job.languages[work.language] = job.state = "running"
        work.expired = work.overdue = lease == EXPIRED

    def holds(self, work_id: str, owner: str) -> bool:
        work = self.work.get(work_id)
        return work is not None and work.state == "running" and work.owner == owner

    def beat(self, chance: random.Random):
        which = chance.randrange(12)
        who = chance.randrange(6)
        lease = chance.choice([EXPIRED, HELD])
        late = chance.random() < 0.5
        work_id, owner = self.held(which, who)
        answer = self.run("BEAT", work_id, owner, lease, -1 if late else 1_000, ERROR)
        if not self.holds(work_id, owner):
            assert answer == "lost"
        elif not self.wanted_by_others(work_id):
            assert answer == "unwanted"
        elif late:
            assert answer == "late"
            self.fail_work(work_id)
        else:
            assert answer == "kept"
            self.work[work_id].expired = self.work[work_id].overdue = lease == EXPIRED

    def done(self, chance: random.Random):
        which = chance.randrange(12)
        who = chance.randrange(6)
        again = chance.random() < 0.5
        work_id, owner = self.held(which, who)
        arguments = ("DONE", work_id, owner, "{}", 1_000, 1_000, 1, ERROR)
        verdict, *_ = self.run(*arguments)
        if not self.holds(work_id, owner):
            assert verdict == "lost"
            return
        work = self.work[work_id]
        if work.article not in self.known:
            assert verdict == "withdrawn"
            self.fail_work(work_id)
            return
        assert verdict == "done"
        self.summaries.add(work_id)
        for other in self.after(work):
            self.work[other].state = "queued"
        self.settle(work, "done")
        del self.work[work_id]
        if again:
            assert self.run(*arguments) == ["lost"]

    def fail(self, chance: random.Random):
        which = chance.randrange(12)
        who = chance.randrange(6)
        again = chance.random() < 0.5
        work_id, owner = self.held(which, who)
        answer = self.run("FAIL", work_id, owner, ERROR, 1)
        assert answer == ("failed" if self.holds(work_id, owner) else "lost")
        if answer == "failed":
            self.fail_work(work_id)
            if again:
                assert self.run("FAIL", work_id, owner, ERROR, 1) == "lost"

    def release(self, chance: random.Random):
        which = chance.randrange(12)
        who = chance.randrange(6)
        error = chance.choice(["", ERROR])
        wait = chance.choice([EXPIRED, HELD])
        again = chance.random() < 0.5
        work_id, owner = self.held(which, who)
        answer = self.run("RELEASE", work_id, owner, wait, error)
        if not self.holds(work_id, owner):
            assert answer == "lost"
            return
        assert answer == "released"
        work = self.work[work_id]
        work.state, work.owner, work.overdue = "queued", "", wait == EXPIRED
        work.attempt -= not error
        self.drop_if_unwanted(work_id)
        if again:
            assert self.run("RELEASE", work_id, owner, wait, error) == "lost"

    def a_stranger_is_refused(self, chance: random.Random):
        script = chance.choice(["BEAT", "DONE", "FAIL", "RELEASE"])
        work_id = chance.choice(sorted(IDS))
        owner = chance.choice(("", *WORKERS))
        if self.holds(work_id, owner):
            return
        rest = {
            "BEAT": (1_000, 1_000, ERROR),
            "DONE": ("{}", 1_000, 1_000, 1, ERROR),
            "FAIL": (ERROR, 1),
            "RELEASE": (1_000, ""),
        }[script]
        assert self.run(script, work_id, owner, *rest) in ("lost", ["lost"])

    def sweep(self, chance: random.Random):
        again = chance.random() < 0.5
        arguments = ("SWEEP", 100, 1_000, "[]", MOST_ATTEMPTS, ERROR)
        hints = {json.loads(hint)["id"] for hint in self.run(*arguments)}
        freed = set()
        for work_id, work in list(self.work.items()):
            if work_id not in self.work or not work.overdue:
                continue
            if work.state == "running" and work.attempt >= MOST_ATTEMPTS:
                self.fail_work(work_id)
                continue
            if work.state == "running":
                work.state, work.owner = "queued", ""
                freed.add(work_id)
            work.overdue = work.expired = False
            self.drop_if_unwanted(work_id)
        assert freed & set(self.work) <= hints <= set(self.work)
        if again:
            assert self.run(*arguments) == []

    def cancel(self, chance: random.Random):
        again = chance.random() < 0.5
        opened = [name for name, job in self.jobs.items() if job.state not in FINAL]
        job_id = chance.choice(opened or sorted(self.jobs))
        job = self.jobs[job_id]
        answer = self.run("CANCEL", job_id)
        if job.state in FINAL:
            assert answer == job.state
            return
        assert answer == "cancelled"
        # In the order of the languages, since one that is dropped may take its source with it.
        for language in sorted(job.languages, key=LANGUAGES.index):
            if job.languages[language] in FINAL:
                continue
            job.languages[language] = "cancelled"
            work_id = computation_id(job.article, language)
            self.work[work_id].jobs.discard(job_id)
            self.drop_if_unwanted(work_id)
        job.end_if_over(cancelled=True)
        if again:
            assert self.run("CANCEL", job_id) == "cancelled"

    def withdraw(self, chance: random.Random):
        article = chance.choice(ARTICLES)
        assert self.run("WITHDRAW", article) == int(article in self.known)
        self.known.discard(article)
        self.summaries -= {work_id for work_id in IDS if IDS[work_id][0] == article}

    # --- what holds at every moment ------------------------------------------------------------

    @invariant()
    def jobs_are_as_in_the_model(self):
        for job_id, job in self.jobs.items():
            fields = self.connection.hgetall(schema.JOB + job_id)
            states = {language: fields[f"state:{language}"] for language in job.languages}
            assert (states, fields["state"]) == (job.languages, job.state)
            ended = [state for state in states.values() if state in FINAL]
            assert int(fields["open"]) == len(states) - len(ended)
            assert int(fields["delivered"]) == ended.count("done")

    @invariant()
    def computations_are_as_in_the_model(self):
        found = {
            work_id: self.connection.hgetall(schema.COMPUTATION + work_id)
            for work_id in self.suffixes(schema.COMPUTATION)
        }
        assert {work_id: fields["state"] for work_id, fields in found.items()} == {
            work_id: work.state for work_id, work in self.work.items()
        }
        for work_id, work in self.work.items():
            assert int(found[work_id]["attempt"]) == work.attempt <= MOST_ATTEMPTS
            if work.state == "running":
                assert found[work_id]["owner"] == work.owner

    @invariant()
    def what_can_be_worked_on_is_due_and_nothing_else_is(self):
        due = set(self.connection.zrange(schema.DUE, 0, -1))
        assert due == {work_id for work_id, work in self.work.items() if work.state != "waiting"}

    @invariant()
    def an_open_language_has_an_open_computation_that_knows_its_job(self):
        for job_id, job in self.jobs.items():
            for language, state in job.languages.items():
                if state not in FINAL:
                    work_id = computation_id(job.article, language)
                    assert self.connection.exists(schema.COMPUTATION + work_id)
                    assert self.connection.sismember(schema.WAITING_JOBS + work_id, job_id)

    @invariant()
    def what_waits_has_something_open_to_wait_for(self):
        for work in self.work.values():
            if work.state == "waiting":
                assert computation_id(work.article, SOURCE) in self.work

    @invariant()
    def a_job_ends_once_and_stays_as_it_ended(self):
        for job_id in self.jobs:
            entries = self.connection.xrange(schema.EVENTS + job_id)
            kinds = [json.loads(fields["event"]) for _, fields in entries]
            ends = [event["state"] for event in kinds if event["type"] == "end"]
            state = self.jobs[job_id].state
            assert ends == ([state] if state in FINAL else [])
            if ends:
                assert kinds[-1]["type"] == "end"
                assert self.endings.setdefault(job_id, state) == state
                assert self.connection.ttl(schema.JOB + job_id) > 0
                assert self.connection.ttl(schema.EVENTS + job_id) > 0

    @invariant()
    def no_key_is_left_behind(self):
        for prefix in (schema.WAITING_JOBS, schema.WAITING_NEXT):
            assert set(self.suffixes(prefix)) <= set(self.work)

    @invariant()
    def nothing_is_queued_that_nobody_wants(self):
        for work_id, work in self.work.items():
            assert work.state == "running" or self.wanted_by_others(work_id)

    @invariant()
    def the_counters_add_up(self):
        counters = {
            name: int(value) for name, value in self.connection.hgetall(schema.COUNTERS).items()
        }
        states = [job.state for job in self.jobs.values()]
        assert counters.get("jobs_accepted", 0) == len(states)
        for state in FINAL:
            assert counters.get(f"jobs_{state}", 0) == states.count(state)

    def suffixes(self, prefix: str) -> Iterator[str]:
        for key in self.connection.scan_iter(f"{prefix}*", count=1_000):
            yield key.removeprefix(prefix)

    def teardown(self):
        """Let every worker go, and see that nothing is left of the work."""
        for job_id in self.jobs:
            self.run("CANCEL", job_id)
        for work_id in list(self.suffixes(schema.COMPUTATION)):
            owner = self.connection.hget(schema.COMPUTATION + work_id, "owner")
            self.run("RELEASE", work_id, owner or "", HELD, "")
        for prefix in (schema.COMPUTATION, schema.WAITING_JOBS, schema.WAITING_NEXT):
            assert list(self.suffixes(prefix)) == []
        assert self.connection.zcard(schema.DUE) == 0


@pytest.fixture
def machine(redis_server: RedisServer) -> Iterator[type[Scripts]]:
    Scripts.connection = worker_connection(redis_server.store_url)
    yield Scripts
    Scripts.connection.close()


def test_the_scripts_in_any_order(machine: type[Scripts]):
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=80,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
